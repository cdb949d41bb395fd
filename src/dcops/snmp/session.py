"""A conversation with one agent: questions go out, few at a time, and answers come back in any order or not at all."""

from __future__ import annotations

import errno
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
from dcops.snmp.question import Question, Shrink, Values
from dcops.snmp.target import Again, Denied, Security, Target, Unasked
from dcops.snmp.walk import Columns, TableWalk, Walk

LARGEST_DATAGRAM = 65535
RECEIVE_BUFFER_BYTES = 1 << 20
ANSWERS_IN_A_TURN = 8
PATIENCE = 1.5
"""Each retry waits so much longer than the one before."""
CLEAN = 5
"""Conversations in which nothing is lost, until a device is asked for more again."""


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
        self._limits = target.limits
        self._security = security
        self._pace = pace
        self._before = (pace.repetitions, pace.in_flight)
        self._loop = loop
        self._deadline = deadline
        self._request = random.randint(1, 0x3FFFFFFF)  # noqa: S311 unguessable is what v3 is for
        self._asked: dict[int, Question | None] = {}
        """By number, whom an answer helps; None for the probe."""
        self._waiting: dict[Question, None] = {}
        self._queue: deque[Question] = deque()
        self._timer: TimerHandle | None = None
        self._problem = ""
        self._lost = False
        self._probing = 0
        self._probes = 0
        self._probed_at = 0.0
        self.counts = Counts()
        self._socket = _connected(target)
        loop.add_reader(self._socket.fileno(), self._read)

    def get(self, names: Sequence[bytes]) -> Future[list[Row | None]]:
        """The values of some names, in their order; the bytes before the value are empty, as nothing follows a name."""
        future: Future[list[Row | None]] = self._loop.create_future()
        if names:
            self._ask(Values(future, names))
        else:
            future.set_result([])
        return future

    def walk(self, prefix: bytes) -> Future[list[Row]]:
        """What lies below a name."""
        future: Future[list[Row]] = self._loop.create_future()
        self._ask(Walk(future, prefix, self._limits))
        return future

    def table(self, entry: bytes, *, first: int, before: int) -> Future[Columns]:
        """The columns of a table from `first` up to, not including, `before`."""
        future: Future[Columns] = self._loop.create_future()
        self._ask(TableWalk(future, entry, self._limits, first=first, before=before))
        return future

    def close(self) -> None:
        """End it. Answers that still come are nobody's: the next conversation has another socket."""
        if self._is_closed:
            return
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        if self._timer:
            self._timer.cancel()
        self._fail(_ended())
        self._remember()

    @property
    def _is_closed(self) -> bool:
        return self._socket.fileno() < 0

    def _remember(self) -> None:
        pace, limits = self._pace, self._limits
        if not self.counts.answers:
            # It was away: that says nothing of how it wants to be asked when it is back.
            pace.repetitions, pace.in_flight = self._before
            return
        pace.clean = 0 if self._lost else pace.clean + 1
        if pace.clean >= CLEAN and (pace.repetitions < limits.repetitions or pace.in_flight < limits.in_flight):
            # A device that was busy or on a bad line once is not asked slowly for ever.
            pace.repetitions = min(limits.repetitions, pace.repetitions * 2)
            pace.in_flight = limits.in_flight
            pace.clean = 0

    # ---- what goes out -------------------------------------------------------------------------------

    def _ask(self, question: Question) -> None:
        if self._is_closed:
            question.fail(_ended())
            return
        question.wait_seconds = self._limits.timeout_seconds
        self._queue.append(question)
        self._fill()
        if self._timer is None:
            self._timer = self._loop.call_later(self._limits.timeout_seconds / 4, self._look)

    def _fill(self) -> None:
        """Send what may be sent now."""
        while self._queue and len(self._waiting) < self._pace.in_flight:
            if self._queue[0].is_over:
                self._forget(self._queue.popleft())
            elif self._security.ready:
                self._send(self._queue.popleft())
            else:
                if not self._probing:
                    self._probe()
                return

    def _probe(self) -> None:
        self._probing = self._next()
        self._asked[self._probing] = None
        self._probes += 1
        self._probed_at = self._loop.time()
        self._transmit(self._security.probe(self._probing))

    def _next(self) -> int:
        self._request = self._request + 1 if self._request < 0x7FFFFFFE else 1
        return self._request

    def _send(self, question: Question) -> None:
        number = self._next()
        self._asked[number] = question
        self._waiting[question] = None
        question.numbers.append(number)
        question.sent_at = self._loop.time()
        if not question.attempts:
            question.asked_at = question.sent_at
        question.repetitions = self._pace.repetitions if self._security.has_bulk else 0
        self._transmit(self._security.seal(number, question.message(number)))

    def _transmit(self, message: bytes) -> None:
        self.counts.sent += 1
        try:
            self._socket.send(message)
        except BlockingIOError:
            pass  # The buffer is full: as if it had been lost on the way.
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                self._fail(_unreachable(error))

    def _forget(self, question: Question) -> None:
        """Answers to what was sent for it so far help nobody."""
        for number in question.numbers:
            del self._asked[number]
        question.numbers.clear()

    # ---- what comes in -------------------------------------------------------------------------------

    def _read(self) -> None:
        # While one answer is read the next one arrives: taking it at once spares most turns of the event loop. Only
        # when another question waits, as a look that finds nothing costs as much; and not for ever, for the others.
        for _ in range(ANSWERS_IN_A_TURN):
            try:
                data = self._socket.recv(LARGEST_DATAGRAM)
            except BlockingIOError:
                return
            except OSError as error:
                self._fail(_unreachable(error))
                return
            self._take(data)
            if len(self._waiting) < 2:
                return

    def _take(self, data: bytes) -> None:
        counts = self.counts
        question = None
        ahead = False
        try:
            buffer, start, end = self._security.open(data, self._asked)
            answer = pdu.read(buffer, start, end)
            question = self._asked.get(answer.request)
            if question is None:
                counts.late += 1
                return
            ahead = self._is_alone(question) and question.foresee(buffer, answer)
            if ahead:
                # It is answered while these rows are read: that takes a fifth off the time of a long walk. Where
                # others wait too, their answers fill that time.
                self._go_on(question, settled=False)
            settled = question.is_over or question.take(buffer, answer)
        except Malformed as error:
            # As if it had not come: a repeated question may get a better answer.
            counts.malformed += 1
            self._problem = str(error)
            if question and ahead:
                question.step_back()
                self._forget(question)
        except Unasked:
            counts.late += 1
        except Again as again:
            self._again(again)
        except Denied as denied:
            self._fail(
                DeviceError(
                    ErrorKind.AUTH, str(denied), next_step="Compare user, passwords and algorithms with the device's"
                )
            )
        except Shrink:
            assert question
            counts.answers += 1
            self._shrink(question)
        else:
            counts.answers += 1
            if settled or not ahead:
                self._go_on(question, settled=settled)

    def _is_alone(self, question: Question) -> bool:
        """Nothing else waits, for an answer or to be asked."""
        return len(self._waiting) == 1 and question in self._waiting and not self._queue and not question.is_over

    def _go_on(self, question: Question, *, settled: bool) -> None:
        """It got an answer: ask for what comes next."""
        self._problem = ""
        question.carried = question.repetitions
        self._forget(question)
        if question in self._waiting:
            del self._waiting[question]
        elif question in self._queue:
            # An early attempt was answered after all, while it waited for its turn to be repeated.
            self._queue.remove(question)
        if not settled:
            self._learn_patience(question)
            if self._security.ready and len(self._waiting) < self._pace.in_flight:
                self._send(question)
                return
            self._queue.appendleft(question)
        self._fill()

    def _learn_patience(self, question: Question) -> None:
        """A card that answers late, and always, is waited for: or each of its answers would be asked for twice."""
        timeout = self._limits.timeout_seconds
        if question.attempts or question.wait_seconds > timeout:
            took = self._loop.time() - question.asked_at
            longest = timeout * PATIENCE**self._limits.retries
            question.wait_seconds = min(longest, max(timeout, took * PATIENCE))
            question.attempts = 0

    def _again(self, again: Again) -> None:
        """Ask again what the agent could not take before it was known, or its clock was."""
        question = self._asked.get(again.request)
        if question is None:
            for number in [number for number, one in self._asked.items() if one is None]:
                del self._asked[number]
            self._probing = 0
            self._fill()
        elif question in self._waiting:
            self._problem = str(again)
            self._forget(question)
            self._repeat(question, first=True)

    def _shrink(self, question: Question) -> None:
        self._lost = True
        self._forget(question)
        if question.repetitions <= 1:
            question.fail(
                DeviceError(
                    ErrorKind.INVALID,
                    "the device says that one single value is too big for its answer",
                    next_step="Leave the table out of its profiles",
                )
            )
        self._pace.repetitions = min(self._pace.repetitions, max(1, question.repetitions // 2))
        # No attempt is counted: it answers, and each time there is less to ask for.
        question.attempts = 0
        if question in self._waiting:
            del self._waiting[question]
            self._queue.appendleft(question)
        self._fill()

    # ---- what does not come in -----------------------------------------------------------------------

    def _look(self) -> None:
        """Find what was not answered in time. One timer for all questions costs less than one for each."""
        now = self._loop.time()
        self._timer = None
        if now >= self._deadline:
            if not self.counts.answers:
                self._fail(self._silent())
            else:
                self._fail(DeviceError(ErrorKind.TIMEOUT, "not all was answered before the deadline" + self._because()))
            return
        if self._probing:
            self._look_after_probe(now)
        for question in [one for one in self._waiting if now - one.sent_at >= one.wait_seconds]:
            if question not in self._waiting:
                continue
            # Lost, or longer than the way allows: less at a time, and one after the other.
            self._lost = True
            self._pace.in_flight = 1
            question.wait_seconds *= PATIENCE
            if question.attempts:
                self._lessen(question)
            # What lives and does not answer this one: the others come first.
            self._repeat(question, first=not self.counts.answers)
        if self._waiting or self._queue:
            wait = min(self._limits.timeout_seconds / 4, max(0.0, self._deadline - now))
            self._timer = self._loop.call_later(wait, self._look)

    def _lessen(self, question: Question) -> None:
        """Ask for less at a time; what came through once is believed to be lost by chance, for a while."""
        if question.repetitions > question.carried or question.attempts > 1:
            self._pace.repetitions = max(1, self._pace.repetitions // 4)
        if question.lessen():
            self._forget(question)

    def _look_after_probe(self, now: float) -> None:
        if now - self._probed_at < self._limits.timeout_seconds * PATIENCE ** (self._probes - 1):
            return
        if self._probes > self._limits.retries:
            self._fail(self._silent())
            return
        # The answer to an earlier probe is as good.
        self._probe()

    def _repeat(self, question: Question, *, first: bool) -> None:
        """Let a question be sent once more, before or after the others, unless that was done often enough."""
        self._waiting.pop(question, None)
        answers = self.counts.answers
        if question.is_over:
            self._forget(question)
        elif question.attempts >= self._limits.retries * (2 if answers else 1) + bool(answers):
            self._forget(question)
            error = self._silent()
            question.fail(error)
            if not answers:
                self._fail(error)
        else:
            question.attempts += 1
            self.counts.repeated += 1
            if first:
                self._queue.appendleft(question)
            else:
                self._queue.append(question)
        self._fill()

    def _fail(self, error: DeviceError) -> None:
        questions = [*self._waiting, *self._queue]
        self._asked.clear()
        self._waiting.clear()
        self._queue.clear()
        self._probing = self._probes = 0
        for question in questions:
            question.numbers.clear()
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
            next_step=self._security.suspicion
            or "Is SNMP on, this host in its access list, and the community or user right?",
        )


def _connected(target: Target) -> socket.socket:
    """A socket that speaks with the target alone; raises DeviceError."""
    try:
        family = socket.AF_INET6 if target.is_ipv6 else socket.AF_INET
    except ValueError:
        raise DeviceError(
            ErrorKind.INVALID,
            f"{target.host} is no address",
            next_step="SNMP asks addresses, as looking a name up could hold up all other devices: give its address",
        ) from None
    try:
        made = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
    except OSError as error:
        raise DeviceError(ErrorKind.INTERNAL, f"no socket for {target.host}: {error.strerror or error}") from None
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        made.connect((target.host, target.port))
    except OSError as error:
        made.close()
        raise DeviceError(
            ErrorKind.UNREACHABLE, f"{target.host} cannot be reached: {error.strerror or error}"
        ) from None
    return made


def _ended() -> DeviceError:
    return DeviceError(ErrorKind.INTERNAL, "the conversation was ended")


def _unreachable(error: OSError) -> DeviceError:
    if isinstance(error, ConnectionRefusedError):
        return DeviceError(
            ErrorKind.REFUSED, "nothing listens on its SNMP port", next_step="Switch SNMP on, or correct the port"
        )
    return DeviceError(ErrorKind.UNREACHABLE, f"cannot be reached: {error.strerror or error}")
