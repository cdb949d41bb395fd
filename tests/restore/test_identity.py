"""Whether the box that the inventory states is the one that was archived."""

import re

import pytest

from dcops.restore.identity import Verdict, fit, told


@pytest.mark.parametrize(
    ("what", "archived", "stated"),
    [
        ("model", "ISR4461/K9", "ISR 4461"),
        ("model", "CISCO1921/K9", "1921"),
        ("model", "Balance 580", "balance-580"),
        ("serial", "FDO00000001", "fdo00000001"),
        ("software", "17.9", "17.09.04a"),
        ("software", "15.7", "15.7(3)M8"),
        ("software", "9.3(10)", "9.3(10)"),
        ("hostname", "RTR-EDGE-1", "rtr-edge-1"),
    ],
)
def test_what_people_write_and_what_a_device_says_fit(what, archived, stated):
    assert fit(what, archived, stated).verdict is Verdict.FITS


@pytest.mark.parametrize(
    ("what", "archived", "stated"),
    [
        ("model", "ISR4461/K9", "ISR 4331"),
        ("serial", "FDO00000001", "FDO00000002"),
        ("software", "17.9", "17.12.01"),
        ("software", "10.1.11", "9.1.16"),
        ("hostname", "rtr-edge-1", "rtr-edge-2"),
    ],
)
def test_another_box_is_noticed(what, archived, stated):
    assert fit(what, archived, stated).verdict is Verdict.DIFFERS


@pytest.mark.parametrize(("archived", "stated"), [(None, "x"), ("x", None), (None, None), ("", "x")])
def test_silence_is_no_agreement(archived, stated):
    assert fit("model", archived, stated).verdict is Verdict.UNKNOWN


def test_words_without_numbers_are_no_same_software():
    assert fit("software", "latest", "latest").verdict is Verdict.DIFFERS


def test_only_what_stands_in_the_text_is_told():
    patterns = {"hostname": re.compile(r"^hostname (\S+)", re.M), "serial": re.compile(r"sn (\S+)")}

    assert told(patterns, "version 1\nhostname r1\n") == {"hostname": "r1"}
