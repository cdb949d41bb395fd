"""A conversation with one agent: questions go out, few at a time, and answers come back in any order or not at all."""

from __future__ import annotations

import random
import socket
from asyncio import AbstractEventLoop, Future, TimerHandle
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from dcops.errors import DeviceError, ErrorKind
from dcops.snmp import pdu
from dcops.snmp.ber import Malformed
from dcops.snmp.pdu import Row
from dcops.snmp.question import Question, Shrink, Values, Walk
from dcops.snmp.target import Again, Denied, Security, Target

LARGEST_DATAGRAM = 65535
RECEIVE_BUFFER_BYTES = 1 << 20
PATIENCE = 1.5
"""Each retry waits so much longer than the one before."""


@dataclass(slots=True)
class Pace:
    """How a device wants to be asked, learned from what went wrong; kept from one conversation to the next."""

    repetitions: int
    in_flight: int
    clean: int = 0
    """Conversations in a row in which nothing went wrong."""


@dataclass(slots=True)
class Counts:
    """What came of a conversation, for the exporter's own metrics and for messages."""

    sent: int = 0
    answers: int = 0
    repeated: int = 0
    malformed: int = 0
    late: int = 0
    """Answers to questions that nobody waits for any more, or that nobody asked."""


class Session:
    """One socket, connected: the kernel drops what comes from any other address.

    `deadline` is a time of the event loop. What is not answered then fails, whatever the agent does.
    """

    def __init__(
        self, target: Target, security: Security, pace: Pace, *, loop: AbstractEventLoop, deadline: float
    ) -> None:
        self._target = target
        self._security = security
        self._pace = pace
        self._loop = loop
        self._deadline = deadline
        self._request = random.randint(1, 0x3FFFFFFF)  # noqa: S311 unguessable is what v3 is for
        self._waiting: dict[int, Question] = {}
        self._queue: deque[Question] = deque()
        self._timer: TimerHandle | None = None
        self._problem = ""
        self._lost = False
        self._probing = 0
        self._probes = 0
        self._probed_at = 0.0
        self.counts = Counts()
        family = socket.AF_INET6 if ":" in target.host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            self._socket.connect((target.host, target.port))
        except OSError as error:
            self._socket.close()
            raise DeviceError(
                ErrorKind.UNREACHABLE, f"{target.host} cannot be reached: {error.strerror or error}"
            ) from None
        loop.add_reader(self._socket.fileno(), self._read)

    def get(self, names: Sequence[bytes]) -> Future[list[Row | None]]:
        """The values of some names, in their order; the bytes before the value are empty, as nothing follows a name."""
        future: Future[list[Row | None]] = self._loop.create_future()
        if names:
            self._ask(Values(future, names))
        else:
            future.set_result([])
        return future

    def walk(self, prefix: bytes, *, first: int = 0, before: int | None = None) -> Future[list[Row]]:
        """What lies below a name; of a table's entry with `before`, only the columns from `first` up to it."""
        future: Future[list[Row]] = self._loop.create_future()
        self._ask(Walk(future, prefix, first=first, before=before, most_rows=self._target.limits.rows))
        return future

    def close(self) -> None:
        """End it. Answers that still come are nobody's: the next conversation has another socket."""
        if self._socket.fileno() < 0:
            return
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        if self._timer:
            self._timer.cancel()
        self._fail(DeviceError(ErrorKind.INTERNAL, "the conversation was ended"))
        self._remember()

    def _remember(self) -> None:
        pace, limits = self._pace, self._target.limits
        pace.clean = 0 if self._lost else pace.clean + 1
        if pace.clean >= 10 and (pace.repetitions < limits.repetitions or pace.in_flight < limits.in_flight):
            # A device that was busy or on a bad line once is not asked slowly for ever.
            pace.repetitions = min(limits.repetitions, pace.repetitions * 2)
            pace.in_flight = limits.in_flight
            pace.clean = 0

    def _ask(self, question: Question) -> None:
        self._queue.append(question)
        self._fill()
        if self._timer is None:
            self._timer = self._loop.call_later(self._target.limits.timeout_seconds / 4, self._look)

    def _fill(self) -> None:
        """Send what may be sent now."""
        if not self._security.ready:
            if self._queue and not self._probing:
                self._probe()
            return
        while self._queue and len(self._waiting) < self._pace.in_flight:
            question = self._queue.popleft()
            question.wait_seconds = self._target.limits.timeout_seconds
            self._send(question)

    def _probe(self) -> None:
        self._request = self._probing = self._next()
        self._probes += 1
        self._probed_at = self._loop.time()
        self._transmit(self._security.probe(self._probing))

    def _next(self) -> int:
        return self._request + 1 if self._request < 0x7FFFFFFE else 1

    def _send(self, question: Question) -> None:
        self._request = number = self._next()
        self._waiting[number] = question
        question.sent_at = self._loop.time()
        repetitions = self._pace.repetitions if self._security.has_bulk else 0
        self._transmit(self._security.seal(number, question.message(number, repetitions)))

    def _transmit(self, message: bytes) -> None:
        self.counts.sent += 1
        try:
            self._socket.send(message)
        except BlockingIOError:
            pass  # The buffer is full: as if it had been lost on the way.
        except OSError as error:
            self._fail(self._unreachable(error))

    def _read(self) -> None:
        while True:
            try:
                data = self._socket.recv(LARGEST_DATAGRAM)
            except BlockingIOError:
                return
            except OSError as error:
                self._fail(self._unreachable(error))
                return
            self._take(data)
            if self._socket.fileno() < 0:
                return

    def _take(self, data: bytes) -> None:
        counts = self.counts
        try:
            buffer, start, end = self._security.open(data)
            answer = pdu.read(buffer, start, end)
        except Malformed as error:
            counts.malformed += 1
            self._problem = str(error)
            return
        except Again as again:
            self._again(again.request)
            return
        except Denied as denied:
            self._fail(
                DeviceError(
                    ErrorKind.AUTH, str(denied), next_step="Compare user, passwords and algorithms with the device's"
                )
            )
            return
        question = self._waiting.pop(answer.request, None)
        if question is None:
            counts.late += 1
            return
        counts.answers += 1
        try:
            settled = question.take(buffer, answer)
        except Malformed as error:
            # As if it had not come: a repeated question may get a better answer.
            counts.malformed += 1
            self._problem = str(error)
            self._waiting[answer.request] = question
            return
        except Shrink:
            self._shrink(question)
            return
        if settled:
            self._fill()
        else:
            question.attempts = 0
            question.wait_seconds = self._target.limits.timeout_seconds
            self._send(question)

    def _again(self, request: int) -> None:
        """Ask again what the agent could not take before it was known, or its clock was."""
        if request == self._probing:
            self._probing = 0
            self._fill()
        elif question := self._waiting.pop(request, None):
            if self._security.ready:
                self._repeat(question)
            else:
                # Another agent answers now (a new card, another configuration): learn its engine first.
                question.attempts += 1
                self._queue.appendleft(question)
                self._fill()

    def _shrink(self, question: Question) -> None:
        self._lost = True
        if self._pace.repetitions == 1:
            question.fail(
                DeviceError(
                    ErrorKind.INVALID,
                    "the device says that one single value is too big for its answer",
                    next_step="Leave the table out of its profiles",
                )
            )
            self._fill()
            return
        self._pace.repetitions = max(1, self._pace.repetitions // 2)
        self._repeat(question)

    def _repeat(self, question: Question) -> None:
        """Send a question once more, unless that was done often enough."""
        question.attempts += 1
        if question.attempts > self._target.limits.retries:
            question.fail(self._silent())
            self._fill()
            return
        self.counts.repeated += 1
        question.wait_seconds *= PATIENCE
        self._send(question)

    def _look(self) -> None:
        """Find what was not answered in time. One timer for all questions costs less than one for each."""
        now = self._loop.time()
        self._timer = None
        if now >= self._deadline:
            self._fail(DeviceError(ErrorKind.TIMEOUT, "not all was answered before the deadline" + self._because()))
            return
        if self._probing and now - self._probed_at >= self._target.limits.timeout_seconds * PATIENCE ** (
            self._probes - 1
        ):
            self._probing = 0
            if self._probes > self._target.limits.retries:
                self._fail(self._silent())
                return
            self._probe()
        overdue = [(number, one) for number, one in self._waiting.items() if now - one.sent_at >= one.wait_seconds]
        for number, question in overdue:
            if self._waiting.pop(number, None) is not question:
                continue
            # Lost, or longer than the way allows: less at a time, and one after the other.
            self._lost = True
            self._pace.in_flight = 1
            if question.attempts:
                self._pace.repetitions = max(1, self._pace.repetitions // 2)
            self._repeat(question)
        if self._waiting or self._queue:
            wait = min(self._target.limits.timeout_seconds / 4, max(0.0, self._deadline - now))
            self._timer = self._loop.call_later(wait, self._look)

    def _fail(self, error: DeviceError) -> None:
        questions = [*self._waiting.values(), *self._queue]
        self._waiting.clear()
        self._queue.clear()
        for question in questions:
            question.fail(error)

    def _because(self) -> str:
        return f"; the last answer could not be used: {self._problem}" if self._problem else ""

    def _silent(self) -> DeviceError:
        if self._problem:
            return DeviceError(
                ErrorKind.INVALID,
                f"no answer could be used: {self._problem}",
                next_step="Try: dcops snmp get, and tell the maker of the device",
            )
        return DeviceError(
            ErrorKind.TIMEOUT,
            "no answer",
            next_step="Is SNMP on, this host in its access list, and the community or user right?",
        )

    def _unreachable(self, error: OSError) -> DeviceError:
        if isinstance(error, ConnectionRefusedError):
            return DeviceError(
                ErrorKind.REFUSED, "nothing listens on its SNMP port", next_step="Switch SNMP on, or correct the port"
            )
        return DeviceError(ErrorKind.UNREACHABLE, f"cannot be reached: {error.strerror or error}")
