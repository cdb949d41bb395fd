"""What is asked. Each question knows its next message and what an answer means for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from asyncio import Future
from collections.abc import Sequence
from typing import Any

from dcops.errors import DeviceError, ErrorKind
from dcops.snmp import pdu
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

    def foresee(self, data: bytes, answer: Answer) -> bool:  # noqa: ARG002 for those that can
        """Before an answer is taken, find out what is asked after it; gives whether that can be told so early."""
        return False

    def step_back(self) -> None:  # noqa: B027 who foresees nothing has nowhere to go
        """What was foreseen does not hold: the answer cannot be used, and what it answered is asked again."""

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
