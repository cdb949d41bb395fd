r"""What a terminal would show of what a device painted."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcops.devices.ssh.screen import shown


def at(column):
    return f"\x1b[24;{column}H"


def test_text_without_control_characters_passes_as_it_is():
    assert shown("vlan 1\r\n   name x\r\n") == "vlan 1\n   name x\n"


def test_an_echo_that_is_painted_character_by_character_is_one_line():
    painted = "sw1# "
    for number, sign in enumerate("show config"):
        painted += f"{at(6 + number)}{sign}{at(7 + number)}\x1b[?25h"

    assert shown(f"{painted}{at(1)}\x1bE{at(1)}vlan 1\r\n") == "sw1# show config\nvlan 1\n"


def test_a_line_that_is_wiped_and_written_anew_stands_once():
    assert shown(f"sw1# sho{at(1)}\x1b[2K{at(1)}sw1# show config\x1bE") == "sw1# show config\n"


def test_a_pager_that_wipes_itself_out_leaves_nothing():
    assert shown("line 1\r\n--More-- \r         \rline 2\r\n") == "line 1\nline 2\n"
    assert shown("line 1\r\n-- MORE --\r\x1b[2Kline 2\r\n") == "line 1\nline 2\n"
    assert (
        shown("line 1\r\n ---- More ----\x1b[16D                \x1b[16Dline 2\r\n").split("\n")[1].strip() == "line 2"
    )


def test_backspaces_go_back():
    assert shown("abc\b \bx") == "abx"
    assert shown("abc\b\b\b\b\bxy") == "xyc"


def test_colours_titles_and_character_sets_are_dropped():
    assert shown("\x1b]0;title\x07\x1b(B\x1b[1;31mred\x1b[0m\x1b7\x1b8 x\x00\x07") == "red x"


@pytest.mark.parametrize("cut", ["\x1b", "\x1b[", "\x1b[24;", "\x1b]0;tit"])
def test_a_sequence_that_is_cut_off_breaks_nothing(cut):
    assert shown(f"sw1# {cut}").startswith("sw1# ")


@settings(max_examples=100, deadline=None, database=None)
@given(st.text(string.printable + "\x1b\x9b[];\x08", max_size=200))
def test_nothing_that_comes_leaves_a_control_character_that_moves(text):
    left = shown(text)

    assert "\x1b" not in left
    assert "\b" not in left
    assert "\r" not in left
