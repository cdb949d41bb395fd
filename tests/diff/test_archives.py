"""A tar is changed text by text and stays a tar."""

import io
import tarfile

import pytest

from dcops.diff.archives import changed, is_tar


def tar(*files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as new:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return out.getvalue()


def test_every_file_and_name_is_changed_and_sizes_follow():
    given = tar(("etc/secret-host", b"password secret\n"), ("etc/empty", b""))
    new = changed(given, lambda text: text.replace(b"secret", b"hidden-0001"))

    assert is_tar(new)
    with tarfile.open(fileobj=io.BytesIO(new)) as read:
        assert read.getnames() == ["etc/hidden-0001-host", "etc/empty"]
        assert read.extractfile("etc/hidden-0001-host").read() == b"password hidden-0001\n"


def test_a_text_is_no_tar():
    assert not is_tar(b"ustar" * 100)
    assert not is_tar(b"")


def test_a_cut_tar_is_a_value_error():
    with pytest.raises(ValueError, match="no tar"):
        changed(tar(("a", b"x" * 5000))[:1000], bytes)
