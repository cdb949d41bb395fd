"""No text of a device can move a cursor, reverse a line or pose as a token."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcops.diff.visible import decoded, quoted, visible
from tests.diff.tokens import masked
from tests.soak import SOAK

EXAMPLES = settings(max_examples=2000 if SOAK else 200, deadline=None, database=None)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (b"\x1b[2J", r"\x1b[2J"),
        (b"a\x07\x00\r", r"a\x07\x00\x0d"),
        (b"\x7f", r"\x7f"),
        (b"caf\xe9", r"caf\xe9"),
        ("café, Nguyễn".encode(), "café, Nguyễn"),
        ("\x85".encode(), r"\u0085"),
        ("\u202eabc\u2066".encode(), r"\u202eabc\u2066"),
        ("\u200b\ufeff\u2028".encode(), r"\u200b\ufeff\u2028"),
        ("\U000e0041".encode(), r"\U000e0041"),
        (b"tab\tand\nline", "tab\tand\nline"),
        (b"EXAMPLE\\user \\d+", "EXAMPLE\\user \\d+"),
        (rb"\x1b", r"\x5cx1b"),
        (b"<secret:0123456789ab>", r"\x3csecret:0123456789ab>"),
        (b"<secret> and <secrets>", r"\x3csecret> and <secrets>"),
        (b"&lt;secret:0123456789ab&gt;", r"\x26lt;secret:0123456789ab&gt;"),
    ],
)
def test_what_acts_on_a_screen_is_written_out_and_the_rest_stays(content, shown):
    assert visible(decoded(content)) == shown


@EXAMPLES
@given(st.binary(max_size=60))
def test_nothing_that_acts_survives(content):
    shown = visible(decoded(content))
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") or c in "\t\n" for c in shown)
    assert masked(shown) == shown


PIECES = [
    "\\",
    "x1b",
    "\x1b",
    "\\x1b",
    "\\x5c",
    "x5c",
    "<",
    "secret:",
    "\\x3c",
    "é",
    "\\u00e9",
    "u202e",
    "\u202e",
    "0",
    "&lt;",
]


@EXAMPLES
@given(st.lists(st.sampled_from(PIECES), max_size=8), st.lists(st.sampled_from(PIECES), max_size=8))
def test_two_different_texts_never_look_alike(one, other):
    one, other = "".join(one), "".join(other)
    assert (visible(one) == visible(other)) == (one == other)


def test_a_quotation_is_one_short_line():
    assert quoted("% Bad\n\x1b[1m  news") == r"`% Bad \x1b[1m news`"
    assert len(quoted("x" * 999)) == 162
