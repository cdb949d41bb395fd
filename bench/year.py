"""A year of nights in seconds: the real reconciliation, a clock that is passed in, and all that goes wrong in a year.

Played by the tests on both databases and by the benchmark. Nothing is random that a seed does not repeat.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dcops.jobs.runs.plan import CatchUp, Plan
from dcops.jobs.runs.reconcile import Reconciler
from dcops.jobs.runs.timetable import Timetable, Window
from dcops.model.job import RunKey, RunState, RunTrigger

NODE = "host-1"
MINUTE = timedelta(minutes=1)
FIRST, LAST = datetime(2028, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)

# What each schedule means, said without a word of the code under test: which minutes of the local clock are due.
Due = Callable[[datetime], bool]
MEANING: Mapping[str, Due] = {
    "0 1 * * *": lambda local: (local.hour, local.minute) == (1, 0),
    "30 2 * * *": lambda local: (local.hour, local.minute) == (2, 30),
    "30 6 * * *": lambda local: (local.hour, local.minute) == (6, 30),
    "15 */6 * * *": lambda local: local.hour % 6 == 0 and local.minute == 15,
    "0 3 * * 0": lambda local: (local.hour, local.minute) == (3, 0) and local.weekday() == 6,
    "0 4 1 * *": lambda local: (local.day, local.hour, local.minute) == (1, 4, 0),
    "0 5 29 2 *": lambda local: (local.month, local.day, local.hour, local.minute) == (2, 29, 5, 0),
}


@cache
def due_times(zone: ZoneInfo) -> Mapping[str, frozenset[datetime]]:
    """The due times of every schedule, found by looking at every minute of the local clock for a year and a week."""
    found: dict[str, set[datetime]] = {schedule: set() for schedule in MEANING}
    seen: set[tuple[str, datetime]] = set()
    moment = FIRST
    before = FIRST.astimezone(zone).replace(tzinfo=None)
    while moment <= LAST + timedelta(days=7):
        wall = moment.astimezone(zone).replace(tzinfo=None)
        # Where the clocks were put forward, a time that was left out comes as much later as they were moved.
        left_out = [before + MINUTE * step for step in range(1, int((wall - before) / MINUTE))]
        for schedule, is_due in MEANING.items():
            by_real_hours = "/" in schedule
            if is_due(wall) and (by_real_hours or (schedule, wall) not in seen):
                seen.add((schedule, wall))
                found[schedule].add(moment)
            for missing in () if by_real_hours else left_out:
                if is_due(missing):
                    found[schedule].add(moment + (missing - before - MINUTE))
        before = wall
        moment += MINUTE
    return {schedule: frozenset(due) for schedule, due in found.items()}


def plans(zone: ZoneInfo, *, many: bool = False) -> tuple[Plan, ...]:
    """A site's jobs: one for each policy, and a report that waits."""

    def plan(name: str, schedule: str, **wanted: Any) -> Plan:
        return Plan(name, Timetable.of(schedule, zone), retries=1, **wanted)

    jobs = [
        plan("backup", "0 1 * * *", jitter_seconds=900),
        plan("report", "30 6 * * *", after=("backup",)),
        plan("drift", "30 2 * * *", window=Window.of("02:00-05:00"), catch_up=CatchUp.ALL),
        plan("compliance", "0 3 * * 0", catch_up=CatchUp.NONE),
        plan("evidence", "0 4 1 * *", max_lateness=timedelta(hours=48)),
        plan("leap", "0 5 29 2 *"),
    ]
    if many:
        jobs.append(plan("copy", "15 */6 * * *", catch_up=CatchUp.ALL, after=("backup",)))
    return tuple(jobs)


@dataclass
class Supervisor:
    """A supervisor that was started: it claims after a moment, works for a while, and may die on the way."""

    key: RunKey
    attempt: int
    trigger: RunTrigger
    dies_early: bool
    code: int | None = None
    working: bool = False

    def poll(self) -> int | None:
        """Its exit code; None while it lives."""
        return self.code


@dataclass
class Figures:
    """What came of a year."""

    due: int = 0
    lost: list[tuple[str, datetime]] = field(default_factory=list)
    doubled: list[tuple[str, datetime]] = field(default_factory=list)
    strange: list[tuple[str, datetime]] = field(default_factory=list)
    """Rows for due times that there are not."""
    states: Counter[str] = field(default_factory=Counter)
    tries_again: int = 0
    silent_skips: int = 0
    """Skipped without a reason."""
    broken_rules: list[str] = field(default_factory=list)
    """Runs that began too early, outside of their window, beside another one, or before what they wait for."""


class Year:
    """Plays a year: time passes from event to event, and the wall clock shows what it was last set to.

    `last` ends it earlier.
    """

    def __init__(
        self, ledger: Any, state: Path, zone: ZoneInfo, *, seed: int, many: bool = False, last: datetime = LAST
    ) -> None:
        self._last = last
        self._ledger = ledger
        self._state = state
        self._zone = zone
        self._chance = random.Random(seed)
        self._plans = plans(zone, many=many)
        self._now = FIRST
        self._offset = timedelta()
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._working: list[Supervisor] = []
        self._completed: Counter[RunKey] = Counter()
        self._daemon: Reconciler | None = None
        self._up = True
        self._tries_again = 0
        self._broken_rules: list[str] = []
        self._furthest = FIRST

    def play(self) -> Figures:
        """From the first day to the last; then the books are checked."""
        self._arrange()
        self._start_daemon()
        while self._events and self._events[0][0] <= self._last:
            self._now, _, event = heapq.heappop(self._events)
            event()
        self._offset, self._now = timedelta(), self._last
        self._let_rest()
        return self._check()

    @property
    def wall(self) -> datetime:
        """What the clock of the host shows."""
        return self._now + self._offset

    def _arrange(self) -> None:
        """Spread looks and misfortunes over the year."""
        for plan in self._plans:
            assert plan.timetable is not None
            for due in plan.timetable.due_times(FIRST, self._last):
                self._at(due + timedelta(milliseconds=self._chance.randint(1, 900)), self._look)
        for day in range(1, (self._last - FIRST).days):
            moment = FIRST + timedelta(days=day, seconds=self._chance.randint(0, 86_399))
            match self._chance.randint(0, 15):
                case 0:
                    self._at(moment, self._restart)
                case 1:
                    self._away(moment, timedelta(hours=self._chance.uniform(1, 72)), with_host=False)
                case 2:
                    self._away(moment, timedelta(hours=self._chance.uniform(1, 72)), with_host=True)
                case 3:
                    seconds = self._chance.choice([3, 90, 600, 7200, 86_400]) * self._chance.choice([-1, 1])
                    self._at(moment, lambda seconds=seconds: self._step(seconds))
                    self._at(moment + timedelta(hours=self._chance.uniform(0.1, 30)), lambda: self._step(None))
                case _:
                    pass
        # The night of the leap day itself is not spared.
        self._away(datetime(2028, 2, 28, 17, 30, tzinfo=UTC), timedelta(hours=5), with_host=True)

    def _at(self, moment: datetime, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (moment, next(self._count), event))

    def _in(self, seconds: float, event: Callable[[], None]) -> None:
        self._at(self._now + timedelta(seconds=seconds), event)

    def _away(self, moment: datetime, span: timedelta, *, with_host: bool) -> None:
        def go() -> None:
            self._up, self._daemon = False, None
            if with_host:
                for one in self._working:
                    one.working = False
                self._working.clear()

        def come() -> None:
            self._up = True
            self._start_daemon()

        self._at(moment, go)
        self._at(min(moment + span, self._last - timedelta(hours=1)), come)

    def _restart(self) -> None:
        if self._up:
            self._start_daemon()

    def _step(self, seconds: int | None) -> None:
        """Set the clock wrong by so many seconds, or right again."""
        self._offset = timedelta() if seconds is None else timedelta(seconds=seconds)
        self._look()

    def _start_daemon(self) -> None:
        self._daemon = Reconciler(self._ledger, self._plans, node=NODE, state=self._state, start=self._spawn)
        self._look()

    def _look(self) -> None:
        if self._daemon is None:
            return
        for one in self._working:
            self._ledger.heartbeat(one.key, now=self.wall, attempt=one.attempt)
        self._furthest = max(self._furthest, self.wall)
        looked = self._daemon.look(self.wall)
        if looked.look_again:
            self._in(max(1.0, (looked.look_again - self.wall).total_seconds()), self._look)
        if looked.started:
            # What waits for these is looked at when they end; what only waits for its turn, a minute later.
            self._in(61, self._look)

    def _spawn(self, key: RunKey, trigger: RunTrigger, attempt: int) -> Supervisor:
        one = Supervisor(key, attempt, trigger, dies_early=self._chance.random() < 0.02)
        self._in(self._chance.uniform(0.3, 20), lambda: self._claim(one))
        self._tries_again += attempt > 1
        self._hold_to_the_rules(key)
        return one

    def _hold_to_the_rules(self, key: RunKey) -> None:
        plan = next(plan for plan in self._plans if plan.name == key.job)
        local = self.wall.astimezone(self._zone)
        if self.wall < key.due:
            self._broken_rules.append(f"{key} began before it was due")
        if plan.window and not plan.window.start <= local.time() < plan.window.end:
            self._broken_rules.append(f"{key} began outside of its window")
        working = [one.key for one in self._working]
        if any(other.job == key.job for other in working):
            self._broken_rules.append(f"{key} began beside another one")
        if any(other.job in plan.after and other.due <= key.due for other in working):
            self._broken_rules.append(f"{key} did not wait")

    def _claim(self, one: Supervisor) -> None:
        one.code = 1
        if one.dies_early:
            self._in(70, self._look)
            return
        taken = self._ledger.claim(one.key, node=NODE, trigger=one.trigger, now=self.wall, attempt=one.attempt)
        if not taken:
            return
        one.code, one.working = None, True
        self._ledger.start(one.key, now=self.wall, run="", process_group=None, artefact="", attempt=one.attempt)
        self._working.append(one)
        seconds = self._chance.uniform(20, 3000)
        if self._chance.random() < 0.03:
            self._in(seconds, lambda: self._kill(one))
        else:
            self._in(seconds, lambda: self._finish(one))

    def _kill(self, one: Supervisor) -> None:
        if one in self._working:
            self._working.remove(one)
        one.code, one.working = -9, False
        self._in(65, self._look)
        self._in(130, self._look)

    def _finish(self, one: Supervisor) -> None:
        if not one.working:
            return
        self._working.remove(one)
        one.code, one.working = 0, False
        if self._ledger.finish(one.key, RunState.OK, now=self.wall, attempt=one.attempt):
            self._completed[one.key] += 1
        self._in(1, self._look)

    def _let_rest(self) -> None:
        """After the last day: what is still under way ends, and what waits is dealt with."""
        if not self._up or self._daemon is None:
            self._up = True
            self._start_daemon()
        for hour in range(60):
            self._at(self._last + timedelta(hours=hour), self._look)
        until = self._last + timedelta(hours=60)
        while self._events and self._events[0][0] <= until:
            self._now, _, event = heapq.heappop(self._events)
            event()

    def _check(self) -> Figures:
        figures = Figures(tries_again=self._tries_again, broken_rules=self._broken_rules)
        for plan in self._plans:
            assert plan.timetable is not None
            ever = due_times(self._zone)[plan.timetable.schedule]
            asked_for = {due for due in ever if FIRST < due <= self._furthest}
            rows = {row.due: row for row in self._rows(plan.name)}
            figures.due += len(asked_for)
            figures.lost += [(plan.name, due) for due in asked_for if due not in rows or not rows[due].state.ended]
            figures.strange += [(plan.name, due) for due in rows if due not in asked_for]
            for row in rows.values():
                figures.states[row.state.value] += 1
                figures.silent_skips += row.state is RunState.SKIPPED and not row.reason
        figures.doubled = [(key.job, key.due) for key, times in self._completed.items() if times > 1]
        figures.lost.sort()
        return figures

    def _rows(self, job: str) -> Iterator[Any]:
        yield from self._ledger.runs(job=job, limit=10_000)
