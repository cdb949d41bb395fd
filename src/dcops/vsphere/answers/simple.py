"""Values that stand in one piece of text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from sys import intern
from typing import TypeAlias

from pyVmomi import VmomiSupport

from dcops.vsphere.managed import Value

Simple: TypeAlias = Callable[[str], Value]

text: Callable[[str], str] = intern
"""A text. Most come again and again, so each is kept once, for as long as anybody has it."""


class Surprise(Exception):
    """An answer is of another shape than we know."""


class _Booleans(dict[str, bool]):
    def __missing__(self, raw: str) -> bool:
        raise Surprise(f"{raw[:20]!r} is neither true nor false")


boolean: Callable[[str], bool] = _Booleans({"true": True, "1": True, "false": False, "0": False}).__getitem__
"""True or false, in either spelling of XML Schema; one word in three is one of them."""


@lru_cache(maxsize=8192)
def moment(raw: str) -> float:
    """A time, as seconds since 1970."""
    try:
        made = datetime.fromisoformat(raw.strip())
    except ValueError:
        raise Surprise(f"{raw[:40]!r} is no time") from None
    if made.tzinfo is None:
        raise Surprise(f"{raw[:40]!r} does not say in which zone")
    return made.timestamp()


XSD: dict[str, Simple] = {
    **dict.fromkeys(("string", "anyURI", "base64Binary", "QName"), text),
    **dict.fromkeys(("int", "long", "short", "byte"), int),
    **dict.fromkeys(("float", "double"), float),
    "boolean": boolean,
    "dateTime": moment,
}


def simple_of(kind: type) -> Simple | None:
    """What makes a value of a type's text; None for a type that has elements of its own."""
    if kind is bool:
        return boolean
    if issubclass(kind, datetime):
        return moment
    if issubclass(kind, int):
        return int
    if issubclass(kind, float):
        return float
    if issubclass(kind, str | bytes | VmomiSupport.ManagedObject) or kind in (type, VmomiSupport.ManagedMethod):
        return text
    return None
