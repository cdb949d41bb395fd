"""One mapping of a file to one object of the model, or to everything that is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from types import GenericAlias
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from dcops.inventory import explain
from dcops.inventory.entry import Entry, Path, label
from dcops.inventory.kinds import Kind, fields_of, stand_in
from dcops.inventory.mistake import Mistake
from dcops.inventory.repair import repaired
from dcops.inventory.yaml_text import Mapping, Sequence, line_of

_ROUNDS = 5

Problem = tuple[Path, dict[str, Any]]


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(cls: type[Any]) -> TypeAdapter[Any]:
    if cls not in _ADAPTERS:
        # Pydantic takes a configuration only around a dataclass of the standard library, not for it.
        one: Any = GenericAlias(tuple, (cls,))
        _ADAPTERS[cls] = TypeAdapter(one, config=ConfigDict(extra="forbid"))
    return _ADAPTERS[cls]


def read_entry(
    kind: Kind, file: str, raw: Mapping, flagged: Collection[Path] = ()
) -> tuple[Entry | None, list[Mistake]]:
    """The entry that a mapping describes, and its mistakes.

    `flagged` are places that were reported already: what else is wrong there would only repeat it.
    """
    value, problems = _validate(kind.type, raw)
    if not problems and not flagged:
        return Entry(kind, file, raw, value), []

    copy, unknown = repaired(raw, kind.type)
    mistakes = [
        Mistake(file, line_of(raw, item.path), f"{label(kind, raw)}: {item.message}", item.hint)
        for item in unknown
        if not _covered(item.path, flagged)
    ]
    broken = {str(path[0]) for path in flagged if path}
    value, problems = _validate(kind.type, copy)
    for path, error in _apart(problems):
        broken.add(str(path[0]) if path else "")
        if not _covered(path, flagged):
            message, hint = explain.error(error, path, kind.type, copy)
            # A missing key has no line of its own: its mapping's is the one to look at.
            mistakes.append(
                Mistake(file, line_of(copy, path), f"{label(kind, copy)}: {message}", hint),
            )
    saved = copy
    for _ in range(_ROUNDS):
        if not problems:
            return Entry(kind, file, copy, value, frozenset(broken)), mistakes
        saved = _without(saved, kind.type, [path for path, _ in _apart(problems)])
        value, problems = _validate(kind.type, saved)
    return None, mistakes


def _validate(cls: type[Any], raw: Mapping) -> tuple[Any, list[Problem]]:
    # By way of JSON, because pydantic's strict mode then wants what a YAML file can say: a date or an address
    # as text and nothing else, a whole number without quotes, and no number where a text belongs.
    try:
        return _adapter(cls).validate_json(json.dumps([raw]), strict=True)[0], []
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return None, [(_inside(raw, item["loc"][1:]), dict(item)) for item in found]


def _inside(raw: Any, location: Iterable[str | int]) -> Path:
    """The part of pydantic's location that exists in the file; what follows names alternatives of a type."""
    path: list[str | int] = []
    for step in location:
        path.append(step)
        if isinstance(raw, dict) and step in raw:
            raw = raw[str(step)]
        elif isinstance(raw, list) and isinstance(step, int) and step < len(raw):
            raw = raw[step]
        elif isinstance(raw, dict) and isinstance(step, str):
            break  # a missing key
        else:
            path.pop()
            break
    return tuple(path)


def _apart(problems: Iterable[Problem]) -> list[Problem]:
    """One problem per place: the alternatives of a type each bring their own."""
    first: dict[Path, dict[str, Any]] = {}
    for path, error in problems:
        first.setdefault(path, error)
    return list(first.items())


def _covered(path: Path, flagged: Collection[Path]) -> bool:
    return any(path == other[: len(path)] or other == path[: len(other)] for other in flagged)


def _without(raw: Mapping, cls: type[Any], paths: Iterable[Path]) -> Mapping:
    """A copy in which the wrong values are left out, or replaced where the model needs one."""
    copy: Mapping = _copied(raw)
    for path in sorted(paths, key=_last_first, reverse=True):
        _cut(copy, cls, path)
    return copy


def _last_first(path: Path) -> tuple[int, ...]:
    """Order in which the items of a list can be removed one after the other."""
    return tuple(step if isinstance(step, int) else 0 for step in path)


def _cut(holder: Any, cls: type[Any], path: Path) -> None:
    field = None
    for depth, step in enumerate(path):
        if isinstance(step, str):
            field = fields_of(cls).get(step)
        if depth + 1 < len(path):
            holder = holder[step]
            cls = field.nested if field and field.nested else cls
        elif isinstance(step, int):
            del holder[step]
        elif field and field.required:
            holder[step] = stand_in(field.hint)
        else:
            holder.pop(step, None)


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        mapping = Mapping(value.line)
        mapping.update({key: _copied(inner) for key, inner in value.items()})
        mapping.lines = value.lines
        return mapping
    if isinstance(value, Sequence):
        sequence = Sequence(value.line)
        sequence.extend(_copied(inner) for inner in value)
        sequence.lines = value.lines
        return sequence
    return value
