"""What has to be asked of a device for some profiles: each value and each column once, however many want it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dcops.exporters.snmp.gathered import Gathered
from dcops.exporters.snmp.profile import LabelSource, Profile, Source, Table
from dcops.snmp.value import NUMBERS

SMALL_GAP = 1
"""So many columns that nobody wants are walked along with their neighbours: cheaper than to ask anew."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Columns of a table that are walked in one go: from `first` up to, not including, `before`."""

    entry: bytes
    first: int
    before: int


@dataclass(frozen=True, slots=True)
class Spare:
    """A column that is read only where another has gaps: 32 bits for interfaces that do not count with 64."""

    table: bytes
    """Whose rows should have a number."""
    best: tuple[bytes, int]
    instead: tuple[bytes, int]

    def is_needed(self, gathered: Gathered) -> bool:
        """Whether the better column has fewer numbers than the table has rows, or nothing tells how many those are."""
        rows = max(map(len, gathered.tables.get(self.table, {}).values()), default=0)
        return not rows or sum(tag in NUMBERS for _, tag, _ in gathered.cells(*self.best)) < rows


@dataclass(frozen=True, slots=True)
class Plan:
    """The questions of one profile."""

    values: frozenset[bytes]
    columns: Mapping[bytes, frozenset[int]]
    """By the entry of a table."""
    spares: tuple[Spare, ...] = ()

    def wants(self, stretch: Stretch) -> bool:
        """Whether any of its columns lies in this stretch."""
        wanted = self.columns.get(stretch.entry, frozenset())
        if self.spares:
            wanted |= {column for entry, column in (one.instead for one in self.spares) if entry == stretch.entry}
        return any(stretch.first <= column < stretch.before for column in wanted)

    def rest(self, gathered: Gathered) -> Plan:
        """What is to be asked besides, after what came."""
        columns: dict[bytes, set[int]] = {}
        for spare in self.spares:
            entry, column = spare.instead
            if column not in self.columns.get(entry, ()) and spare.is_needed(gathered):
                columns.setdefault(entry, set()).add(column)
        return Plan(frozenset(), {entry: frozenset(wanted) for entry, wanted in columns.items()})


def plan(profile: Profile) -> Plan:
    """What this profile needs."""
    values: set[bytes] = set()
    columns: dict[bytes, set[int]] = {}
    for source in profile.values:
        _of_source(source, b"", values, columns)
    for table in profile.tables:
        _of_table(table, values, columns)
    spares = [spare for table in profile.tables for source in table.sources for spare in _spares(source, table.entry)]
    return Plan(frozenset(values), {entry: frozenset(wanted) for entry, wanted in columns.items()}, tuple(spares))


def stretches(plans: Iterable[Plan]) -> tuple[Stretch, ...]:
    """The walks that give all plans their columns, each column once."""
    columns: dict[bytes, set[int]] = {}
    for one in plans:
        for entry, wanted in one.columns.items():
            columns.setdefault(entry, set()).update(wanted)
    return tuple(
        Stretch(entry, first, before) for entry, wanted in columns.items() for first, before in _stretches(wanted)
    )


def _of_table(table: Table, values: set[bytes], columns: dict[bytes, set[int]]) -> None:
    if table.when:
        values.add(table.when.oid)
    if table.count:
        values.add(table.count)
    for label in table.labels.values():
        _of_label(label, table.entry, values, columns)
    for kept in table.kept:
        columns.setdefault(table.entry, set()).add(kept.column)
    for source in table.sources:
        _of_source(source, table.entry, values, columns)


def _spares(source: Source, table: bytes) -> Iterator[Spare]:
    other = source.otherwise
    # Only a plain number: whether there is one can be told before it is converted.
    if other and source.conversion.is_plain and source.column and other.column:
        best, instead = ((one.entry or table, one.column) for one in (source, other))
        yield Spare(table, best, instead)


def _of_source(
    source: Source, entry: bytes, values: set[bytes], columns: dict[bytes, set[int]], *, is_spare: bool = False
) -> None:
    if source.oid:
        values.add(source.oid)
    if source.when:
        values.add(source.when.oid)
    if source.conversion.fahrenheit:
        values.add(source.conversion.fahrenheit)
    values.update(operand for operand in source.conversion.operands if isinstance(operand, bytes))
    if source.entry and not is_spare:
        columns.setdefault(source.entry, set()).add(source.column)
    wanted = (
        0 if source.entry or is_spare else source.column,
        source.conversion.scale_column,
        source.conversion.precision_column,
        source.conversion.fahrenheit_column,
        *(operand for operand in source.conversion.operands if isinstance(operand, int)),
        *(kept.column for kept in source.kept),
    )
    if entry:
        columns.setdefault(entry, set()).update(column for column in wanted if column)
    for label in source.labels.values():
        _of_label(label, entry, values, columns)
    if source.otherwise:
        _of_source(source.otherwise, entry, values, columns, is_spare=any(_spares(source, entry)))


def _of_label(label: LabelSource, entry: bytes, values: set[bytes], columns: dict[bytes, set[int]]) -> None:
    if label.oid:
        values.add(label.oid)
    elif label.column:
        columns.setdefault(label.entry, set()).update({label.column, label.matches} - {0})
        if label.pointer:
            columns.setdefault(entry, set()).add(label.pointer)
    if label.otherwise:
        _of_label(label.otherwise, entry, values, columns)


def _stretches(columns: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = 0
    for column in sorted(columns):
        if first and column - last > SMALL_GAP + 1:
            yield first, last + 1
            first = 0
        first = first or column
        last = column
    if first:
        yield first, last + 1
