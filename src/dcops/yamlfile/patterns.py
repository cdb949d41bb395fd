r"""Regular expressions that people wrote: compiled, and refused when a line could keep them busy for ever.

`WORD` stands for a secret of one word or in quotes, `REST` for one that reaches to the end of the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# The parser of the standard library; its old name went away in 3.13.
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

WORDS = {
    "WORD": r"""(?P<secret>"(?:[^"\\]|\\.)*"|'[^']*'|\S+)""",
    "REST": r"(?P<secret>\S.*)",
}
_WORD = re.compile(rf"(?:(?<=\\[A-Za-z])|(?<![A-Za-z\\]))({'|'.join(WORDS)})(?![A-Za-z])")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT)


class BadPattern(ValueError):
    """A regular expression that cannot be used; the text says why."""


def compiled(text: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern; raises BadPattern."""
    text = _WORD.sub(lambda match: WORDS[match[1]], text)
    try:
        pattern = re.compile(text, flags)
        # Only a group that is repeated can repeat what repeats: most patterns need no second look.
        tree = parser.parse(text, flags) if _REPEATED_GROUP.search(text) else ()
    except re.error as error:
        raise BadPattern(f"is no regular expression: {error}") from None
    if _may_explode(tree):
        raise BadPattern("repeats what already repeats, and can keep one line busy for hours: write it without nesting")
    if pattern.fullmatch(""):
        raise BadPattern("matches an empty text, and so every line")
    return pattern


def _may_explode(tree: Iterable[tuple[Any, Any]]) -> bool:
    r"""Whether an endless repetition holds nothing that must come but endless repetitions: `(\w+)*`, `(\S+ ?)+`.

    Such a text can be divided among the two in exponentially many ways. What is left takes polynomial time, and
    lines have a greatest length.
    """
    for kind, value in tree:
        if kind in _REPEATS:
            _, most, body = value
            if most is constants.MAXREPEAT and _only_repeats(body):
                return True
            if _may_explode(body):
                return True
        elif any(_may_explode(inner) for inner in _inner(kind, value)):
            return True
    return False


def _only_repeats(body: Iterable[tuple[Any, Any]]) -> bool:
    """Among what must come there is an endless repetition and nothing else."""
    repeats = False
    for kind, value in body:
        if kind in _REPEATS:
            least, most, inner = value
            if most is constants.MAXREPEAT:
                repeats = True
            elif least and not _only_repeats(inner):
                return False
        elif kind is constants.SUBPATTERN:
            if not _only_repeats(value[-1]):
                return False
            repeats = True
        elif kind is constants.BRANCH:
            if not any(_only_repeats(branch) for branch in value[1]):
                return False
            repeats = True
        elif kind not in (constants.AT, constants.ASSERT, constants.ASSERT_NOT):
            return False
    return repeats


def _inner(kind: Any, value: Any) -> Iterable[Any]:
    if kind is constants.SUBPATTERN:
        return (value[-1],)
    if kind is constants.BRANCH:
        return tuple(value[1])
    if kind in (constants.ASSERT, constants.ASSERT_NOT):
        return (value[1],)
    return ()
