"""What a device answered: values by name, columns by table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dcops.snmp import oid, value
from dcops.snmp.ber import OCTET_STRING
from dcops.snmp.pdu import Row
from dcops.snmp.question import column

Cell = tuple[bytes, int, bytes]
"""Index, tag and bytes of a value."""


def split(rows: Sequence[Row], columns: dict[int, list[Cell]]) -> None:
    """Sort the rows of a walk into their columns."""
    there: list[Cell] = []
    number = -1
    for tail, tag, content in rows:
        head = tail[0] if tail else 0
        if head < 0x80:
            if head != number:
                number = head
                there = columns.setdefault(number, [])
            there.append((tail[1:], tag, content))
            continue
        # A column above 127 takes more than one byte; rare, so the way there may be slow.
        wide = column(tail)
        if wide != number:
            number = wide
            there = columns.setdefault(number, [])
        there.append((tail[len(oid.suffix((wide,))) :], tag, content))


@dataclass(slots=True)
class Gathered:
    """The answers to one plan."""

    values: Mapping[bytes, tuple[int, bytes] | None] = field(default_factory=dict)
    tables: dict[bytes, dict[int, list[Cell]]] = field(default_factory=dict)

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
