"""Puts right what is misspelt in a mapping, so that one mistake is reported once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from dcops.inventory.entry import Path
from dcops.inventory.kinds import Field, fields_of
from dcops.inventory.words import did_you_mean, nearest, shown
from dcops.inventory.yaml_text import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Unknown:
    """A key that the model does not have."""

    path: Path
    message: str
    hint: str


def repaired(raw: Mapping, cls: type[Any], path: Path = ()) -> tuple[Mapping, list[Unknown]]:
    """A copy with only keys that the model has, and what had to be renamed or left out.

    A misspelt key is taken for the one it resembles: otherwise it would be reported again as missing, and
    everything that refers to it as dangling.
    """
    known = fields_of(cls)
    copy = Mapping(raw.line)
    unknown: list[Unknown] = []
    for key, value in raw.items():
        name = key
        if key not in known:
            near = nearest(key, known)
            unknown.append(Unknown((*path, key), _message(key, path), _hint(key, known, raw)))
            if near is None or near in raw or near in copy:
                continue
            name = near
        copy[name], more = _inner(value, known[name], (*path, key))
        copy.lines[name] = raw.lines[key]
        unknown += more
    return copy, unknown


def _hint(key: str, known: Collection[str], raw: Mapping) -> str:
    near = nearest(key, known)
    if near in raw:
        return f"{near} is there already"
    return did_you_mean(key, [name for name in known if name not in raw])


def _message(key: str, path: Path) -> str:
    where = ".".join(str(step) for step in path if isinstance(step, str))
    return f"unknown key {shown(key)}" + (f" in {where}" if where else "")


def _inner(value: Any, field: Field, path: Path) -> tuple[Any, list[Unknown]]:
    if isinstance(value, Mapping) and field.nested and not field.is_list:
        return repaired(value, field.nested, path)
    if isinstance(value, Sequence):
        copy = Sequence(value.line)
        unknown: list[Unknown] = []
        for index, item in enumerate(value):
            more: list[Unknown] = []
            if isinstance(item, Mapping) and field.nested and field.is_list:
                item, more = repaired(item, field.nested, (*path, index))  # noqa: PLW2901
            copy.append(item)
            copy.lines.append(value.lines[index])
            unknown += more
        return copy, unknown
    return value, []
