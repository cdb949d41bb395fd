"""Samples of performance counters, some hundred objects in one question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TypeAlias

from pyVmomi import vim

from dcops.vsphere import soap
from dcops.vsphere.answers.malformed import Malformed
from dcops.vsphere.answers.metrics import Entity, own_metrics, their_metrics
from dcops.vsphere.answers.simple import Surprise
from dcops.vsphere.asking import specs
from dcops.vsphere.caller import Caller
from dcops.vsphere.counters import Counters
from dcops.vsphere.login import Ticket
from dcops.vsphere.managed import Problem
from dcops.vsphere.reading import Reader
from dcops.vsphere.samples import NEWEST, Samples, Wish
from dcops.vsphere.trouble import Fault, SessionEnded, of_fault

Object: TypeAlias = tuple[str, str]
"""Kind and moid."""

MANAGER, METHOD = "PerformanceManager", "QueryPerf"
_MORE = 64
"""Questions of one read beyond the planned ones: objects that cannot be asked are looked for no longer than that."""


@dataclass(slots=True)
class _Found:
    """What one read has brought so far."""

    names: Mapping[int, str]
    left: int
    """Questions that may still be asked."""
    values: dict[str, dict[str, float]] = field(default_factory=dict)
    parts: dict[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    at: dict[str, float] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def take(self, entity: Entity) -> None:
        names = self.names
        self.values[entity.moid] = {names[number]: value for number, value in entity.values.items() if number in names}
        if entity.parts:
            self.parts[entity.moid] = {names[number]: of for number, of in entity.parts.items() if number in names}
        if entity.at:
            self.at[entity.moid] = entity.at

    def may_ask(self) -> bool:
        with self.lock:
            self.left -= 1
            return self.left >= 0


class Performance:
    """Reads the newest samples of one vCenter. Used by one thread; asks on several lines."""

    def __init__(self, callers: Sequence[Caller], wanted: Mapping[str, Sequence[str]], wish: Wish = NEWEST) -> None:
        self._callers = callers
        self._limits = callers[0].limits
        self._wanted = wanted
        self._wish = wish
        self._reader = Reader(callers[0])
        self._counters: Counters | None = None
        self._session = 0
        self._size = self._limits.entities
        self._asked: tuple[object, ...] = ()
        self._questions: list[tuple[list[Object], bytes]] = []
        self._pool: ThreadPoolExecutor | None = None

    @property
    def entities_per_question(self) -> int:
        """Fewer than the limit after a vCenter would not take so many."""
        return self._size

    def read(self, objects: Sequence[Object]) -> Samples:
        """The newest sample of each; raises DeviceError. What has no value is left out."""
        try:
            return self._callers[0].within(lambda ticket: self._read(ticket, objects))
        except Fault as fault:
            raise of_fault(self._callers[0].name, METHOD, fault) from None

    def close(self) -> None:
        """End its threads; its lines are closed by who made them."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _read(self, ticket: Ticket, objects: Sequence[Object]) -> Samples:
        counters, unknown = self._known(ticket)
        questions = self._prepared(ticket, counters, objects)
        found = _Found(counters.names, len(questions) + _MORE)
        self._ask_all(ticket, questions, found)
        return Samples(found.values, found.parts, found.at, unknown, tuple(found.gone), tuple(found.problems))

    def _known(self, ticket: Ticket) -> tuple[Counters, tuple[str, ...]]:
        """The counters, and those that are not known: said once."""
        if self._counters is not None and self._session == ticket.number:
            return self._counters, ()
        before = self._counters
        listed = self._reader.service(MANAGER, ticket.content.perfManager._GetMoId(), "perfCounter")
        self._counters = counters = Counters.of(self._wanted, listed or [])
        self._session = ticket.number
        self._asked = ()
        return counters, counters.unknown if before is None or before.unknown != counters.unknown else ()

    # ---- questions ---------------------------------------------------------------------------------

    def _prepared(
        self, ticket: Ticket, counters: Counters, objects: Sequence[Object]
    ) -> list[tuple[list[Object], bytes]]:
        """The questions for these objects: the same bytes as last time, as long as nothing has changed."""
        asked = (self._size, *objects)
        if self._wish.back_seconds or asked != self._asked:
            known = [each for each in objects if counters.numbers.get(each[0])]
            chunks = [known[start : start + self._size] for start in range(0, len(known), self._size)]
            self._questions = [(chunk, self._question(ticket, chunk)) for chunk in chunks]
            self._asked = asked
        return self._questions

    def _question(self, ticket: Ticket, chunk: Sequence[Object]) -> bytes:
        # pyvmomi takes 60 ms of CPU to write this for 400 objects.
        assert self._counters is not None
        text = specs(chunk, self._counters.numbers, self._wish)
        manager = ticket.content.perfManager
        sample = vim.PerformanceManager.QuerySpec(entity=manager)
        written = ticket.writer.write(MANAGER, manager._GetMoId(), METHOD, [sample])
        head, tail = written.index(b"<querySpec"), written.rindex(f"</{METHOD}>".encode())
        return written[:head] + text.encode() + written[tail:]

    # ---- answers -----------------------------------------------------------------------------------

    def _ask_all(self, ticket: Ticket, questions: Sequence[tuple[list[Object], bytes]], found: _Found) -> None:
        lines = min(len(self._callers), len(questions))
        if lines <= 1:
            for chunk, question in questions:
                self._ask(self._callers[0], ticket, chunk, question, found)
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(len(self._callers), thread_name_prefix=f"samples {self._callers[0].name}")
        waiting = iter(questions)
        lock = Lock()

        def work(caller: Caller) -> None:
            while True:
                with lock:
                    chunk, question = next(waiting, (None, b""))
                if chunk is None:
                    return
                self._ask(caller, ticket, chunk, question, found)

        running = [self._pool.submit(work, caller) for caller in self._callers[:lines]]
        failures = [error for each in running if (error := each.exception())]
        # A session that has ended is what all the others suffer from as well.
        for failure in sorted(failures, key=lambda error: not isinstance(error, SessionEnded)):
            raise failure

    def _ask(self, caller: Caller, ticket: Ticket, chunk: list[Object], question: bytes, found: _Found) -> bool:
        """Ask for some objects; whether they were answered in one piece."""
        try:
            if not found.may_ask():
                raise Fault("TooManyRefusals", f"after {_MORE} questions for what could not be answered in one")
            for entity in self._entities(caller, ticket, caller.post(ticket, METHOD, question)):
                found.take(entity)
            return True
        except Fault as fault:
            if fault.name == "TooManyRefusals":
                raise
            self._halve(caller, ticket, chunk, found, fault)
            return False

    def _halve(self, caller: Caller, ticket: Ticket, chunk: list[Object], found: _Found, fault: Fault) -> None:
        """Ask again without what the fault names, or for each half: it was too much, or one object is the reason."""
        rest = [each for each in chunk if each[1] != fault.moid]
        if len(rest) < len(chunk) or len(chunk) == 1:
            kind, moid = next((each for each in chunk if each[1] == fault.moid), chunk[0])
            if fault.name == "ManagedObjectNotFound":
                found.gone.append(moid)
            else:
                found.problems.append(Problem(kind, moid, METHOD, fault.name, fault.privilege))
            if rest and len(chunk) > 1:
                self._ask(caller, ticket, rest, self._question(ticket, rest), found)
            return
        middle = (len(chunk) + 1) // 2
        halves = chunk[:middle], chunk[middle:]
        whole = [self._ask(caller, ticket, half, self._question(ticket, half), found) for half in halves]
        if all(whole):
            # Nothing was wrong with any of them: it was too much for one question.
            self._size = max(self._limits.least_entities, min(self._size, middle))

    def _entities(self, caller: Caller, ticket: Ticket, body: bytearray) -> Iterator[Entity]:
        try:
            yield from list(own_metrics(body, parts=self._wish.parts))
        except Surprise:
            caller.calls.count("fallbacks")
            try:
                yield from list(their_metrics(ticket.writer.read(METHOD, body), parts=self._wish.parts))
            except Malformed as error:
                raise soap.unreadable(caller.name, METHOD, error) from None
        except Malformed as error:
            raise soap.unreadable(caller.name, METHOD, error) from None
