"""Versions of software, compared by their numbers: `15.2(7)E8` is 15, 2, 7, 8."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest

_NUMBER = re.compile(r"\d{1,9}")
_TERM = re.compile(r"\s*(>=|<=|==|=|>|<)\s*(\d\S*?)\s*")
_COMPARED: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
    "=": operator.eq,
}


@dataclass(frozen=True, slots=True)
class Range:
    """Versions between bounds, such as `>=15.0, <17.0`."""

    text: str
    terms: tuple[tuple[str, tuple[int, ...]], ...]

    def holds(self, version: str) -> bool:
        """Whether a version is one of them."""
        seen = numbers(version)
        return all(_COMPARED[sign](_order(seen, bound), 0) for sign, bound in self.terms)


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, in order; empty when it has none."""
    return tuple(int(number) for number in _NUMBER.findall(version))


def parsed(text: str) -> Range:
    """A range; raises ValueError when it is none."""
    terms = []
    for part in text.split(","):
        term = _TERM.fullmatch(part)
        if term is None:
            raise ValueError(f"{text!r} is no range of versions such as `>=15.0, <17.0`")
        terms.append((term[1], numbers(term[2])))
    return Range(text, tuple(terms))


def _order(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Below 0, 0 or above, as the first is older, the same or newer; 17 is 17.0.0."""
    for a, b in zip_longest(one, other, fillvalue=0):
        if a != b:
            return -1 if a < b else 1
    return 0
