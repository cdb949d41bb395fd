"""What is asked: some values, or a part of a table. Each knows its next message and what an answer means for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from asyncio import Future
from collections.abc import Sequence
from typing import Any

from dcops.errors import DeviceError, ErrorKind
from dcops.snmp import oid, pdu
from dcops.snmp.ber import Malformed, span
from dcops.snmp.pdu import Answer, Row

AT_ONCE = 24
"""Values in one question: a small card answers this many in one datagram."""


class Question(ABC):
    """Something that takes one message after the other until it is answered."""

    __slots__ = ("asked_at", "attempts", "carried", "future", "numbers", "repetitions", "sent_at", "wait_seconds")

    def __init__(self, future: Future[Any]) -> None:
        self.future = future
        self.numbers: list[int] = []
        """Of the messages whose answer still helps: all attempts of the present step, as an early one may be late."""
        self.repetitions = 0
        """Rows that the last message asked for."""
        self.carried = 0
        """Rows asked for by the last message that was answered."""
        self.attempts = 0
        """Repeats of the present step."""
        self.asked_at = self.sent_at = self.wait_seconds = 0.0

    @property
    def is_over(self) -> bool:
        """It was answered, it failed, or whoever asked went away."""
        return self.future.done()

    @abstractmethod
    def message(self, request: int) -> bytes:
        """The PDU to be sent now."""

    @abstractmethod
    def take(self, data: bytes, answer: Answer) -> bool:
        """Look at an answer; gives whether the question is settled. May raise Malformed or Shrink."""

    def lessen(self) -> bool:
        """Messages get lost: ask for less, if it can; gives whether answers to earlier messages are of no use now."""
        return False

    def fail(self, error: DeviceError) -> None:
        """It will not be answered."""
        if not self.future.done():
            self.future.set_exception(error)
            # Several questions fail for one reason; who heard it from the first need not look at the others.
            self.future.exception()

    def settle(self, result: object) -> None:
        """It is answered."""
        if not self.future.done():
            self.future.set_result(result)


class Shrink(Exception):
    """The answer was too big: ask for fewer rows."""


class Values(Question):
    """A get of some values. Their order is the order of the names; None for what the device does not have."""

    __slots__ = ("at_once", "found", "names", "wanted")

    def __init__(self, future: Future[list[Row | None]], names: Sequence[bytes]) -> None:
        super().__init__(future)
        self.names = list(names)
        self.wanted = list(range(len(self.names)))
        """Those not answered yet; asked in one message until that is too big."""
        self.found: list[Row | None] = [None] * len(self.names)
        self.at_once = AT_ONCE

    def message(self, request: int) -> bytes:
        """A GetRequest for what is still wanted."""
        return pdu.get(pdu.GET, request, [self.names[number] for number in self.wanted[: self.at_once]])

    def lessen(self) -> bool:
        """Half as many values at once."""
        before = min(self.at_once, len(self.wanted))
        self.at_once = max(1, before // 2)
        return self.at_once < before

    def take(self, data: bytes, answer: Answer) -> bool:
        """Sort the values in; what SNMPv1 refuses by name is left out and the rest asked again."""
        asked = self.wanted[: self.at_once]
        if answer.error == pdu.TOO_BIG and len(asked) > 1:
            self.lessen()
            return False
        if answer.error in (pdu.NO_SUCH_NAME, pdu.GENERAL_ERROR) and 0 < answer.error_index <= len(asked):
            self.wanted.remove(asked[answer.error_index - 1])
        elif answer.error:
            self.fail(refused(answer.error))
            return True
        else:
            self._sort_in(asked, data, answer)
        if not self.wanted:
            self.settle(self.found)
            return True
        return False

    def _sort_in(self, asked: list[int], data: bytes, answer: Answer) -> None:
        position = answer.start
        for number in asked:
            row: list[Row] = []
            stop = span(data, position, answer.end)[1]
            # One variable for each name, in the order asked: anything else is no answer to this question.
            name, _ = pdu.rows(data, position, stop, self.names[number], row)
            if name != self.names[number]:
                raise Malformed("values that were not asked for")
            self.found[number] = row[0] if row else None
            position = stop
        if position != answer.end:
            raise Malformed("more values than were asked for")
        del self.wanted[: len(asked)]


class Walk(Question):
    """A walk of what lies below a name, or of some columns of a table."""

    __slots__ = ("at", "before", "most_bytes", "most_rows", "prefix", "rows", "seen", "size")

    def __init__(
        self,
        future: Future[list[Row]],
        prefix: bytes,
        *,
        first: int,
        before: int | None,
        most_rows: int,
        most_bytes: int,
    ) -> None:
        """Walk what follows `prefix`; with `before`, the columns from `first` up to, not including, it."""
        super().__init__(future)
        self.prefix = prefix
        self.at = prefix + oid.suffix((first,)) if before is not None else prefix
        self.before = before
        self.rows: list[Row] = []
        self.size = 0
        self.most_rows = most_rows
        self.most_bytes = most_bytes
        self.seen: set[bytes] | None = None
        """What was met so far, once the table turned out not to be in order."""

    def message(self, request: int) -> bytes:
        """GetBulk for what follows the last name; GetNext where there is no other way."""
        if self.repetitions:
            return pdu.get_bulk(request, self.repetitions, (self.at,))
        return pdu.get(pdu.GET_NEXT, request, (self.at,))

    def take(self, data: bytes, answer: Answer) -> bool:
        """Append the rows; the walk is over where the subtree, the columns or the MIB end."""
        if answer.error == pdu.TOO_BIG:
            raise Shrink
        if answer.error == pdu.NO_SUCH_NAME:
            # The end of the MIB, as SNMPv1 says it.
            self.settle(self.rows)
            return True
        if answer.error:
            self.fail(refused(answer.error))
            return True
        number = len(self.rows)
        try:
            name, ended = pdu.rows(data, answer.start, answer.end, self.prefix, self.rows)
            ended |= self._cut_columns(number)
            problem = "" if ended else self._problem(name, number)
        except Malformed:
            # Nothing of an answer is believed whose end cannot be.
            del self.rows[number:]
            raise
        self.size += answer.end - answer.start
        if problem or len(self.rows) > self.most_rows or self.size > self.most_bytes:
            self.fail(self._endless(problem))
            return True
        if ended:
            self.settle(self.rows)
            return True
        self.at = name
        return False

    def _cut_columns(self, number: int) -> bool:
        """Take away new rows of columns behind those wanted; gives whether there were any."""
        rows = self.rows
        if b"" in [row[0] for row in rows[number:]]:
            raise Malformed("the table itself in the place of its rows")
        if self.before is None:
            return False
        there = len(rows)
        while len(rows) > number and column(rows[-1][0]) >= self.before:
            rows.pop()
        return len(rows) < there

    def _problem(self, name: bytes, number: int) -> str:
        """Why there is no going on behind this name; `number` rows were there before the answer."""
        if len(self.rows) == number:
            raise Malformed("an answer without a value")
        if not oid.is_after(name, self.at) and self._goes_in_a_circle(number):
            return f"goes in a circle at {oid.dotted(name)}"
        return ""

    def _goes_in_a_circle(self, number: int) -> bool:
        """Whether an answer that does not follow the one before it leads back.

        Some agents give their rows in no order. That is harmless as long as they do not begin again.
        """
        if self.seen is None:
            self.seen = set()
        self.seen.update(tail for tail, _, _ in self.rows[:number])
        return self.rows[-1][0] in self.seen

    def _endless(self, problem: str) -> DeviceError:
        where = f"the table at {oid.dotted(self.prefix)}"
        if problem:
            return DeviceError(
                ErrorKind.INVALID,
                f"{where} {problem}",
                next_step="Its firmware answers wrongly: leave the table out of its profiles, or update it",
            )
        most = f"{self.most_rows} values" if len(self.rows) > self.most_rows else f"{self.most_bytes} bytes"
        return DeviceError(
            ErrorKind.INVALID,
            f"{where} has more than {most}",
            next_step="Leave it out of the profiles of this device, or raise the limit",
        )


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
