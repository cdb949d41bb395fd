"""Uptimes that run and counters that grow, as they do in a device that somebody uses."""

from __future__ import annotations

import math
from collections.abc import Callable

from lab.clock import Clock
from lab.snmp import oid
from lab.snmp.ber import integer
from lab.snmp.engine import Engine
from lab.snmp.oid import Numbers
from lab.snmp.table import Motion, Table
from lab.snmp.value import COUNTER32, COUNTER64, TIME_TICKS, number

SYS_UPTIME = oid.numbers("1.3.6.1.2.1.1.3.0")
HOST_UPTIME = oid.numbers("1.3.6.1.2.1.25.1.1.0")
ENGINE_BOOTS = oid.numbers("1.3.6.1.6.3.10.2.1.2.0")
ENGINE_TIME = oid.numbers("1.3.6.1.6.3.10.2.1.3.0")
LAST_CHANGE = oid.numbers("1.3.6.1.2.1.2.2.1.9")

_IF, _IFX = oid.numbers("1.3.6.1.2.1.2.2.1"), oid.numbers("1.3.6.1.2.1.31.1.1.1")
WIDE = {
    (*_IF, 10): (*_IFX, 6),
    (*_IF, 11): (*_IFX, 7),
    (*_IFX, 2): (*_IFX, 8),
    (*_IFX, 3): (*_IFX, 9),
    (*_IF, 16): (*_IFX, 10),
    (*_IF, 17): (*_IFX, 11),
    (*_IFX, 4): (*_IFX, 12),
    (*_IFX, 5): (*_IFX, 13),
}
"""Counters of IF-MIB that are the lower half of another one."""

SHORTEST_SECONDS = 86400.0
"""A recorded uptime may have wrapped, or lie: no counter is taken to have grown in less than a day."""
LONG_SECONDS = 30 * 86400.0
"""The uptime of an agent that tells none."""
SWING = 0.4
PERIOD_SECONDS = 300.0
"""Rates swing by so much, so often: two scrapes never see the same one."""


class Life:
    """The time of one agent since it booted, by the lab's clock, and what grows with it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.recorded_seconds = LONG_SECONDS
        """Its uptime when its walk was taken."""
        self._since = clock.now()
        self._grown_before = True

    def restart(self) -> None:
        """The agent boots: time and counters begin at nothing."""
        self._since = self._clock.now()
        self._grown_before = False

    def seconds(self) -> float:
        """Time since the boot."""
        return self.elapsed() + (self.recorded_seconds if self._grown_before else 0.0)

    def elapsed(self) -> float:
        """Time since counters were what they began with."""
        return self._clock.now() - self._since

    def ticks(self) -> int:
        """Hundredths of a second since the boot; they wrap after 497 days."""
        return int(self.seconds() * 100) & 0xFFFFFFFF

    def grown(self, recorded: int, phase: float) -> int:
        """A counter that was at `recorded` when the walk was taken. Its mean rate is that of its past."""
        elapsed, turn = self.elapsed(), math.tau / PERIOD_SECONDS
        rate = recorded / max(self.recorded_seconds, SHORTEST_SECONDS)
        # Its slope is 1 - SWING at least: a counter never goes back.
        passed = elapsed + SWING / turn * (math.sin(turn * elapsed + phase) - math.sin(phase))
        return (recorded if self._grown_before else 0) + int(rate * passed)


def recorded_seconds(table: Table) -> float:
    """The uptime that a walk holds."""
    value = table.value(SYS_UPTIME)
    return number(value) / 100 if value else LONG_SECONDS


def of(table: Table, life: Life, engine: Engine) -> dict[Numbers, Motion]:
    """What moves in a table: counters, uptimes, the time of the engine."""
    motions: dict[Numbers, Motion] = {}
    for name in table.below((1,)):
        value = table.value(name)
        assert value is not None
        if value[0] in (COUNTER32, COUNTER64):
            motions[name] = _counter(table, name, value, life)
        elif name[:-1] == LAST_CHANGE and value[0] == TIME_TICKS:
            motions[name] = _last_change(number(value), life)
    for name in (SYS_UPTIME, HOST_UPTIME):
        if name in table:
            motions[name] = _ticks(life.ticks)
    if ENGINE_TIME in table:
        motions[ENGINE_TIME] = lambda: integer(engine.seconds)
    if ENGINE_BOOTS in table:
        motions[ENGINE_BOOTS] = lambda: integer(engine.boots)
    return motions


def _ticks(now: Callable[[], int]) -> Motion:
    return lambda: integer(now(), TIME_TICKS)


def _last_change(recorded: int, life: Life) -> Motion:
    """Nothing has changed before the boot."""
    return _ticks(lambda: min(recorded, life.ticks()))


def _counter(table: Table, name: Numbers, value: bytes, life: Life) -> Motion:
    tag, recorded = value[0], number(value)
    wide = WIDE.get(name[:-1])
    whole = table.value((*wide, name[-1])) if wide else None
    if whole is not None and whole[0] == COUNTER64:
        recorded = number(whole)
    mask = 0xFFFFFFFF if tag == COUNTER32 else 0xFFFFFFFFFFFFFFFF
    # Rows of one index move alike.
    phase = float(name[-1] % 7)
    return lambda: integer(life.grown(recorded, phase) & mask, tag)
