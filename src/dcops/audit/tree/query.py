"""XPath 1.0 as rules may use it: the core of the language, and no look that takes hours on a large document.

libxml2 cannot be stopped, and a predicate that looks beyond its own element (`//a[. = //b]`) compares everything with
everything. So it is known before how much work such a path is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

MOST_WORK = 300_000_000
"""Elements looked at by all looks of a rule at the whole document: some seconds."""

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_VARIABLE = re.compile(r"\$([A-Za-z_][\w-]*)")
_CALLED = re.compile(r"([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)\s*\(")
_BEYOND = re.compile(r"(?<!\.)//|\.\.|(?:^|[\s(=|,<>])/|(?:following|preceding)-sibling::|ancestor")
_WHOLE_AXIS = re.compile(r"\b(?:following|preceding)\s*::")
_CORE = frozenset(
    {
        "last",
        "position",
        "count",
        "id",
        "local-name",
        "namespace-uri",
        "name",
        "string",
        "concat",
        "starts-with",
        "contains",
        "substring-before",
        "substring-after",
        "substring",
        "string-length",
        "normalize-space",
        "translate",
        "boolean",
        "not",
        "true",
        "false",
        "lang",
        "number",
        "sum",
        "floor",
        "ceiling",
        "round",
        "text",
        "node",
        "comment",
        "processing-instruction",
        "and",
        "or",
        "div",
        "mod",
    }
)
"""What may stand before a bracket: functions, kinds of nodes, operators."""


def variables(path: str) -> frozenset[str]:
    """The names of the variables in a path."""
    return frozenset(_VARIABLE.findall(_QUOTED.sub("''", path)))


@lru_cache(maxsize=4096)
def compiled(path: str) -> etree.XPath:
    """A path that can be followed; raises ValueError."""
    bare = _QUOTED.sub("''", path)
    for name in _CALLED.findall(bare):
        # Without this, lxml offers Python's regular expressions inside of XPath, which go back without end.
        if name not in _CORE:
            raise ValueError(f"calls {name}(), which XPath 1.0 does not have")
    if _WHOLE_AXIS.search(bare):
        raise ValueError("goes along following:: or preceding::, which is the whole document each time")
    if any(_beyond(inner) for outer in _predicates(bare) if _beyond(outer) for inner in _predicates(outer)):
        raise ValueError("looks at the whole document inside of a look at the whole document")
    try:
        return etree.XPath(path, regexp=False, smart_strings=True)
    except etree.XPathSyntaxError as error:
        raise ValueError(f"is no XPath: {error}") from None


@lru_cache(maxsize=4096)
def candidates(path: str) -> etree.XPath | None:
    """What a path takes into its hands that looks beyond it; None when it looks nowhere else."""
    bare = _QUOTED.sub(lambda match: "'" + "x" * (len(match[0]) - 2) + "'", path)
    if not any(map(_beyond, _predicates(bare))):
        return None
    return etree.XPath(_without_predicates(bare), regexp=False)


def _beyond(predicate: str) -> bool:
    return bool(_BEYOND.search(predicate))


def _predicates(bare: str) -> Iterator[str]:
    """What stands in the outermost brackets."""
    depth = start = 0
    for at, character in enumerate(bare):
        if character == "[":
            start = at + 1 if depth == 0 else start
            depth += 1
        elif character == "]":
            depth -= 1
            if depth == 0:
                yield bare[start:at]


def _without_predicates(bare: str) -> str:
    for predicate in [*_predicates(bare)]:
        bare = bare.replace(f"[{predicate}]", "", 1)
    return bare
