"""Looks through a readable configuration for what concerns this very device."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dcops.model.way_back import Sign

LONGEST_LINE = 4096
"""A longer line is no setting that a pattern was written for."""
SHOWN = 72


@dataclass(frozen=True, slots=True)
class Trace:
    """Where something stands in a readable configuration."""

    count: int
    """On how many lines."""
    line: int
    """The first of them, counted from 1, as `dcops archive show` prints it."""
    text: str
    """What stands there, cut short."""


def seen(sign: Sign, lines: Sequence[str]) -> Trace | None:
    """Where the sign stands; None when it does not, or something takes it away."""
    if sign.unless and any(_matches(sign.unless, line) for line in lines):
        return None
    found = [number for number, line in enumerate(lines, 1) if _matches(sign.pattern, line)]
    if not found:
        return None
    return Trace(len(found), found[0], _short(lines[found[0] - 1]))


def sign(pattern: str, unless: str = "") -> Sign:
    """A sign, from the expressions of its lines."""
    return Sign(re.compile(pattern), re.compile(unless) if unless else None)


def _matches(pattern: re.Pattern[str], line: str) -> bool:
    return len(line) <= LONGEST_LINE and bool(pattern.search(line))


def _short(line: str) -> str:
    words = " ".join(line.split())
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
