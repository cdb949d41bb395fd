"""Many names in little room."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBERED = re.compile(r"(.*?)(\d+)\Z", re.DOTALL)
FEWEST = 4
"""So many in a row are told by the first and the last of them."""


def ranges(names: Iterable[str]) -> tuple[str, ...]:
    """The names in their order; those that count up one by one as `esx-01…esx-45`."""
    told: list[str] = []
    run: list[str] = []
    for name in sorted(set(names), key=_key):
        if run and not _follows(run[-1], name):
            told += _short(run)
            run = []
        run.append(name)
    return (*told, *_short(run))


def _key(name: str) -> tuple[str, int, str]:
    found = _NUMBERED.match(name)
    return (found[1], int(found[2]), name) if found else (name, -1, name)


def _follows(one: str, other: str) -> bool:
    before, after = _NUMBERED.match(one), _NUMBERED.match(other)
    if before is None or after is None or before[1] != after[1] or int(before[2]) + 1 != int(after[2]):
        return False
    # `sw-9` and `sw-10` count up, and so do `esx-09` and `esx-10`; `sw-09` and `sw-10` are not `sw-9` and `sw-10`.
    return len(before[2]) == len(after[2]) or (not after[2].startswith("0") and not before[2].startswith("0"))


def _short(run: list[str]) -> list[str]:
    return [f"{run[0]}…{run[-1]}"] if len(run) >= FEWEST else run
