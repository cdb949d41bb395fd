"""Output modifiers: what may follow a `|`."""

from __future__ import annotations

import re
from collections.abc import Callable

from lab.ios.grammar import Refused


def apply(modifier: str, text: str) -> str:
    """The part of an answer that `| include X`, `exclude`, `begin`, `section` or `count` leaves."""
    word, _, pattern = modifier.strip().partition(" ")
    names = [name for name in MODIFIERS if word and name.startswith(word.lower())]
    if len(names) != 1 or not pattern.strip():
        raise Refused("% Incomplete command.\n" if len(names) == 1 else "% Invalid input detected at '^' marker.\n")
    try:
        expression = re.compile(pattern.strip())
    except re.error:
        raise Refused("% Failed to compile regular expression.\n") from None
    return MODIFIERS[names[0]](expression, text.splitlines(keepends=True))


def _include(expression: re.Pattern[str], lines: list[str]) -> str:
    return "".join(line for line in lines if expression.search(line))


def _exclude(expression: re.Pattern[str], lines: list[str]) -> str:
    return "".join(line for line in lines if not expression.search(line))


def _begin(expression: re.Pattern[str], lines: list[str]) -> str:
    start = next((place for place, line in enumerate(lines) if expression.search(line)), len(lines))
    return "".join(lines[start:])


def _section(expression: re.Pattern[str], lines: list[str]) -> str:
    kept = []
    inside = False
    for line in lines:
        inside = bool(expression.search(line)) or (inside and line.startswith(" "))
        if inside:
            kept.append(line)
    return "".join(kept)


def _count(expression: re.Pattern[str], lines: list[str]) -> str:
    return f"Number of lines which match regexp = {sum(bool(expression.search(line)) for line in lines)}\n"


MODIFIERS: dict[str, Callable[[re.Pattern[str], list[str]], str]] = {
    "include": _include,
    "exclude": _exclude,
    "begin": _begin,
    "section": _section,
    "count": _count,
}
