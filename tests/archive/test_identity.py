"""A private key is read, used and forgotten: nothing shows it, nothing writes it."""

import pickle

import pytest
from pyrage import x25519

from dcops.archive.identity import Identity
from dcops.errors import UsageError


def test_a_file_may_hold_comments_and_more_than_one_key(tmp_path):
    pairs = [x25519.Identity.generate() for _ in range(2)]
    file = tmp_path / "some.key"
    file.write_text(f"# holder: main\n{pairs[0]}\n\n# an older one\n  {pairs[1]}\n")

    found = Identity.read(file)

    assert found.recipients == {str(pair.to_public()) for pair in pairs}
    assert found.opens([str(pairs[1].to_public()), "age1other"])
    assert not found.opens(["age1other"])


def test_it_cannot_be_shown_or_written(tmp_path):
    identity = Identity(str(x25519.Identity.generate()))

    assert repr(identity) == str(identity) == "Identity(<secret>)"
    with pytest.raises(TypeError, match="not written"):
        pickle.dumps(identity)


@pytest.mark.parametrize("content", [b"", b"# only words\n", b"AGE-SECRET-KEY-1TYPO\n", b"\xff\xfe", b"age1public\n"])
def test_what_is_none_is_refused_without_showing_it(tmp_path, content):
    file = tmp_path / "some.key"
    file.write_bytes(content)

    with pytest.raises(UsageError) as caught:
        Identity.read(file)

    assert "TYPO" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"no\.key cannot be read"):
        Identity.read(tmp_path / "no.key")
