"""Tokens show that a secret changed and nothing else."""

import re

import pytest

from dcops.diff.redact import key_id, keyed, masked

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


def test_masking_makes_texts_under_different_keys_equal():
    before, after = (f"enable secret 9 {keyed(key)('x')}\n" for key in (KEY, OTHER))
    assert before != after
    assert masked(before) == masked(after) == "enable secret 9 <secret>\n"


def test_tokens_inside_xml_are_masked_too():
    assert masked("<key>&lt;secret:0123456789ab&gt;</key>") == "<key>&lt;secret&gt;</key>"


def test_what_only_resembles_a_token_is_not_masked():
    for text in ("<secret:0123456789a>", "<secret:0123456789AB>", "secret:0123456789ab"):
        assert masked(text) == text


def test_the_name_of_a_key_is_short_and_no_token():
    assert re.fullmatch(r"[0-9a-f]{8}", key_id(KEY))
    assert key_id(KEY) != key_id(OTHER)
    assert key_id(KEY) not in keyed(KEY)("")


def test_a_secret_that_is_no_valid_unicode_has_a_token():
    assert keyed(KEY)("\udce9") != keyed(KEY)("\udcea")
