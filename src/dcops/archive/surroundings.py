"""What stands around a line of a configuration: the commands that it stands under, and its neighbours."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

_HEADING = "=== "
"""Begins the name of a file in a text of many files; everything up to the next one stands under it."""
_BARE = re.compile(r"[\s!#;{}()\[\],]*")
"""A line of signs alone separates, and nothing stands under it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Around one line."""

    under: tuple[str, ...] = ()
    """The lines that it is indented below, outermost first, without their indentation."""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


NONE = Surroundings()


def surroundings(text: str, lines: Collection[int], context: int = 0) -> Mapping[int, Surroundings]:
    """What stands around these lines, which are counted from 1; `context` is how many neighbours are wanted."""
    rows = text.split("\n")
    wanted = {line for line in lines if 0 < line <= len(rows)}
    last = max(wanted, default=0)
    above: list[tuple[int, str]] = []
    found = {}
    for number, row in enumerate(rows[:last], 1):
        bare = bool(_BARE.fullmatch(row))
        depth = _depth(row)
        if not bare:
            while above and above[-1][0] >= depth:
                above.pop()
        if number in wanted:
            end = len(rows) - (1 if rows[-1] == "" else 0)
            found[number] = Surroundings(
                tuple(parent for outer, parent in above if outer < depth),
                tuple(rows[max(0, number - 1 - context) : number - 1]),
                tuple(rows[number : min(end, number + context)]),
            )
        if not bare:
            above.append((depth, row.strip()))
    return found


def _depth(row: str) -> int:
    return -1 if row.startswith(_HEADING) else len(row) - len(row.lstrip())
