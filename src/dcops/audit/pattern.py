"""Regular expressions of rules, on RE2: no text keeps one busy longer than its length allows.

Rules are written by people and meet text that anybody wrote. Python's `re` goes back and tries again, so that a
harmless-looking expression can take hours on one hostile line; RE2 cannot, at the price of look-ahead and
back-references. docs/decisions/0016 has the figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import re2

MEMORY_BYTES = 64 * 1024 * 1024
"""For all expressions of a book together; RE2 throws states away when it is full, and goes on."""
REMEMBERED = 50_000
LONGEST_REMEMBERED = 200
"""Lines that devices have in common are short."""
NONE: frozenset[int] = frozenset()


class BadPattern(ValueError):
    """An expression that cannot be used; the text says why."""


class MatchingFailed(Exception):
    """RE2 gave up on a line: nothing is known about it."""


def _options() -> Any:
    chosen = re2.Options()
    chosen.log_errors = False
    return chosen


@lru_cache(maxsize=4096)
def compiled(text: str) -> Any:
    """One expression, to be asked for its groups; raises BadPattern."""
    try:
        return re2.compile(f"(?:{text})", _options())
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        words = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        hint = ": write what must not match as `unless`" if "(?!" in words or "(?<" in words else ""
        raise BadPattern(f"is no regular expression of RE2, {words}{hint}") from None
    except UnicodeEncodeError:
        raise BadPattern("holds characters that no text has") from None


def checked(text: str) -> None:
    """Raise BadPattern for one that cannot be compiled, or that finds something in every line."""
    if compiled(text).match("") is not None:
        raise BadPattern("matches every line")


def escaped(text: str) -> str:
    """The expression that matches just this text."""
    return str(re2.escape(text))


class Book:
    """All expressions that lines are asked for, each line once for all of them.

    An expression counts from the beginning of the line; `whole` ones to its end too.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bool], int] = {}
        self._set: Any = None
        self._known: dict[str, frozenset[int]] = {}

    def add(self, text: str, *, whole: bool) -> int:
        """The number of an expression; the same one is kept once. Raises BadPattern."""
        key = (text, whole)
        number = self._numbers.get(key)
        if number is None:
            compiled(text)
            number = self._numbers[key] = len(self._numbers) + 1
            self._set = None
            self._known.clear()
        return number

    def ready(self) -> None:
        """Compile all of them; raises BadPattern when they are too many together."""
        if self._set is None:
            self._set = _set_of(self._numbers)

    def of(self, line: str) -> frozenset[int]:
        """The numbers of all that match; raises MatchingFailed."""
        known = self._known.get(line)
        return self._asked(line) if known is None else known

    def _asked(self, line: str) -> frozenset[int]:
        self.ready()
        found = self._set.Match(line)
        # The first expression matches everything. RE2 gives an empty answer when its memory does not suffice, and
        # nothing else tells that from a line without matches.
        if not found or found[0] != 0:
            raise MatchingFailed
        hits = frozenset(found[1:]) if len(found) > 1 else NONE
        if len(line) <= LONGEST_REMEMBERED:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[line] = hits
        return hits


def _set_of(patterns: Iterable[tuple[str, bool]]) -> Any:
    options = _options()
    options.max_mem = MEMORY_BYTES
    made = re2.Set.MatchSet(options)
    made.Add("")
    for text, whole in patterns:
        made.Add(rf"(?:{text})\z" if whole else f"(?:{text})")
    try:
        made.Compile()
    except re2.error:
        raise BadPattern(f"all expressions together need more than {MEMORY_BYTES} bytes") from None
    return made
