"""What is asked: some values, or a part of a table. Each knows its next message and what an answer means for it."""

from __future__ import annotations

from asyncio import Future
from collections.abc import Sequence
from typing import Protocol, TypeVar

from dcops.errors import DeviceError, ErrorKind
from dcops.snmp import oid, pdu
from dcops.snmp.ber import Malformed
from dcops.snmp.pdu import Answer, Row

T = TypeVar("T")

AT_ONCE = 24
"""Values in one question: a small card answers this many in one datagram."""


class Question(Protocol):
    """Something that takes one message after the other until it is answered."""

    attempts: int
    sent_at: float
    wait_seconds: float

    def message(self, request: int, repetitions: int) -> bytes:
        """The PDU to be sent now; `repetitions` is 0 where there is no GetBulk."""

    def take(self, data: bytes, answer: Answer) -> bool:
        """Look at an answer; gives whether the question is settled. May raise Malformed or Shrink."""

    def fail(self, error: DeviceError) -> None:
        """It will not be answered."""


class Shrink(Exception):
    """The answer was too big: ask for less."""


class Values:
    """A get of some values. Their order is the order of the names; None for what the device does not have."""

    __slots__ = ("at_once", "attempts", "found", "future", "names", "sent_at", "wait_seconds", "wanted")

    def __init__(self, future: Future[list[Row | None]], names: Sequence[bytes]) -> None:
        self.future = future
        self.names = list(names)
        self.wanted = list(range(len(self.names)))
        """Those not answered yet; asked in one message until that is too big."""
        self.found: list[Row | None] = [None] * len(self.names)
        self.at_once = AT_ONCE
        self.attempts = 0
        self.sent_at = self.wait_seconds = 0.0

    def message(self, request: int, repetitions: int) -> bytes:  # noqa: ARG002
        """A GetRequest for what is still wanted."""
        return pdu.get(pdu.GET, request, [self.names[number] for number in self.wanted[: self.at_once]])

    def take(self, data: bytes, answer: Answer) -> bool:
        """Sort the values in; what SNMPv1 refuses by name is left out and the rest asked again."""
        asked = self.wanted[: self.at_once]
        if answer.error == pdu.TOO_BIG and len(asked) > 1:
            self.at_once = max(1, len(asked) // 2)
            raise Shrink
        if answer.error in (pdu.NO_SUCH_NAME, pdu.GENERAL_ERROR) and 0 < answer.error_index <= len(asked):
            self.wanted.remove(asked[answer.error_index - 1])
        elif answer.error:
            self.fail(refused(answer.error))
            return True
        else:
            self._sort_in(asked, data, answer)
        if not self.wanted:
            _settle(self.future, self.found)
            return True
        return False

    def _sort_in(self, asked: list[int], data: bytes, answer: Answer) -> None:
        position = answer.start
        for number in asked:
            row: list[Row] = []
            start, stop = position, answer.end
            # One variable for each name, in the order asked: anything else is no answer to this question.
            name, _ = pdu.rows(data, start, one_variable(data, start, stop), self.names[number], row)
            if name != self.names[number]:
                raise Malformed("values that were not asked for")
            self.found[number] = row[0] if row else None
            position = one_variable(data, start, stop)
        if position != answer.end:
            raise Malformed("more values than were asked for")
        del self.wanted[: len(asked)]

    def fail(self, error: DeviceError) -> None:
        """Tell whoever waits."""
        if not self.future.done():
            self.future.set_exception(error)


def one_variable(data: bytes, start: int, end: int) -> int:
    """Where the variable ends that begins at `start`."""
    from dcops.snmp.ber import span

    return span(data, start, end)[1]


class Walk:
    """A walk of what lies below a name, or of some columns of a table."""

    __slots__ = ("at", "attempts", "before", "future", "most_rows", "prefix", "rows", "seen", "sent_at", "wait_seconds")

    def __init__(
        self, future: Future[list[Row]], prefix: bytes, *, first: int, before: int | None, most_rows: int
    ) -> None:
        """Walk what follows `prefix`; with `before`, the columns from `first` up to, not including, it."""
        self.future = future
        self.prefix = prefix
        self.at = prefix + oid.suffix((first,)) if before is not None else prefix
        self.before = before
        self.rows: list[Row] = []
        self.most_rows = most_rows
        self.seen: set[bytes] | None = None
        """What was met so far, once the table turned out not to be in order."""
        self.attempts = 0
        self.sent_at = self.wait_seconds = 0.0

    def message(self, request: int, repetitions: int) -> bytes:
        """GetBulk for what follows the last name; GetNext where there is no other way."""
        if repetitions:
            return pdu.get_bulk(request, repetitions, (self.at,))
        return pdu.get(pdu.GET_NEXT, request, (self.at,))

    def take(self, data: bytes, answer: Answer) -> bool:
        """Append the rows; the walk is over where the subtree, the columns or the MIB end."""
        if answer.error == pdu.TOO_BIG:
            raise Shrink
        if answer.error == pdu.NO_SUCH_NAME:
            # The end of the MIB, as SNMPv1 says it.
            _settle(self.future, self.rows)
            return True
        if answer.error:
            self.fail(refused(answer.error))
            return True
        number = len(self.rows)
        try:
            name, ended = pdu.rows(data, answer.start, answer.end, self.prefix, self.rows)
        except Malformed:
            # Nothing of an answer is believed whose end cannot be.
            del self.rows[number:]
            raise
        if len(self.rows) > number and self.before is not None:
            ended |= self._cut_columns()
        if not ended and len(self.rows) == number:
            raise Malformed("an answer without a value")
        if not ended and not oid.is_after(name, self.at) and self._goes_in_a_circle(number):
            self.fail(
                DeviceError(
                    ErrorKind.INVALID,
                    f"the table at {oid.dotted(self.prefix)} goes in a circle at {oid.dotted(name)}",
                    next_step="Its firmware answers wrongly: leave the table out of its profiles, or update it",
                )
            )
            return True
        if len(self.rows) > self.most_rows:
            self.fail(
                DeviceError(
                    ErrorKind.INVALID,
                    f"the table at {oid.dotted(self.prefix)} has more than {self.most_rows} values",
                    next_step="Leave it out of the profiles of this device, or raise the limit",
                )
            )
            return True
        if ended:
            _settle(self.future, self.rows)
            return True
        self.at = name
        return False

    def _goes_in_a_circle(self, number: int) -> bool:
        """Whether an answer that does not follow the one before it leads back; `number` rows were there before it.

        Some agents give their rows in no order. That is harmless as long as they do not begin again.
        """
        if self.seen is None:
            self.seen = set()
        self.seen.update(tail for tail, _, _ in self.rows[:number])
        return self.rows[-1][0] in self.seen

    def _cut_columns(self) -> bool:
        """Take away rows of columns behind those wanted; gives whether there were any."""
        rows, before = self.rows, self.before or 0
        number = len(rows)
        while rows and column(rows[-1][0]) >= before:
            rows.pop()
        return len(rows) < number

    def fail(self, error: DeviceError) -> None:
        """Tell whoever waits."""
        if not self.future.done():
            self.future.set_exception(error)


def column(tail: bytes) -> int:
    """The first number of what follows a table's entry: the column."""
    if tail[0] < 0x80:
        return tail[0]
    return oid.numbers(tail)[0]


def refused(error: int) -> DeviceError:
    """What a device means by an error status."""
    name = pdu.ERRORS.get(error, f"error {error}")
    if error in (6, 16):
        return DeviceError(
            ErrorKind.DENIED,
            f"the device answers {name}",
            next_step="Give the account of dcops a view that holds this MIB (read-only)",
        )
    return DeviceError(ErrorKind.INVALID, f"the device answers {name}", next_step="Try: dcops snmp walk")


def _settle(future: Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)
