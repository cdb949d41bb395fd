"""One SNMP agent: what it holds, who may ask, what happens to its answers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from lab.clock import Clock
from lab.faults import Fault, Kind
from lab.snmp import motion, notification, oid, pdu, responder
from lab.snmp.ber import INTEGER, SEQUENCE, Malformed, Reader
from lab.snmp.engine import Engine
from lab.snmp.motion import Life
from lab.snmp.oid import Numbers
from lab.snmp.record import Row
from lab.snmp.security import Asked, Refused, Security
from lab.snmp.table import Table
from lab.snmp.value import encoded

ETHERNET_BYTES = 1472
"""Most agents send no datagram that Ethernet would have to cut."""
LARGEST_BYTES = 65507

FAULTS = frozenset({Kind.LOSS, Kind.TOO_BIG, Kind.WRONG_SOURCE, Kind.HANG, Kind.SLOW, Kind.REBOOT})
OPTIONS = {Kind.TOO_BIG: {"variables": (10, 5, 2, 1, 0)}}


class BadValue(Exception):
    """A value that the agent's variable cannot take."""


class Answer(NamedTuple):
    """A datagram to send back."""

    data: bytes
    delay_seconds: float = 0.0
    from_elsewhere: bool = False


class Agent:
    """Answers datagrams; whoever owns the socket asks it."""

    def __init__(
        self,
        rows: Callable[[], Iterable[Row]],
        securities: Sequence[Security],
        *,
        engine: Engine | None = None,
        clock: Clock | None = None,
        largest: int = ETHERNET_BYTES,
        unsorted: bool = False,
        seed: object = None,
    ) -> None:
        self._rows = rows
        self._unsorted = unsorted
        self.clock = clock or Clock()
        self.counters: Counter[str] = Counter()
        self.largest = largest
        self.is_silent = False
        """It boots, or it has no power."""
        self.fault: Fault | None = None
        self._securities = {security.version: security for security in securities}
        self.life = Life(self.clock)
        self.engine = engine or Engine("agent")
        self._is_running = False
        self._boots = 0
        # What is lost is drawn from the seed: a test that failed fails again.
        self._chance = random.Random(repr(seed))

    @cached_property
    def table(self) -> Table:
        """What it holds. It is made when somebody asks: most agents of a large lab are never asked."""
        table = Table(self._rows(), unsorted=self._unsorted)
        self.life.recorded_seconds = motion.recorded_seconds(table)
        if self._is_running:
            table.move(motion.of(table, self.life, self.engine))
        return table

    def answer(self, data: bytes) -> Answer | None:
        """What is answered to a datagram; None for silence."""
        self.counters["datagrams"] += 1
        fault = self.fault
        if self.is_silent or (fault and self._swallows(fault)):
            self.counters["dropped"] += 1
            return None
        try:
            asked = self._open(data)
            reply = self._answered(asked, fault)
        except Malformed:
            self.counters["malformed"] += 1
            return None
        except Refused as refused:
            self.counters[str(refused)] += 1
            return self._sent(refused.reply, fault)
        request = asked.request
        self.counters[pdu.NAMES[request.tag]] += 1
        if request.tag == pdu.SET:
            self.counters["writes"] += 1
        return self._sent(reply, fault)

    def _open(self, data: bytes) -> Asked:
        outer = Reader(data)
        message = outer.inside(SEQUENCE)
        outer.finish()
        version = message.number()
        security = self._securities.get(version)
        if security is None:
            raise Refused("wrong_versions")
        return security.open(message, self.largest)

    def _answered(self, asked: Asked, fault: Fault | None) -> bytes | None:
        request = asked.request
        if fault and fault.kind is Kind.TOO_BIG and self._strikes(fault):
            asks = len(request.names) * (max(1, request.second) if request.tag == pdu.GET_BULK else 1)
            if asks > int(str(fault.option("variables"))):
                return asked.seal(responder.too_big(request, version=asked.version))
        found = responder.answer(self.table, request, asked.room, version=asked.version)
        return None if found is None else asked.seal(found)

    # ---- time ----------------------------------------------------------------------------------------

    def run(self) -> None:
        """Let counters grow and uptimes run from now on."""
        if not self._is_running:
            self._is_running = True
            if "table" in self.__dict__:
                self.table.move(motion.of(self.table, self.life, self.engine))

    def power_off(self) -> None:
        """Go silent, as somebody does who boots."""
        self.is_silent = True

    def power_on(self) -> None:
        """Come back after a boot: uptime and counters begin anew, the engine counts one boot more."""
        self.life.restart()
        self.engine.restart()
        self.run()
        self.is_silent = False

    async def reboot(self, seconds: float) -> None:
        """Be silent for so many device seconds. A second boot meanwhile prolongs the first."""
        self._boots += 1
        boot = self._boots
        self.power_off()
        await self.clock.sleep(seconds)
        if boot == self._boots:
            self.power_on()

    # ---- faults ------------------------------------------------------------------------------------

    def _strikes(self, fault: Fault) -> bool:
        return fault.share >= 1 or self._chance.random() < fault.share

    def _swallows(self, fault: Fault) -> bool:
        return fault.kind in (Kind.HANG, Kind.LOSS) and self._strikes(fault)

    def _sent(self, data: bytes | None, fault: Fault | None) -> Answer | None:
        if data is None:
            return None
        self.counters["answers"] += 1
        if fault and fault.kind is Kind.SLOW and self._strikes(fault):
            return Answer(data, delay_seconds=fault.delay_seconds)
        if fault and fault.kind is Kind.WRONG_SOURCE and self._strikes(fault):
            return Answer(data, from_elsewhere=True)
        return Answer(data)

    # ---- what it says unasked --------------------------------------------------------------------------

    def trap(self, kind: Numbers, variables: Sequence[Numbers], address: str) -> bytes:
        """The datagram of a trap that holds these variables as they are now; `address` is the agent's."""
        held = [(name, value) for name in variables if (value := self.table.value(name)) is not None]
        security = self._securities[max(self._securities)]
        self.counters["traps"] += 1
        if security.version == 0:
            return security.trap(notification.first_version(kind, held, ticks=self.life.ticks(), address=address))
        number = self.counters["traps"]
        return security.trap(notification.trap(kind, held, ticks=self.life.ticks(), number=number))

    # ---- what somebody changes ---------------------------------------------------------------------

    def set(self, name: str, value: int | str | bytes | None, tag: int | None = None) -> None:
        """Give a variable another value; with None it goes away. One that was not there appears, with the type `tag`
        or the one that fits the value."""
        try:
            numbers = oid.numbers(name)
        except ValueError:
            raise BadValue(f"{name!r} is no object identifier") from None
        if value is None:
            self.table.remove(numbers)
            return
        if tag is None:
            there = self.table.value(numbers)
            tag = there[0] if there else INTEGER if isinstance(value, int) else 4
        try:
            self.table.put(numbers, encoded(tag, value))
        except ValueError as error:
            raise BadValue(f"{name}: {error}") from None

    def change(self, name: str, value: object, tag: object = None) -> None:
        """Like `set`, with what came as JSON: `tag` is that of a recorded walk, such as 2, 66 or 4x for hexadecimal."""
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | str)):
            raise BadValue("a value is a number, a text, or null")
        kind = str(tag) if tag is not None else ""
        try:
            number = int(kind.removesuffix("x")) if kind else None
            made = bytes.fromhex(str(value)) if kind.endswith("x") and value is not None else value
        except ValueError as error:
            raise BadValue(f"tag {tag!r} with this value: {error}") from None
        self.set(name, made, number)

    def as_json(self) -> dict[str, Any]:
        """Counters, as the control interface shows them."""
        return dict(sorted(self.counters.items()))
