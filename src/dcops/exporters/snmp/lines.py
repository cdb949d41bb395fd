"""The text that Prometheus reads, written by hand: with so many samples everything else is too slow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter

from dcops.exporters.snmp import labels
from dcops.exporters.snmp.convert import converter
from dcops.exporters.snmp.distinct import Labels, distinct
from dcops.exporters.snmp.gathered import Cell, Gathered, readable
from dcops.exporters.snmp.places import Places
from dcops.exporters.snmp.profile import Conversion, Kept, Profile, Source, Table, When
from dcops.exporters.snmp.samples import Samples
from dcops.exporters.text import joined, quoted
from dcops.snmp import oid, value
from dcops.snmp.ber import INTEGER

_INDEX, _TAG = itemgetter(0), itemgetter(1)


def write(profile: Profile, gathered: Gathered, places: Places, now: float, samples: Samples) -> None:
    """Add what one profile tells to the samples."""
    for source in profile.values:
        samples.add(source.metric, _single(source, gathered, now))
    for table in profile.tables:
        _table(table, gathered, places, now, samples)


def _single(source: Source, gathered: Gathered, now: float) -> list[str]:
    if not _now(source.when, gathered):
        return _single(source.otherwise, gathered, now) if source.otherwise else []
    named = labels.single(source.labels, gathered)
    if source.constant is not None:
        # An info metric of which nothing is known says nothing.
        return [f"{source.metric}{joined(named)} {source.constant}\n"] if any(named.values()) else []
    found = gathered.values.get(source.oid)
    heads = {b"": labels.opened(named)}
    lines = _cells(source, [(b"", *found)], heads, _end(source, named), gathered, b"", now, set()) if found else []
    if not lines and source.otherwise:
        return _single(source.otherwise, gathered, now)
    return lines


def _table(table: Table, gathered: Gathered, places: Places, now: float, samples: Samples) -> None:
    columns = gathered.tables.get(table.entry)
    if not columns or not _now(table.when, gathered):
        return
    rows = _rows(table, columns, gathered)
    named: Mapping[bytes, Labels] = labels.texts(table.labels, rows, gathered, table.entry)
    if table.placed:
        named = {row: places.of(table.entry, row, of) for row, of in named.items()}
    apart = distinct(named, table.names)
    samples.dropped += len(named) - len(apart)
    # Made once for all columns: most of the text of a scrape is labels.
    heads = {row: labels.opened(of) for row, of in apart.items()}
    for source in table.sources:
        own, end = _heads(source, table, heads, apart, named, columns, gathered)
        if source.constant is not None:
            samples.add(source.metric, [f"{source.metric}{head}{end} {source.constant}\n" for head in own.values()])
        else:
            samples.add(source.metric, _column(source, columns, own, end, gathered, table.entry, now))


def _heads(
    source: Source,
    table: Table,
    heads: Mapping[bytes, str],
    apart: Mapping[bytes, Labels],
    named: Mapping[bytes, Labels],
    columns: Mapping[int, Sequence[Cell]],
    gathered: Gathered,
) -> tuple[Mapping[bytes, str], str]:
    """The labels of each row of a source but for their end, and their end: what was made for all sources, if it can."""
    first = next(iter(apart.values()), {})
    if not source.kept and source.constants is not None:
        return heads, _end(source, first, source.constants)
    if source.constant is not None and not source.kept and source.labels.keys().isdisjoint(first):
        # What describes a row is joined with its measurements: it must name the row as they do.
        ends = labels.endings(source.labels, apart, gathered, table.entry, first=not first)
        return {row: head + ends[row] for row, head in heads.items()}, ""
    of_source = _of_source(source, table, named, columns, gathered)
    return {row: labels.opened(of) for row, of in of_source.items()}, _end(source, next(iter(of_source.values()), {}))


def _end(source: Source, named: Labels, more: Labels | None = None) -> str:
    """What closes the labels of every row of a source. A state set closes them itself, as each of its lines differs."""
    if source.conversion.states:
        return labels.closing(more or {}, first=not named).removesuffix("}")
    return labels.closing(more or {}, first=not named)


def _of_source(
    source: Source,
    table: Table,
    named: Mapping[bytes, Labels],
    columns: Mapping[int, Sequence[Cell]],
    gathered: Gathered,
) -> Mapping[bytes, Labels]:
    """The rows of one source with its own labels."""
    if source.kept:
        stay = _stay(source.kept, columns, named)
        named = {row: of for row, of in named.items() if row in stay}
    more = labels.texts(source.labels, named, gathered, table.entry)
    if source.constant is not None:
        # What describes a row is joined with its measurements: it must name the row as they do.
        apart = distinct(named, table.names)
        return {row: {**of, **more[row]} for row, of in apart.items()}
    return distinct({row: {**of, **more[row]} for row, of in named.items()}, (*table.names, *source.names))


def _now(when: When | None, gathered: Gathered) -> bool:
    return when is None or (gathered.text(when.oid) in when.values) != when.inverse


def _rows(table: Table, columns: Mapping[int, Sequence[Cell]], gathered: Gathered) -> Iterable[bytes]:
    """The rows that any source of the table has a value for, in the order of the device."""
    wanted = table.columns or sorted(columns)
    first, *others = [list(map(_INDEX, columns.get(number, ()))) for number in wanted] or [[]]
    # Most columns have the same rows: that is seen at a glance.
    rows = dict.fromkeys(chain(first, *(other for other in others if other != first)))
    count = gathered.text(table.count) if table.count else ""
    if count.isdecimal():
        rows = dict.fromkeys(row for row in rows if oid.numbers(row)[-1] <= int(count))
    if not table.kept:
        return rows
    stay = _stay(table.kept, columns, rows)
    return [row for row in rows if row in stay]


def _stay(kept: Sequence[Kept], columns: Mapping[int, Sequence[Cell]], rows: Iterable[bytes]) -> set[bytes]:
    """The rows that are kept. One whose column the device does not tell is not."""
    stay = set(rows)
    for rule in kept:
        stay &= {index for index, tag, content in columns.get(rule.column, ()) if rule.fits(readable(tag, content))}
    return stay


def _column(
    source: Source,
    columns: Mapping[int, Sequence[Cell]],
    heads: Mapping[bytes, str],
    end: str,
    gathered: Gathered,
    entry: bytes,
    now: float,
) -> list[str]:
    """A column, and for the rows that have no number in it the column that is read instead."""
    told: set[bytes] = set()
    cells = gathered.cells(source.entry, source.column) if source.entry else columns.get(source.column, ())
    lines = _cells(source, cells, heads, end, gathered, entry, now, told)
    if source.otherwise and len(told) < len(heads):
        left = {row: head for row, head in heads.items() if row not in told}
        lines += _column(source.otherwise, columns, left, end, gathered, entry, now)
    return lines


def _cells(
    source: Source,
    cells: Sequence[Cell],
    heads: Mapping[bytes, str],
    end: str,
    gathered: Gathered,
    entry: bytes,
    now: float,
    told: set[bytes],
) -> list[str]:
    """The lines of some cells; `told` gets the rows that there was a number for."""
    name, conversion = source.metric, source.conversion
    if conversion.is_plain and (tags := set(map(_TAG, cells))) <= value.NUMBERS:
        # Most samples of a switch come this way, and most of them have no sign.
        if source.otherwise:
            told.update(index for index, _, _ in cells if index in heads)
        number = int.from_bytes
        if INTEGER not in tags:
            return [f"{name}{heads[index]}{end} {number(of, 'big')}\n" for index, _, of in cells if index in heads]
        return [
            f"{name}{heads[index]}{end} {number(content, 'big', signed=tag == INTEGER)}\n"
            for index, tag, content in cells
            if index in heads
        ]
    lines: list[str] = []
    convert = converter(conversion, gathered, entry, now)
    for index, tag, content in cells:
        head = heads.get(index)
        if head is None:
            continue
        found = convert(index, tag, content)
        if found is None:
            continue
        told.add(index)
        if conversion.states:
            lines += _states(f"{name}{head}{end}", conversion, int(found))
        else:
            lines.append(f"{name}{head}{end} {found}\n")
    return lines


def _states(head: str, conversion: Conversion, number: int) -> Iterator[str]:
    """One line for each state. Two numbers may be one state; one that no MIB knows is `unknown`, none of the others."""
    now_in = conversion.states.get(number, "unknown")
    comma = "," if "{" in head else "{"
    for state in dict.fromkeys((*conversion.states.values(), now_in)):
        yield f"{head}{comma}{conversion.state_label}={quoted(state)}}} {1 if state == now_in else 0}\n"
