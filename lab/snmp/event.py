"""What happens to the variables of an agent for a while: they are set, they run, and come back as they were."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from lab.clock import Clock
from lab.snmp import oid, record
from lab.snmp.oid import Numbers
from lab.snmp.record import FOLDER
from lab.snmp.table import Kept, Motion, Table
from lab.snmp.value import encoded, number

FILE = FOLDER / "events.yaml"


class Trap(NamedTuple):
    """A notification: its kind, and which variables it holds."""

    kind: Numbers
    variables: tuple[Numbers, ...]


class Event:
    """One thing that happens to one agent, until it is taken back."""

    def __init__(self, table: Table, clock: Clock, case: Mapping[str, Any]) -> None:
        self._table = table
        self._clock = clock
        self._case = case
        self._before: dict[Numbers, Kept] = {}
        self.trap = _trap(case.get("trap"))
        self.over = _trap(case.get("over"))

    def begin(self) -> list[str]:
        """Change the variables; gives their names."""
        began = self._clock.now()
        for name, value in self._case.get("set", {}).items():
            for touched in self._named(oid.numbers(name)):
                there = self._keep(touched)
                self._table.put(touched, encoded(there[0], value))
        for name, run in self._case.get("run", {}).items():
            for touched in self._named(oid.numbers(name)):
                self._table.move({touched: self._running(self._keep(touched), run, began)})
        for row in map(record.row, self._case.get("add", ())):
            self._before.setdefault(row.name, self._table.keep(row.name))
            self._table.put(row.name, row.value)
        return [oid.dotted(name) for name in self._before]

    def end(self) -> None:
        """Everything is as it was."""
        for name, kept in self._before.items():
            self._table.give_back(name, kept)
        self._before.clear()

    def _named(self, name: Numbers) -> list[Numbers]:
        return [name] if name in self._table else self._table.below(name)

    def _keep(self, name: Numbers) -> bytes:
        self._before.setdefault(name, self._table.keep(name))
        value = self._table.value(name)
        assert value is not None
        return value

    def _running(self, there: bytes, run: Mapping[str, float], began: float) -> Motion:
        tag, first = there[0], number(there)

        def now() -> bytes:
            passed = self._clock.now() - began
            if "rate" in run:
                return encoded(tag, first + int(run["rate"] * passed))
            share = min(1.0, passed / run["seconds"])
            return encoded(tag, round(first + (run["to"] - first) * share))

        return now


class Rise(Event):
    """The temperatures of some rows are higher by so many degrees."""

    def __init__(self, table: Table, clock: Clock, rows: Mapping[Numbers, float], degrees: float) -> None:
        super().__init__(table, clock, {})
        self._rows = rows
        self._degrees = degrees

    def begin(self) -> list[str]:
        """Add the degrees."""
        for name, units in self._rows.items():
            there = self._keep(name)
            self._table.put(name, encoded(there[0], number(there) + round(self._degrees * units)))
        return [oid.dotted(name) for name in self._rows]


def cases(kind: str, table: Table) -> list[Mapping[str, Any]]:
    """The cases of an event that fit an agent."""
    return [case for case in _file()[kind] if oid.numbers(case["when"]) in table]


def temperatures(table: Table, index: Numbers, entry: Numbers = ()) -> Iterator[tuple[Numbers, float]]:
    """The temperature of the sensor with this index, in whatever tables it stands, and the units of one degree.

    `entry` is the table's entry where only one is meant.
    """
    for column, units in _file()["temperatures"].items():
        numbers = oid.numbers(column)
        name = (*numbers, *index)
        if name in table and numbers[: len(entry)] == entry:
            yield name, units


def all_temperatures(table: Table) -> dict[Numbers, float]:
    """Every temperature of an agent."""
    columns = _file()["temperatures"].items()
    return {name: units for column, units in columns for name in table.below(oid.numbers(column))}


@functools.cache
def _file() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def _trap(words: Mapping[str, Any] | None) -> Trap | None:
    if words is None:
        return None
    return Trap(oid.numbers(words["kind"]), tuple(oid.numbers(name) for name in words["with"]))
