"""Tokens show that a secret changed and nothing else."""

import re

import pytest

from dcops.diff.redact import keyed

KEY, OTHER = b"one site key of 32 bytes length!", b"the key after the rotation, too!"


def test_a_token_has_the_agreed_form():
    assert re.fullmatch(r"<secret:[0-9a-f]{12}>", keyed(KEY)("cisco"))


def test_equal_secrets_give_equal_tokens_and_others_do_not():
    conceal = keyed(KEY)
    assert conceal("cisco") == conceal("cisco")
    assert conceal("cisco") != conceal("Cisco")


def test_another_key_gives_another_token():
    assert keyed(KEY)("cisco") != keyed(OTHER)("cisco")


def test_an_empty_key_is_refused():
    with pytest.raises(ValueError, match="empty"):
        keyed(b"")


def test_a_secret_that_is_no_valid_unicode_has_a_token():
    assert keyed(KEY)("\udce9") != keyed(KEY)("\udcea")
