"""What a device answered: values by name, columns by table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dcops.snmp import value
from dcops.snmp.ber import OCTET_STRING
from dcops.snmp.walk import Columns

Cell = tuple[bytes, int, bytes]
"""Index, tag and bytes of a value."""


@dataclass(slots=True)
class Gathered:
    """The answers to one plan."""

    values: Mapping[bytes, tuple[int, bytes] | None] = field(default_factory=dict)
    tables: dict[bytes, Columns] = field(default_factory=dict)

    def cells(self, entry: bytes, number: int) -> Sequence[Cell]:
        """A column; empty when the device does not have it."""
        return self.tables.get(entry, {}).get(number, ())

    def text(self, name: bytes) -> str:
        """A single value as a text; empty when the device does not have it."""
        found = self.values.get(name)
        return readable(*found) if found else ""


def readable(tag: int, content: bytes) -> str:
    """A value as the text of a label, or as profiles compare it."""
    return value.text(content) if tag == OCTET_STRING else value.shown(tag, content)
