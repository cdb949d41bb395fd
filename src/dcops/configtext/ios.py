"""A Cisco IOS configuration as lines that know what they are.

Banners and macros hold any text at all, also `end`, `% Invalid input` or `password`: whoever reads a configuration
line by line has to know where they begin and stop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple


class Part(Enum):
    """What a line belongs to."""

    COMMAND = auto()
    TEXT = auto()
    """A banner, from its command to its closing delimiter."""
    MACRO = auto()
    """The body of a macro: commands, but not of this configuration."""
    UNCLOSED = auto()
    """The first line of a banner or macro that never closes."""


class Line(NamedTuple):
    """One line without its line end. A tuple: a fleet's night makes millions of them."""

    text: str
    part: Part = Part.COMMAND
    block: str = ""
    """The command at the left margin under which the line stands; for that command, itself."""


# IOS prints the delimiter as the two characters ^C (some releases: the byte 0x03) whatever was typed;
# a configuration written by hand may use any character.
_BANNER = re.compile(
    r"banner\s+(?:motd|login|exec|incoming|slip-ppp|prompt-timeout|config-save)\s+(?P<delimiter>\^[A-Z\[\]\\^_]|[!-~\x01-\x1f])",
    re.IGNORECASE,
)
_OTHER_TEXT = re.compile(
    r"\s*(?:aaa\s+authentication\s+(?:banner|fail-message)|menu\s+\S+\s+(?:title|prompt)|(?:refuse|vacant|busy)-message"
    r"|banner(?:\s+(?:text|title))?|ip\s+(?:admission|auth-proxy)\s.*\bbanner(?:\s+http)?|\S*-banner(?:\s+http)?)"
    r"\s+(?P<delimiter>\^C|\x03)",
    re.IGNORECASE,
)
_OPENERS = ("banner", "-message", "menu", "macro")
"""A word of every line that begins a text or a macro: the patterns above are slow, and most lines have none."""
_INSIDE = ("", " ", "\t", "!")
"""How a line begins that begins no block."""
_MACRO = re.compile(r"macro\s+(?:name\s+\S+|auto\s+execute\s.*(?P<brace>\{))\s*$", re.IGNORECASE)


def read(text: str) -> list[Line]:
    """Split a configuration into lines and tell their parts apart."""
    rows = text.split("\n")
    if rows[-1] == "":
        rows.pop()
    openers = _openers(text)
    lines: list[Line] = []
    block = ""
    stop = 0
    inside = Part.COMMAND
    absent: set[str] = set()
    for at, row in enumerate(rows):
        if at < stop:
            lines.append(Line(row, inside, block))
            continue
        if row[:1] not in _INSIDE:
            block = row.rstrip()
        part = Part.COMMAND
        if at in openers:
            part, inside, stop = reach(rows, at, absent)
        lines.append(Line(row, part, block))
    return lines


def may_open(text: str) -> bool:
    """Whether any line of the text could begin a banner or a macro."""
    lowered = text.lower()
    return any(word in lowered for word in _OPENERS)


def _openers(text: str) -> frozenset[int]:
    """The numbers of the lines that could begin a banner or a macro."""
    lowered = text.lower()
    found = set()
    for word in _OPENERS:
        row = counted = 0
        position = lowered.find(word)
        while position >= 0:
            # From the last find on: from the beginning each time would take hours on a text of macros alone.
            row += lowered.count("\n", counted, position)
            found.add(row)
            counted = position
            position = lowered.find(word, position + 1)
    return frozenset(found)


def text_of(row: str) -> int | None:
    """Where the delimiter of the text stands that a row opens; None when it opens none."""
    opening = _BANNER.match(row) or _OTHER_TEXT.match(row)
    return opening.start("delimiter") if opening else None


def reach(rows: Sequence[str], at: int, absent: set[str] | None = None) -> tuple[Part, Part, int]:
    """What this row is, what the rows are that belong to it, and where they stop.

    `absent` remembers, for the rows that follow, what does not stand in any of them: looking for the end of each
    of ten thousand macros that never end must not take hours.
    """
    absent = set() if absent is None else absent
    row = rows[at]
    if opening := _BANNER.match(row) or _OTHER_TEXT.match(row):
        last = _closing(rows, at, opening.start("delimiter"), opening["delimiter"], absent)
        return (Part.UNCLOSED, Part.COMMAND, at + 1) if last is None else (Part.TEXT, Part.TEXT, last + 1)
    if macro := _MACRO.match(row):
        closer = "}" if macro["brace"] else "@"
        alone = f"{closer}\n"
        if alone not in absent:
            for position in range(at + 1, len(rows)):
                if rows[position].rstrip() == closer:
                    return Part.COMMAND, Part.MACRO, position + 1
            absent.add(alone)
        return Part.UNCLOSED, Part.COMMAND, at + 1
    return Part.COMMAND, Part.COMMAND, at + 1


def _closing(rows: Sequence[str], at: int, start: int, delimiter: str, absent: set[str]) -> int | None:
    """The row on which a text closes that opened on row `at`; None when it never does."""
    candidates = [delimiter]
    if delimiter[0] == "^" and delimiter.upper() not in ("^", "^C"):
        candidates.append("^")  # `banner motd ^Welcome^`: the caret itself is the delimiter
    for candidate in candidates:
        if candidate in rows[at][start + len(candidate) :]:
            return at
        if candidate in absent:
            continue
        for position in range(at + 1, len(rows)):
            if candidate in rows[position]:
                return position
        absent.add(candidate)
    return None
