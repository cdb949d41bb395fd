"""Gathers one night from the ledger, the inventory and the archive. What cannot be known is never counted as well."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from dcops.archive.archive import Archive
from dcops.errors import DcopsError, ErrorKind
from dcops.jobs.changes import Changed, changed_between
from dcops.jobs.compliance import NAME as COMPLIANCE
from dcops.jobs.maintenance import covers, in_force
from dcops.jobs.nightly.compliance import compliance
from dcops.jobs.nightly.content import (
    BackupCover,
    Failure,
    JobLine,
    NightlyReport,
    Pushed,
    RestoreTests,
    Skipped,
    Standing,
    Unproven,
    Verdict,
)
from dcops.jobs.nightly.found import looks
from dcops.jobs.nightly.problems import problems
from dcops.jobs.pushed import arrivals
from dcops.jobs.pushed.arrivals import Watch
from dcops.jobs.runs.plan import Plan
from dcops.jobs.runs.reconcile import watched_since
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.job import DeviceResult, LedgerRun, MaintenanceWindow, RunKey, RunState, RunTrigger
from dcops.model.run import Result

BACKUP = "backup"
REPORT = "report"
DROP = "drop"
DRILL = "drill"
NOON = time(12)
UNPROVEN_AFTER = timedelta(hours=26)
# A year, leap or not: who tests on the first of every month is not late on the second.
RESTORE_TEST_STANDS = timedelta(days=366)
SILENT_AFTER = timedelta(minutes=2)
GRACE = timedelta(minutes=15)
OFTEN = timedelta(hours=1)
# A message is given up after about a day; older ones have been told in older reports.
UNDELIVERED = timedelta(days=2)
HISTORY = timedelta(days=62)
MOST_RUNS = 2000

_NEVER = datetime.min.replace(tzinfo=UTC)
_BAD = frozenset({Result.FAILED.value, Result.TIMEOUT.value})
_GOOD = frozenset({Result.OK.value, Result.CHANGED.value, Result.UNCHANGED.value})


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a report comes from, and what it is about."""

    site: str
    zone: tzinfo
    ledger: Ledger
    archive: Archive
    devices: Sequence[Device]
    """Those that the backup covers on its schedule, without devices of other organisations."""
    platforms: Collection[str] = ()
    """Those that have a driver."""
    plans: Mapping[str, Plan] = field(default_factory=dict)
    """What the site wants of each job; one without a timetable runs only by hand."""
    lab: bool = False
    pushers: Sequence[Device] = ()
    """Devices that push their backups to us."""

    @property
    def within_reach(self) -> Sequence[Device]:
        """The devices that dcops can read."""
        return [device for device in self.devices if device.platform in self.platforms]


def night_of(moment: datetime, zone: tzinfo) -> date:
    """The night that a reader at this time means: the one that ended this morning."""
    return moment.astimezone(zone).date()


def bounds(night: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From noon to noon, local time."""
    return (
        datetime.combine(night - timedelta(days=1), NOON, zone),
        datetime.combine(night, NOON, zone),
    )


def gather(sources: Sources, *, now: datetime, night: date | None = None) -> NightlyReport:
    """The report of a night; without one, of the night that ended today, and of what was mended since."""
    day = night or night_of(now, sources.zone)
    since, noon = bounds(day, sources.zone)
    until = now if day == night_of(now, sources.zone) else min(now, noon)
    runs = sources.ledger.runs(since=since, until=until, limit=MOST_RUNS)
    outcomes = {run.key: sources.ledger.outcomes(run.key) for run in runs}
    windows = in_force(sources.ledger.windows(since=since), since, until)
    known = {device.name: device for device in (*sources.devices, *sources.pushers)}
    final = _final(runs, outcomes)
    successes = _successes(sources.ledger, until)
    watches = {device.name: arrivals.read(sources.ledger, device.name) for device in sources.pushers}
    pushed = _pushed(sources.pushers, watches, since, until, now)
    came = {one.device: one.last for one in pushed if one.last}
    failures = _failures(final, known, windows, {BACKUP: successes, DROP: came, DRILL: {**came, **successes}})
    lines = _lines(sources, runs, outcomes, failures, since, until, now)
    cover = _cover(runs, outcomes, final, sources.within_reach)
    changes, changes_error = _changes(sources, since, until)
    unproven = _unproven(sources.within_reach, successes, until)
    report = NightlyReport(
        site=sources.site,
        lab=sources.lab,
        night=day,
        since=since,
        until=until,
        made=now,
        jobs=lines,
        problems=(),
        backup=cover,
        failures=failures,
        changes=changes,
        changes_error=changes_error,
        unproven=unproven,
        skipped=_skipped(final, {device.name for device in sources.pushers}),
        maintenance=windows,
        dead_letters=sum(message.created >= since - UNDELIVERED for message in sources.ledger.dead_messages()),
        scheduled_jobs=sum(plan.timetable is not None for plan in sources.plans.values()),
        unproven_hours=UNPROVEN_AFTER.total_seconds() / 3600,
        pushed=pushed,
        looks=tuple(look for look in looks(runs) if look.job != COMPLIANCE),
        restore_tests=_restore_tests(sources, until),
        compliance=compliance(runs),
    )
    return replace(report, problems=problems(report))


def _final(
    runs: Iterable[LedgerRun], outcomes: Mapping[RunKey, Sequence[DeviceResult]]
) -> Mapping[tuple[str, str], tuple[LedgerRun, DeviceResult]]:
    """The last word of the night about each device, by job and device."""
    final: dict[tuple[str, str], tuple[LedgerRun, DeviceResult]] = {}
    for run in runs:  # newest first
        for outcome in outcomes[run.key]:
            before = final.get((run.job, outcome.device))
            # A later run that left a device out does not take back what an earlier one found.
            if before is None or (before[1].result == Result.SKIPPED and outcome.result != Result.SKIPPED):
                final[run.job, outcome.device] = (run, outcome)
    return final


def _successes(ledger: Ledger, until: datetime) -> Mapping[str, datetime]:
    """When each device was last backed up well, seen from the end of the night."""
    newest = ledger.device_successes(BACKUP)
    found = {device: when for device, when in newest.items() if when <= until}
    later = set(newest) - set(found)
    if later:
        # A report about an older night: what came afterwards must not make it look better.
        for run in ledger.runs(job=BACKUP, since=until - HISTORY, until=until, limit=MOST_RUNS):
            for outcome in ledger.outcomes(run.key):
                if outcome.device in later and outcome.result in _GOOD:
                    found[outcome.device] = run.finished or run.started or run.due
                    later.discard(outcome.device)
            if not later:
                break
    return found


def _failures(
    final: Mapping[tuple[str, str], tuple[LedgerRun, DeviceResult]],
    known: Mapping[str, Device],
    windows: Sequence[MaintenanceWindow],
    successes: Mapping[str, Mapping[str, datetime]],
) -> tuple[Failure, ...]:
    found = []
    for run, outcome in final.values():
        if outcome.result not in _BAD:
            continue
        device = known.get(outcome.device)
        then = in_force(windows, run.started or run.due, run.finished)
        found.append(
            Failure(
                device=outcome.device,
                site=device.site if device else "",
                job=outcome.job,
                kind=outcome.error_kind or outcome.result,
                message=outcome.error_message or outcome.detail,
                next_step=outcome.next_step,
                last_success=successes.get(outcome.job, {}).get(outcome.device),
                in_maintenance=device is not None and any(covers(window, device) for window in then),
                seconds=outcome.seconds,
            )
        )
    # Whoever has been without a backup for the longest stands first.
    return tuple(
        sorted(
            found,
            key=lambda one: (one.in_maintenance, one.last_success is not None, one.last_success or _NEVER, one.device),
        )
    )


def _lines(
    sources: Sources,
    runs: Sequence[LedgerRun],
    outcomes: Mapping[RunKey, Sequence[DeviceResult]],
    failures: Sequence[Failure],
    since: datetime,
    until: datetime,
    now: datetime,
) -> tuple[JobLine, ...]:
    failing = {(one.job, one.device) for one in failures if not one.in_maintenance}
    lines = [_line(run, runs, outcomes[run.key], failing, now) for run in runs]
    there = {run.key for run in runs}
    live = {run.job for run in runs if not run.state.ended}
    for job, plan in sources.plans.items():
        watched = watched_since(sources.ledger, job)
        for due in plan.timetable.due_times(max(since, watched or since), until) if plan.timetable else ():
            if all(key.job != job or key.due != due for key in there):
                lines.append(_absent(job, due, plan, live, runs, until, now))
    # While the report is being made it cannot say of itself that it is done; when it never began, it must.
    unfinished = (Standing.RUNNING, Standing.QUEUED, Standing.WAITING)
    lines = [line for line in lines if line.job != REPORT or line.standing not in unfinished]
    # Neither is it news that a job which always runs again is just under way.
    always = {job for job, plan in sources.plans.items() if _often(plan, now)}
    lines = [
        line for line in lines if line.job not in always or line.standing not in unfinished or now - line.due > GRACE
    ]
    return tuple(sorted(_folded(lines), key=lambda line: (line.verdict.rank, line.standing.rank, line.due, line.job)))


def _often(plan: Plan, now: datetime) -> bool:
    return plan.timetable is not None and plan.timetable.interval_seconds(now) <= OFTEN.total_seconds()


def _line(
    run: LedgerRun,
    runs: Sequence[LedgerRun],
    outcomes: Sequence[DeviceResult],
    failing: set[tuple[str, str]],
    now: datetime,
) -> JobLine:
    standing = Standing(run.state.value)
    sign = run.heartbeat or run.started
    if run.state is RunState.RUNNING and sign is not None and now - sign > SILENT_AFTER:
        standing = Standing.SILENT
    scheduled = run.trigger is not RunTrigger.MANUAL
    # A run by hand may have been about one device only; the schedule's own runs are about all.
    later = any(
        other.job == run.job
        and other.due > run.due
        and other.state.succeeded
        and other.trigger is not RunTrigger.MANUAL
        for other in runs
    )
    bad = [one for one in outcomes if one.result in _BAD]
    if standing is Standing.PARTIAL and bad:
        later = later or not any((run.job, one.device) in failing for one in bad)
    return JobLine(
        job=run.job,
        standing=standing,
        verdict=_verdict(standing, made_up=later, scheduled=scheduled),
        due=run.due,
        scheduled=scheduled,
        started=run.started,
        seconds=run.seconds,
        attempt=run.attempt,
        reason=run.reason,
        counts=_counts(outcomes),
        artefact=run.artefact,
        made_up=later and not standing.done,
    )


def _absent(
    job: str,
    due: datetime,
    plan: Plan,
    live: set[str],
    runs: Sequence[LedgerRun],
    until: datetime,
    now: datetime,
) -> JobLine:
    """A due time that has no row."""
    patience = GRACE + timedelta(seconds=plan.jitter_seconds)
    waiting = now - due <= patience or (bool(live & set(plan.after)) and until == now)
    standing = Standing.WAITING if waiting else Standing.MISSING
    later = any(
        run.job == job and run.due > due and run.state.succeeded and run.trigger is not RunTrigger.MANUAL
        for run in runs
    )
    verdict = _verdict(standing, made_up=later, scheduled=True)
    return JobLine(job, standing, verdict, due, scheduled=True, made_up=later)


def _verdict(standing: Standing, *, made_up: bool, scheduled: bool) -> Verdict:
    if standing is Standing.OK:
        return Verdict.WELL
    if standing in (Standing.FINDINGS, Standing.RUNNING, Standing.QUEUED, Standing.WAITING):
        return Verdict.LOOK
    return Verdict.LOOK if made_up or not scheduled else Verdict.ACT


def _folded(lines: Sequence[JobLine]) -> list[JobLine]:
    """Of runs of a job that ended in the same way only the newest: a job may run a hundred times in a night."""
    newest: dict[tuple[object, ...], JobLine] = {}
    for line in sorted(lines, key=lambda one: one.due, reverse=True):
        key = _alike(line)
        shown = newest.get(key)
        newest[key] = replace(shown, same=shown.same + 1) if shown else line
    return list(newest.values())


def _alike(line: JobLine) -> tuple[object, ...]:
    """What two runs have in common that a reader need not see twice."""
    if line.standing is Standing.OK:
        return (line.job, line.scheduled, line.standing)
    counts = tuple(sorted(line.counts.items()))
    return (line.job, line.scheduled, line.standing, line.verdict, line.made_up, line.reason, counts)


def _counts(outcomes: Sequence[DeviceResult]) -> Mapping[str, int]:
    if not outcomes:
        return {}
    return {result.value: sum(one.result == result.value for one in outcomes) for result in Result}


def _cover(
    runs: Sequence[LedgerRun],
    outcomes: Mapping[RunKey, Sequence[DeviceResult]],
    final: Mapping[tuple[str, str], tuple[LedgerRun, DeviceResult]],
    devices: Sequence[Device],
) -> BackupCover:
    scope = sorted(device.name for device in devices)
    told = [one for run in runs if run.job == BACKUP for one in outcomes[run.key]]
    if not told:
        return BackupCover(of=len(scope), archived=None, changed=None)
    well = {name for name in scope if (BACKUP, name) in final and final[BACKUP, name][1].result in _GOOD}
    failed_once = {one.device for one in told if one.result in _BAD}
    return BackupCover(
        of=len(scope),
        archived=len(well),
        changed=len({one.device for one in told if one.result == Result.CHANGED.value}),
        recovered=tuple(sorted(failed_once & well)),
        unheard=tuple(name for name in scope if (BACKUP, name) not in final),
    )


def _changes(sources: Sources, since: datetime, until: datetime) -> tuple[tuple[Changed, ...] | None, str]:
    try:
        names = [summary.device for summary in sources.archive.devices()]
        return changed_between(sources.archive, names, since, until), ""
    except DcopsError as error:
        return None, str(error)


def _unproven(devices: Sequence[Device], successes: Mapping[str, datetime], until: datetime) -> tuple[Unproven, ...]:
    found = []
    for device in devices:
        last = successes.get(device.name)
        if last is None or until - last > UNPROVEN_AFTER:
            hours = round((until - last).total_seconds() / 3600, 1) if last else None
            found.append(Unproven(device.name, device.site, last, hours))
    return tuple(sorted(found, key=lambda one: (one.last_success is not None, one.last_success or until, one.device)))


def _restore_tests(sources: Sources, until: datetime) -> RestoreTests:
    """How many devices stood a restore test within the year that ends with the night."""
    names = {device.name for device in (*sources.within_reach, *sources.pushers)}
    tests = sources.ledger.last_restore_tests(until=until)
    last = [test.tested_at for device, test in tests.items() if device in names]
    within = sum(until - moment <= RESTORE_TEST_STANDS for moment in last)
    return RestoreTests(len(names), within, min(last, default=None))


def _pushed(
    devices: Sequence[Device], watches: Mapping[str, Watch | None], since: datetime, until: datetime, now: datetime
) -> tuple[Pushed, ...]:
    found = []
    for device in devices:
        watch, drop = watches[device.name], device.drop
        if drop is None:
            continue
        last = watch.last_before(until) if watch else None
        found.append(
            Pushed(
                device=device.name,
                site=device.site,
                max_age_hours=drop.max_age_hours,
                watched=watch is not None,
                last=last.at if last else None,
                hours=_hours(watch, until, now),
                name=last.name if last else "",
                size=last.size if last else None,
                sha256=last.sha256 if last else "",
                arrivals=sum(since <= one.at <= until for one in watch.arrivals) if watch else 0,
            )
        )
    return tuple(sorted(found, key=lambda one: (not one.late, one.last is not None, one.last or until, one.device)))


def _hours(watch: Watch | None, until: datetime, now: datetime) -> float | None:
    """How long nothing had come at the end of a night; of an older night only what the arrivals tell."""
    if watch is None:
        return None
    if until == now:
        return round(watch.age(now).total_seconds() / 3600, 1)
    last = watch.last_before(until)
    begun = last.at if last else watch.first_seen
    return round((until - begun).total_seconds() / 3600, 1) if begun <= until else None


def _skipped(
    final: Mapping[tuple[str, str], tuple[LedgerRun, DeviceResult]], pushers: Collection[str]
) -> tuple[Skipped, ...]:
    reasons: dict[tuple[str, str], list[str]] = {}
    for _, outcome in final.values():
        # What has no driver and pushes its backup is told of where that is told.
        pushes = outcome.error_kind == ErrorKind.UNSUPPORTED and outcome.device in pushers
        # What another job cannot ask of a device says nothing of its backup.
        elsewhere = outcome.error_kind == ErrorKind.UNSUPPORTED and outcome.job != BACKUP
        if outcome.result == Result.SKIPPED and not pushes and not elsewhere:
            reason = (outcome.error_kind, outcome.error_message or outcome.detail)
            reasons.setdefault(reason, []).append(outcome.device)
    found = [Skipped(kind, message, tuple(sorted(names))) for (kind, message), names in reasons.items()]
    return tuple(sorted(found, key=lambda one: (one.expected, -len(one.devices), one.message)))
