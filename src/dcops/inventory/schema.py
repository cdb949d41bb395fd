"""The JSON Schema of an inventory file, made from the model, for editors."""

from __future__ import annotations

import inspect
from dataclasses import make_dataclass
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from dcops.inventory.kinds import KINDS, LAB
from dcops.inventory.words import LONGEST_NAME

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAME = "^[a-z0-9]([a-z0-9-]|\\.(?!\\.))*$"
_RACK_NAME = "^[A-Za-z0-9]([A-Za-z0-9-]|\\.(?!\\.))*$"


def json_schema() -> dict[str, Any]:
    """The schema. A file may hold any of the kinds; what a key means is said as in the model."""
    file = make_dataclass("InventoryFile", [(kind.key, tuple[kind.type, ...]) for kind in KINDS.values()])  # type: ignore[name-defined]
    config = ConfigDict(extra="forbid", use_attribute_docstrings=True)
    whole = TypeAdapter(tuple[file, ...], config=config).json_schema(mode="validation")  # type: ignore[valid-type]
    definitions: dict[str, Any] = whole["$defs"]
    listing = definitions.pop("InventoryFile")
    for kind in KINDS.values():
        definition = definitions[kind.type.__name__]
        if "name" in definition["properties"]:
            pattern = _RACK_NAME if kind.key == "racks" else _NAME
            definition["properties"]["name"] |= {"pattern": pattern, "maxLength": LONGEST_NAME}
    for definition in definitions.values():
        _tidy(definition)
    properties = {
        key: value | {"description": inspect.getdoc(KINDS[key].type) or "", "type": ["array", "null"]}
        for key, value in listing["properties"].items()
    }
    for value in properties.values():
        value.pop("title", None)
    return {
        "$schema": DIALECT,
        "title": "dcops inventory file",
        "description": "One file of the inventory: any of these kinds of things, each a list.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            LAB: {"type": "boolean", "description": "A pretend site; said once for all files."},
            **properties,
        },
        "$defs": definitions,
    }


def _tidy(definition: dict[str, Any]) -> None:
    """Drop titles that only repeat the key."""
    definition.pop("title", None)
    for value in definition.get("properties", {}).values():
        value.pop("title", None)
