"""A placement as a file holds it: written by the exporter, read by whoever asks what runs where."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar, get_type_hints

from dcops.errors import InvalidInput
from dcops.model.moment import from_rfc3339, rfc3339
from dcops.model.placement import Cluster, Datastore, HostSystem, Machine, Placement, Power

VERSION = 1
T = TypeVar("T")


def to_json(placement: Placement) -> bytes:
    """The text of a file, one thing on a line, so that two of them can be compared."""
    head = {"version": VERSION, "vcenter": placement.vcenter, "seen": rfc3339(placement.seen)}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in (*head.items(), ("unseen", placement.unseen))]
    for key in ("clusters", "hosts", "datastores", "machines"):
        things = ",\n".join(json.dumps(_told(thing), ensure_ascii=False) for thing in getattr(placement, key))
        lines.append(f"{json.dumps(key)}: [\n{things}\n]" if things else f"{json.dumps(key)}: []")
    return ("{" + ",\n".join(lines) + "}\n").encode()


def from_json(text: bytes) -> Placement:
    """The placement of such a file; InvalidInput when it is none, or of a version that is not known here."""
    try:
        raw = json.loads(text)
        if not isinstance(raw, dict):
            raise TypeError("it is no mapping")
        version = raw.get("version")
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"it is no placement: {error}") from None
    if version != VERSION:
        raise InvalidInput(
            f"it is of version {version!r}, and this dcops reads version {VERSION}",
            next_step="Let the exporter of the same version write it anew",
        )
    try:
        return Placement(
            vcenter=_text(raw["vcenter"]),
            seen=from_rfc3339(raw["seen"]),
            machines=tuple(_thing(Machine, item) for item in raw["machines"]),
            hosts=tuple(_thing(HostSystem, item) for item in raw["hosts"]),
            clusters=tuple(_thing(Cluster, item) for item in raw["clusters"]),
            datastores=tuple(_thing(Datastore, item) for item in raw["datastores"]),
            unseen=int(raw["unseen"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput(f"it is no placement: {type(error).__name__}: {error}") from None


def _told(thing: Any) -> dict[str, Any]:
    """What is known of a thing, without what is not."""
    return {key: value for key, value in asdict(thing).items() if value is not None and value != ()}


def _thing(cls: type[T], raw: Mapping[str, Any]) -> T:
    readers = _READERS[cls]
    unknown = raw.keys() - readers.keys()
    if unknown:
        raise ValueError(f"unknown key {min(unknown)!r} of a {cls.__name__}")
    return cls(**{key: readers[key](value) for key, value in raw.items()})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return tuple(map(_text, value))


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value


_BY_TYPE: Mapping[Any, Callable[[object], Any]] = {
    str: _text,
    str | None: _text,
    tuple[str, ...]: _texts,
    bool: _truth,
    bool | None: _truth,
    int | None: _number,
    Power | None: lambda value: Power(_text(value)),
}
_READERS: Mapping[type[Any], Mapping[str, Callable[[object], Any]]] = {
    cls: {item.name: _BY_TYPE[get_type_hints(cls)[item.name]] for item in fields(cls)}
    for cls in (Machine, HostSystem, Cluster, Datastore)
}
