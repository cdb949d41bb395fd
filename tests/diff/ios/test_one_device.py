"""Remembering one device's texts changes nothing of what is said of them."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcops.diff.formats import Formats
from dcops.diff.ios.noise import NOISE, head_ends
from dcops.errors import DeviceError
from dcops.model.snapshot import ConfigSource
from tests.soak import SOAK

EXAMPLES = settings(max_examples=1000 if SOAK else 60, deadline=None, database=None)
SOURCES = (ConfigSource.RUNNING, ConfigSource.STARTUP, ConfigSource.RUNNING)

HEADS = [
    *(noise.example for noise in NOISE),
    "",
    "!",
    " ",
    "! a note",
    " !",
    "x-banner ^C",
    "macro name m",
    "!\r",
    "\t!",
]
BODIES = [
    "version 17.9",
    "hostname r1",
    "enable secret 9 GeheimExample",
    "interface x",
    " description key 7 0822455D0A16",
    " tunnel mpls traffic-eng auto-bw",
    " tunnel mpls traffic-eng bandwidth 100",
    "key chain a",
    " key 1",
    "  key-string 7 GeheimExample",
    "banner motd ^C",
    "password 7 GeheimExample ^C",
    "! Last configuration change at 09:00:00 ICT Mon Jan 5 2026 by an",
    "!",
    "",
    "ntp clock-period 17180152",
    "r1#",
    "end",
]
text = st.builds(
    lambda head, body: "".join(f"{line}\n" for line in (*head, *body)).encode(),
    st.lists(st.sampled_from(HEADS), max_size=5),
    st.lists(st.sampled_from(BODIES), max_size=12),
)


def conceal(secret):
    return f"<{secret[::-1]}>"


def said(format_, content, source):
    try:
        format_.check(content, source)
    except DeviceError as error:
        return error.kind, error.message
    return format_.readable(content, source, conceal)


@EXAMPLES
@given(st.lists(text, min_size=2, max_size=3))
def test_it_says_the_same_of_any_texts_in_any_order(contents):
    formats = Formats()
    for order in itertools.permutations(contents):
        remembering = formats.of_one_device("ios")
        for content, source in zip(order, SOURCES, strict=False):
            assert said(remembering, content, source) == said(formats.of("ios"), content, source)
            assert remembering.readable(content, source, conceal) == formats.of("ios").readable(
                content, source, conceal
            )


@EXAMPLES
@given(st.lists(st.sampled_from(HEADS), max_size=4), st.lists(st.sampled_from(BODIES), max_size=10))
def test_one_body_under_two_heads_is_read_the_same(head, body):
    """What the saved and the running configuration mostly are."""
    rest = "".join(f"{line}\n" for line in body)
    contents = [f"{''.join(f'{line}{chr(10)}' for line in lines)}{rest}".encode() for lines in (head, [], HEADS[:3])]
    remembering = Formats().of_one_device("ios")
    for content in contents:
        assert said(remembering, content, ConfigSource.RUNNING) == said(
            Formats().of("ios"), content, ConfigSource.RUNNING
        )


def test_another_key_is_another_text():
    remembering = Formats().of_one_device("ios")
    content = b"version 17.9\nhostname r1\nenable secret 9 GeheimExample\nend\n"
    texts = [
        remembering.readable(content, ConfigSource.RUNNING, lambda _, token=token: token).text for token in ("a", "b")
    ]

    assert texts == [f"version 17.9\nhostname r1\nenable secret 9 {token}\nend\n" for token in ("a", "b")]


@pytest.mark.parametrize(
    ("content", "rest"),
    [
        ("Building configuration...\n\n!\nversion 17.9\nend\n", "version 17.9\nend\n"),
        ("version 17.9\n", "version 17.9\n"),
        ("!\n! a note\nversion 17.9\n", None),
        ("!\n indented\n", None),
        ("", None),
    ],
)
def test_the_head_ends_before_the_first_line_that_stays_and_opens_a_block(content, rest):
    at = head_ends(content)

    assert (None if at is None else content[at:]) == rest
