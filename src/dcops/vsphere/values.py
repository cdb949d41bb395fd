"""Properties as vSphere names them, found whether they came one by one or as a part of something larger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_NOTHING: Any = object()


def at(properties: Mapping[str, Any], path: str) -> Any:
    """The value at a path such as `summary.config.numCpu`; None when it is not set."""
    found = properties.get(path, _NOTHING)
    if found is not _NOTHING:
        return found
    head = path
    while "." in head:
        head = head.rpartition(".")[0]
        found = properties.get(head, _NOTHING)
        if found is not _NOTHING:
            return _below(found, path[len(head) + 1 :])
    return None


def text_at(properties: Mapping[str, Any], path: str) -> str:
    """The text at a path; empty when there is none."""
    found = at(properties, path)
    return found if isinstance(found, str) else ""


def list_at(properties: Mapping[str, Any], path: str) -> Sequence[Any]:
    """The list at a path; empty when there is none."""
    found = at(properties, path)
    return found if isinstance(found, list | tuple) else ()


def records_at(properties: Mapping[str, Any], path: str) -> list[Mapping[str, Any]]:
    """The records of a list at a path."""
    return [one for one in list_at(properties, path) if isinstance(one, dict)]


def _below(found: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found
