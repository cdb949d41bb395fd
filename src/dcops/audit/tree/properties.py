"""Facts as mappings and lists: properties of vSphere, answers of an API, facts of a server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dcops.audit.tree import Unreadable
from dcops.audit.tree.bounds import DEEPEST, MOST_ELEMENTS

_SEPARATOR = re.compile(r"(?<!\\)/")
EVERY = "*"


@dataclass(frozen=True, slots=True)
class Spot:
    """A value that is judged by itself."""

    label: str
    value: Any
    line: int = 0


class Nobody(Exception):
    """The source says that it could not tell: null on the way."""


def read(content: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts; raises Unreadable."""
    value: Any = content
    if isinstance(content, str):
        try:
            value = json.loads(content)
        except (ValueError, RecursionError) as error:
            reason = "it is nested too deep" if isinstance(error, RecursionError) else "it is cut off or no JSON"
            raise Unreadable(reason) from None
    if not isinstance(value, Mapping):
        raise Unreadable("it is no mapping of names and values")
    if not value:
        raise Unreadable("it is empty")
    _refuse_bombs(value)
    return value


def _refuse_bombs(value: Any) -> None:
    level, count = [value], 0
    for depth in range(DEEPEST + 1):
        level = [each for one in level for each in _inside(one)]
        count += len(level)
        if count > MOST_ELEMENTS:
            raise Unreadable(f"it has more than {MOST_ELEMENTS} values")
        if not level:
            return
        if depth == DEEPEST:
            raise Unreadable(f"it is nested deeper than {DEEPEST}")


def _inside(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list | tuple) else ()


def split(path: str) -> tuple[str, ...]:
    """The parts of a path."""
    return tuple(part.replace("\\/", "/") for part in _SEPARATOR.split(path))


def found(value: Any, parts: Sequence[str], label: str = "") -> Iterator[Spot]:
    """What stands at a path; nothing when it is not there. Raises Nobody where the source could not tell."""
    if value is None:
        raise Nobody
    if not parts:
        yield Spot(label, value)
        return
    part, rest = parts[0], parts[1:]
    if part == EVERY:
        for name, each in _named(value):
            yield from found(each, rest, _joined(label, name))
    elif isinstance(value, Mapping) and part in value:
        yield from found(value[part], rest, _joined(label, part))
    elif isinstance(value, list | tuple) and part.isdecimal() and int(part) < len(value):
        yield from found(value[int(part)], rest, _joined(label, part))


def _named(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((str(name), each) for name, each in value.items())
    elif isinstance(value, list | tuple):
        yield from ((str(number), each) for number, each in enumerate(value))


def _joined(label: str, name: str) -> str:
    return f"{label}/{name}" if label else name
