"""Walks: each answer tells where the next question begins, until something else begins or the MIB ends."""

from __future__ import annotations

from abc import abstractmethod
from asyncio import Future
from typing import Any

from dcops.errors import DeviceError, ErrorKind
from dcops.snmp import oid, pdu
from dcops.snmp.ber import Malformed
from dcops.snmp.pdu import Answer, Row
from dcops.snmp.question import Question, Shrink, refused
from dcops.snmp.target import Limits

Columns = dict[int, list[Row]]
"""By number of a column, its cells: index, tag of the value and bytes of the value."""


class Subtree(Question):
    """What follows a name. How it is kept is for the classes below."""

    __slots__ = ("at", "behind", "count", "most_bytes", "most_rows", "prefix", "seen", "size")

    def __init__(self, future: Future[Any], prefix: bytes, limits: Limits) -> None:
        super().__init__(future)
        self.prefix = prefix
        self.at = prefix
        """Where the next question begins."""
        self.behind: bytes | None = None
        """Where the one before it began, between `foresee` and `take`."""
        self.count = self.size = 0
        self.most_rows = limits.rows
        self.most_bytes = limits.table_bytes
        self.seen: set[bytes] = set()
        """Where questions began, since the names turned out not to be in order."""

    @abstractmethod
    def read(self, data: bytes, answer: Answer) -> tuple[int, bytes, bool]:
        """Keep the values of an answer. Raises Malformed, and then keeps none of them.

        Gives how many they are, the last name that was read, and whether the walk has come to its end.
        """

    @abstractmethod
    def result(self) -> object:
        """What was kept."""

    def message(self, request: int) -> bytes:
        """GetBulk for what follows the last name; GetNext where there is no other way."""
        if self.repetitions:
            return pdu.get_bulk(request, self.repetitions, (self.at,))
        return pdu.get(pdu.GET_NEXT, request, (self.at,))

    def foresee(self, data: bytes, answer: Answer) -> bool:
        """The last name alone says where the next question begins, unless the walk may end in this answer."""
        last = None if answer.error else pdu.last(data, answer.start, answer.end)
        if last is None:
            return False
        rows: list[Row] = []
        try:
            name, _ = pdu.rows(data, last, answer.end, self.prefix, rows)
            if not rows or not self.is_wanted(rows[0][0]) or not oid.is_after(name, self.at):
                return False
        except Malformed:
            # The walk may end before it: whether it counts is for `take` to say.
            return False
        self.behind, self.at = self.at, name
        return True

    def step_back(self) -> None:
        """Begin where the answer that cannot be used was to begin."""
        if self.behind is not None:
            self.at, self.behind = self.behind, None

    def is_wanted(self, tail: bytes) -> bool:  # noqa: ARG002 for tables
        """Whether the walk goes on behind the row whose name ends with this."""
        return True

    def take(self, data: bytes, answer: Answer) -> bool:
        """Read on; the walk is over where the subtree, the columns or the MIB end."""
        if answer.error == pdu.TOO_BIG:
            raise Shrink
        if answer.error == pdu.NO_SUCH_NAME:
            # The end of the MIB, as SNMPv1 says it.
            self.settle(self.result())
            return True
        if answer.error:
            self.fail(refused(answer.error))
            return True
        count, name, ended = self.read(data, answer)
        if not count and not ended:
            raise Malformed("an answer without a value")
        self.behind, behind = None, self.at if self.behind is None else self.behind
        self.count += count
        self.size += answer.end - answer.start
        if problem := self._problem(name, behind, ended=ended):
            self.fail(problem)
        elif ended:
            self.settle(self.result())
        else:
            self.at = name
            return False
        return True

    def _problem(self, name: bytes, behind: bytes, *, ended: bool) -> DeviceError | None:
        if not ended and self._goes_in_a_circle(name, behind):
            return self._wrong(
                f"goes in a circle at {oid.dotted(name)}",
                "Its firmware answers wrongly: leave the table out of its profiles, or update it",
            )
        if self.count > self.most_rows or self.size > self.most_bytes:
            most = f"{self.most_rows} values" if self.count > self.most_rows else f"{self.most_bytes} bytes"
            return self._wrong(
                f"has more than {most}", "Leave it out of the profiles of this device, or raise the limit"
            )
        return None

    def _goes_in_a_circle(self, name: bytes, behind: bytes) -> bool:
        """Whether the next question would be one that was asked before.

        Some agents give their rows in no order. That is harmless as long as they do not begin again.
        """
        if not self.seen and oid.is_after(name, behind):
            return False
        if name in self.seen:
            return True
        self.seen.add(name)
        return False

    def _wrong(self, what: str, next_step: str) -> DeviceError:
        return DeviceError(ErrorKind.INVALID, f"the table at {oid.dotted(self.prefix)} {what}", next_step=next_step)


class Walk(Subtree):
    """Everything below a name, in the order of the device."""

    __slots__ = ("rows",)

    def __init__(self, future: Future[list[Row]], prefix: bytes, limits: Limits) -> None:
        super().__init__(future, prefix, limits)
        self.rows: list[Row] = []

    def read(self, data: bytes, answer: Answer) -> tuple[int, bytes, bool]:
        """Append the rows."""
        rows: list[Row] = []
        name, position = pdu.rows(data, answer.start, answer.end, self.prefix, rows)
        self.rows += rows
        return len(rows), name, position < answer.end

    def result(self) -> list[Row]:
        """All rows."""
        return self.rows


class TableWalk(Subtree):
    """Neighbouring columns of a table, each by itself.

    A column is read as a subtree of its own: so its cells come without its number, and nobody sorts them later.
    """

    __slots__ = ("before", "below", "column", "columns", "in_order")

    def __init__(self, future: Future[Columns], entry: bytes, limits: Limits, *, first: int, before: int) -> None:
        """Walk the columns from `first` up to, not including, `before`."""
        super().__init__(future, entry, limits)
        self._enter(first)
        self.at = self.below
        self.before = before
        self.columns: Columns = {}
        self.in_order = True

    def read(self, data: bytes, answer: Answer) -> tuple[int, bytes, bool]:
        """Append the cells to their columns."""
        position, end = answer.start, answer.end
        name, count, ended = b"", 0, False
        parts: list[tuple[int, list[Row]]] = []
        while position < end and not ended:
            cells: list[Row] = []
            name, position = pdu.rows(data, position, end, self.below, cells)
            if cells:
                parts.append((self.column, cells))
                count += len(cells)
            if position < end:
                other = _column(name[len(self.prefix) :]) if name.startswith(self.prefix) else None
                # Where no other column begins, it was the end of the MIB that ended this one.
                if other is None or other == self.column or other >= self.before:
                    ended = True
                else:
                    self._enter(other)
        for column, cells in parts:
            there = self.columns.setdefault(column, [])
            if there and not oid.is_after(cells[0][0], there[-1][0]):
                self.in_order = False
            there += cells
        return count, name, ended

    def _enter(self, column: int) -> None:
        self.column = column
        self.below = self.prefix + oid.suffix((column,))

    def is_wanted(self, tail: bytes) -> bool:
        """Whether its column is one of ours."""
        return _column(tail) < self.before

    def result(self) -> Columns:
        """All columns that there are."""
        if not self.in_order:
            # The device began again with rows that it had told: of each, the later counts.
            return {number: list({cell[0]: cell for cell in cells}.values()) for number, cells in self.columns.items()}
        return self.columns


def _column(tail: bytes) -> int:
    """The column in what follows the entry of a table."""
    if not tail:
        raise Malformed("the table itself in the place of its rows")
    return tail[0] if tail[0] < 0x80 else oid.numbers(tail)[0]
