"""A secret that is known is found however it is written."""

import base64
import html
import json
import re
import string
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcops.diff.literal import SHORTEST, Hider

SECRET = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=SHORTEST, max_size=40)
WRITERS = {
    "as it is": lambda secret: secret.encode(),
    "in an address": lambda secret: quote(secret, safe="").encode(),
    "in an address, small letters": lambda secret: re.sub(
        "%[0-9A-F]{2}", lambda match: match[0].lower(), quote(secret, safe="")
    ).encode(),
    "in a form": lambda secret: quote_plus(secret).encode(),
    "in XML": lambda secret: escape(secret).encode(),
    "in an attribute": lambda secret: quoteattr(secret).encode(),
    "in HTML": lambda secret: html.escape(secret).replace("&#x27;", "&#39;").replace("&quot;", "&#34;").encode(),
    "in XML in a form": lambda secret: quote_plus(escape(secret)).encode(),
    "in JSON": lambda secret: json.dumps(secret).encode(),
    "in JSON as it is": lambda secret: json.dumps(secret, ensure_ascii=False).encode(),
    "in hexadecimal digits": lambda secret: secret.encode().hex().encode(),
}


@pytest.mark.parametrize("way", WRITERS)
@settings(max_examples=60, deadline=None, database=None)
@given(secret=SECRET)
def test_it_is_found_and_hidden(way, secret):
    written = WRITERS[way](secret)
    text = b"before " + written + b" after"
    hider = Hider([secret])
    hidden, count = hider.hide(text)

    if not written:
        return
    assert hider.finds(text)
    assert count >= 1
    assert written not in hidden
    assert not hider.finds(hidden)
    assert hidden.startswith(b"before ")


@settings(max_examples=100, deadline=None, database=None)
@given(
    secret=st.text(string.ascii_letters + string.digits, min_size=8, max_size=30),
    before=st.binary(max_size=5),
    after=st.binary(max_size=5),
)
def test_it_is_found_inside_base64_whatever_stands_around_it(secret, before, after):
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert Hider([secret]).finds(b"Basic " + encode(before + secret.encode() + after))


def test_the_longer_of_two_secrets_is_hidden_first():
    hidden, count = Hider(["Summer", "Summer2026!"]).hide(b"password Summer2026! and Summer")

    assert b"2026" not in hidden
    assert count == 2


def test_equal_secrets_are_seen_to_be_equal():
    hidden, _ = Hider(["one-secret", "two-secret"]).hide(b"one-secret two-secret one-secret")
    first, second, third = hidden.split()

    assert first == third != second


def test_without_secrets_nothing_changes():
    assert Hider([]).hide(b"text") == (b"text", 0)
    assert not Hider([]).finds(b"text")
