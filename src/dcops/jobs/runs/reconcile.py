"""Compares the timetables with the ledger, and starts, skips or retries what they ask for.

The ledger is the truth: a due time without a row has not been dealt with, and one with a row has, whatever the clock
did in between. So a restart, an outage or a step of the clock loses no due time and doubles none.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from dcops.errors import InvalidInput
from dcops.jobs.runs import lost
from dcops.jobs.runs.plan import CatchUp, Plan
from dcops.jobs.runs.timetable import Timetable, jitter, zone
from dcops.ledger.ledger import Ledger
from dcops.model.job import LedgerRun, RunKey, RunState, RunTrigger
from dcops.model.moment import from_rfc3339, rfc3339

HEARTBEAT_NOTE = "scheduler:heartbeat"
# The daemon looks every minute; what is this much later than that was not waited for but missed.
GRACE = timedelta(minutes=5)
# A report waits for the backup of its night, not for one of another day.
SAME_NIGHT = timedelta(hours=24)
# One that was started and did not even claim its row is given this long before it is started again.
LOOK_WHILE_WAITING = timedelta(seconds=5)
START_AGAIN = timedelta(seconds=45)
TRIES_BEFORE_ALARM = 3

log = logging.getLogger(__name__)


class Started(Protocol):
    """A supervisor that was started."""

    def poll(self) -> int | None:
        """Its exit code; None while it lives."""


Start = Callable[[RunKey, RunTrigger, int], Started]
"""Starts the supervisor of an attempt, without waiting for it."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look at the timetables did."""

    started: tuple[RunKey, ...] = ()
    skipped: tuple[RunKey, ...] = ()
    lost: tuple[RunKey, ...] = ()
    """Runs that were found ended without a word, whatever state they were given."""
    look_again: datetime | None = None
    """When the next run that only waits for its jitter is to begin."""
    troubles: tuple[str, ...] = ()
    """Why not all is well: while there is one, no heartbeat leaves the host."""


@dataclass(slots=True)
class _Standing:
    """Where one job stands at this moment."""

    plan: Plan
    until: datetime
    """All due times up to here have been dealt with."""
    dues: Sequence[datetime]
    """Those after it, up to now."""
    rows: Mapping[datetime, LedgerRun]
    open: list[datetime]
    """Due times without a row."""
    again: LedgerRun | None
    """A lost run that is to be tried again."""


@dataclass(slots=True)
class _Try:
    started: Started
    at: datetime
    count: int = 1


@dataclass(slots=True)
class _Look:
    """What is gathered during one look."""

    now: datetime
    live: Collection[RunKey]
    started: list[RunKey] = field(default_factory=list)
    skipped: list[RunKey] = field(default_factory=list)
    look_again: datetime | None = None
    troubles: list[str] = field(default_factory=list)
    made_up: int = 0


class Reconciler:
    """Holds what the ledger cannot know: which supervisors were started a moment ago, and when it last looked."""

    def __init__(self, ledger: Ledger, plans: Sequence[Plan], *, node: str, state: Path, start: Start) -> None:
        self._ledger = ledger
        self._plans = plans
        self._node = node
        self._state = state
        self._start = start
        self._last_look: datetime | None = None
        self._missed: set[RunKey] = set()
        self._tries: dict[tuple[RunKey, int], _Try] = {}
        self._waiting: dict[RunKey, str] = {}

    def look(self, now: datetime) -> Looked:
        """Deal with every due time up to `now`, as far as it can be dealt with now."""
        ended = lost.sweep(self._ledger, node=self._node, state=self._state, now=now)
        seen = self._seen(now)
        if self._last_look is None:
            self._forget_timetables_that_ended()
        look = _Look(now, {row.key for row in self._ledger.runs(states=lost.LIVE, limit=lost.MOST_ROWS)})
        standings = {plan.name: self._standing(plan, now, look) for plan in self._plans if plan.timetable}
        for standing in standings.values():
            self._note_missed(standing, seen, now)
        for standing in standings.values():
            self._skip(standing, look)
            self._begin(standing, standings, look)
            self._advance(standing)
        self._forget(standings)
        self._ledger.note(HEARTBEAT_NOTE, rfc3339(now))
        self._last_look = now
        return Looked(
            tuple(look.started),
            tuple(look.skipped),
            tuple(row.key for row in ended),
            look.look_again,
            tuple(look.troubles),
        )

    def _forget_timetables_that_ended(self) -> None:
        """A job that is given a schedule again, months later, has missed nothing."""
        for plan in self._plans:
            if plan.timetable is None and self._ledger.noted(_note(plan.name)):
                self._ledger.note(_note(plan.name), "")

    def _seen(self, now: datetime) -> datetime:
        """Up to when somebody looked: what was due since then, and long ago, was missed."""
        if self._last_look is not None:
            return self._last_look
        noted = self._ledger.noted(HEARTBEAT_NOTE)
        return from_rfc3339(noted) if noted else now

    def _standing(self, plan: Plan, now: datetime, look: _Look) -> _Standing:
        assert plan.timetable is not None
        table, until = self._watched(plan, plan.timetable, now, look)
        rows = {row.due: row for row in self._ledger.runs(job=plan.name, since=until, limit=lost.MOST_ROWS)}
        dues = table.due_times(until, now)
        standing = _Standing(plan, until, dues, rows, [due for due in dues if due not in rows], None)
        newest = max((row for row in rows.values() if row.trigger is not RunTrigger.MANUAL), key=_due, default=None)
        if newest is not None and newest.state is RunState.LOST and newest.attempt <= plan.retries:
            standing.again = newest if now - newest.due <= plan.max_lateness else None
        return standing

    def _watched(self, plan: Plan, table: Timetable, now: datetime, look: _Look) -> tuple[Timetable, datetime]:
        """The timetable that is in force, and up to when its due times have been dealt with."""
        noted = self._ledger.noted(_note(plan.name))
        if not noted:
            # The first look at this job: what was due before is nobody's.
            self._note(plan.name, table, now, since=now)
            return table, now
        data = json.loads(noted)
        until = from_rfc3339(data["until"])
        if (data["schedule"], data["timezone"]) != (table.schedule, str(table.zone)):
            self._close(plan, data, until, look)
            self._note(plan.name, table, now, since=now)
            return table, now
        if until > now + timedelta(hours=1):
            look.troubles.append(
                f"{plan.name}: the ledger holds due times up to {rfc3339(until)}, so the clock was or is wrong"
            )
        return table, until

    def _close(self, plan: Plan, data: Mapping[str, str], until: datetime, look: _Look) -> None:
        """End a timetable that was changed: what it still asked for is let pass, visibly."""
        try:
            before = Timetable.of(data["schedule"], zone(data["timezone"]))
        except InvalidInput:
            return
        for due in before.due_times(until, look.now):
            self._let_pass(
                RunKey(plan.name, due), f"its schedule {data['schedule']!r} was changed before it began", look
            )

    def _note_missed(self, standing: _Standing, seen: datetime, now: datetime) -> None:
        for due in standing.open:
            if seen < due <= now - GRACE:
                self._missed.add(RunKey(standing.plan.name, due))

    def _skip(self, standing: _Standing, look: _Look) -> None:
        """Let pass what is too late, or what the catch-up policy does not want."""
        plan = standing.plan
        for due in standing.open.copy():
            key = RunKey(plan.name, due)
            if self._starting(key, 1):
                continue
            if look.now - due > plan.max_lateness:
                why = self._waiting.get(key, "nothing ran here when it was due")
                self._pass_over(standing, due, f"not begun within {_hours(plan.max_lateness)}: {why}", look)
            elif plan.catch_up is CatchUp.NONE and key in self._missed:
                self._pass_over(standing, due, "missed while nothing ran here, and catch_up is none", look)
        if plan.catch_up is not CatchUp.ALL and len(standing.open) > 1:
            *older, newest = standing.open
            for due in older:
                if not self._starting(RunKey(plan.name, due), 1):
                    self._pass_over(standing, due, f"made up for by the run of {rfc3339(newest)}", look)

    def _pass_over(self, standing: _Standing, due: datetime, reason: str, look: _Look) -> None:
        self._let_pass(RunKey(standing.plan.name, due), reason, look)
        standing.open.remove(due)

    def _let_pass(self, key: RunKey, reason: str, look: _Look) -> None:
        trigger = RunTrigger.CATCH_UP if key in self._missed else RunTrigger.SCHEDULE
        if self._ledger.skip(key, node=self._node, now=look.now, reason=reason, trigger=trigger):
            log.warning("%s of %s is skipped: %s", key.job, rfc3339(key.due), reason)
            look.skipped.append(key)

    def _begin(self, standing: _Standing, standings: Mapping[str, _Standing], look: _Look) -> None:
        """Start the oldest due time that is open, or a lost run again, unless something stands in the way."""
        plan = standing.plan
        if standing.open:
            key, attempt = RunKey(plan.name, standing.open[0]), 1
        elif standing.again is not None:
            key, attempt = standing.again.key, standing.again.attempt + 1
        else:
            return
        begin = key.due + jitter(key.job, key.due, plan.jitter_seconds)
        if look.now < begin:
            look.look_again = min(begin, look.look_again or begin)
            return
        obstacle = self._obstacle(standing, key, standings, look)
        if obstacle:
            self._waiting[key] = obstacle
            return
        self._spawn(key, attempt, look)

    def _obstacle(self, standing: _Standing, key: RunKey, standings: Mapping[str, _Standing], look: _Look) -> str:
        plan = standing.plan
        assert plan.timetable is not None
        if plan.window and not plan.window.holds(look.now.astimezone(plan.timetable.zone)):
            return f"its window {plan.window} was not open"
        if any(other.job == key.job for other in look.live):
            return "an earlier run had not ended"
        for name in plan.after:
            if name in standings and self._unfinished(standings[name], key.due, look):
                if look.live or look.started:
                    # It may end at any moment: a night of many jobs must not lose a minute between any two of them.
                    soon = look.now + LOOK_WHILE_WAITING
                    look.look_again = min(soon, look.look_again or soon)
                return f"{name} of the same night had not ended"
        if key in self._missed and look.made_up:
            return "others that were missed went first"
        return ""

    def _unfinished(self, other: _Standing, due: datetime, look: _Look) -> bool:
        """Whether that job's run of the same night is still to come or still at work."""
        assert other.plan.timetable is not None
        theirs = other.plan.timetable.latest(due, within=SAME_NIGHT)
        if theirs is None:
            return False
        waits_for_retry = other.again is not None and other.again.due == theirs
        return theirs in other.open or waits_for_retry or RunKey(other.plan.name, theirs) in look.live

    def _spawn(self, key: RunKey, attempt: int, look: _Look) -> None:
        before = self._tries.get((key, attempt))
        if before and (before.started.poll() is None or timedelta() <= look.now - before.at < START_AGAIN):
            self._alarm(key, before.count, look)
            return
        trigger = RunTrigger.CATCH_UP if key in self._missed else RunTrigger.SCHEDULE
        started = self._start(key, trigger, attempt)
        self._tries[key, attempt] = _Try(started, look.now, before.count + 1 if before else 1)
        self._alarm(key, self._tries[key, attempt].count, look)
        look.started.append(key)
        look.made_up += key in self._missed

    def _alarm(self, key: RunKey, count: int, look: _Look) -> None:
        if count > TRIES_BEFORE_ALARM:
            look.troubles.append(f"{key.job} of {rfc3339(key.due)} was started {count} times and never began")

    def _starting(self, key: RunKey, attempt: int) -> bool:
        before = self._tries.get((key, attempt))
        return before is not None and before.started.poll() is None

    def _advance(self, standing: _Standing) -> None:
        """Move on to the newest due time before which none is open."""
        dealt_with = standing.until
        for due in standing.dues:
            if due in standing.open:
                break
            dealt_with = due
        if dealt_with > standing.until and standing.plan.timetable:
            self._note(standing.plan.name, standing.plan.timetable, dealt_with)

    def _note(self, job: str, table: Timetable, until: datetime, *, since: datetime | None = None) -> None:
        known = since or watched_since(self._ledger, job)
        data = {"schedule": table.schedule, "timezone": str(table.zone), "until": until.isoformat()}
        self._ledger.note(_note(job), json.dumps({**data, "since": known.isoformat()} if known else data))

    def _forget(self, standings: Mapping[str, _Standing]) -> None:
        """Drop what is only of use while a due time is open."""
        still_open = {RunKey(name, due) for name, standing in standings.items() for due in standing.open}
        again = {standing.again.key for standing in standings.values() if standing.again}
        self._missed &= still_open
        self._waiting = {key: why for key, why in self._waiting.items() if key in still_open | again}
        self._tries = {
            (key, attempt): one
            for (key, attempt), one in self._tries.items()
            if key in still_open | again or one.started.poll() is None
        }


def watched_since(ledger: Ledger, job: str) -> datetime | None:
    """When the scheduler first looked at the schedule that a job has now: what was due before is nobody's.

    None when no scheduler ever did, as with the timer units.
    """
    since = json.loads(ledger.noted(_note(job)) or "{}").get("since")
    return from_rfc3339(since) if since else None


def _due(row: LedgerRun) -> datetime:
    return row.due


def _note(job: str) -> str:
    return f"timetable:{job}"


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):g} h"
