"""The kinds of things that an inventory file may hold, and the model of each."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from dcops.model.backup_item import BackupItem
from dcops.model.device import CredentialName, Device
from dcops.model.facility import Circuit, DrPair, InformationSystem, Network, Prefix, Rack, Site
from dcops.model.sensor import Sensor

LAB = "lab"


@dataclass(frozen=True, slots=True)
class Kind:
    """A top-level key: a list of things of one type."""

    key: str
    noun: str
    type: type[Any]


# Written by hand; a new kind of thing is a dataclass in the model and a line here.
KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("sites", "site", Site),
        Kind("racks", "rack", Rack),
        Kind("devices", "device", Device),
        Kind("sensors", "sensor", Sensor),
        Kind("circuits", "circuit", Circuit),
        Kind("prefixes", "prefix", Prefix),
        Kind("systems", "system", InformationSystem),
        Kind("dr_pairs", "DR pair", DrPair),
        Kind("credentials", "credential", CredentialName),
        Kind("backup_items", "backup item", BackupItem),
    )
}


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a mapping, as the model wants it."""

    hint: Any
    required: bool
    nested: type[Any] | None
    """The dataclass of the mapping, or of the list of mappings, that stands under the key."""
    is_list: bool


_FIELDS: dict[type[Any], dict[str, Field]] = {}


def fields_of(cls: type[Any]) -> dict[str, Field]:
    """The keys that a mapping of this class may have."""
    if cls not in _FIELDS:
        _FIELDS[cls] = _fields(cls)
    return _FIELDS[cls]


def _fields(cls: type[Any]) -> dict[str, Field]:
    hints = get_type_hints(cls, include_extras=True)
    return {
        item.name: _field(hints[item.name], required=item.default is MISSING and item.default_factory is MISSING)
        for item in fields(cls)
    }


def plain(hint: Any) -> Any:
    """The type under `Annotated` and beside `None`."""
    while True:
        if get_origin(hint) is Annotated:
            hint = get_args(hint)[0]
        elif get_origin(hint) in (Union, UnionType) and type(None) in get_args(hint):
            others = [option for option in get_args(hint) if option is not type(None)]
            if len(others) > 1:
                return hint
            hint = others[0]
        else:
            return hint


def stand_in(hint: Any) -> object:
    """Something valid to put where a required value is wrong, so that the rest can be looked at."""
    kind = plain(hint)
    if kind == Network:
        return "0.0.0.0/32"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    return 1 if kind is int else ""


def _field(hint: Any, *, required: bool) -> Field:
    inner = plain(hint)
    is_list = get_origin(inner) is tuple
    if is_list:
        inner = plain(get_args(inner)[0])
    nested = inner if isinstance(inner, type) and is_dataclass(inner) else None
    return Field(hint, required, nested, is_list)
