"""Judge devices by the rules, from what they say now or from what was archived of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.archive.history import History
from dcops.audit.library import Library
from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.compliance import NAME, subjects
from dcops.jobs.compliance.capture.archived import Archived
from dcops.jobs.compliance.capture.captured import Captured, Capturer, Means
from dcops.jobs.compliance.capture.catalog import BESIDES, capture
from dcops.jobs.compliance.capture.confirmed import Confirmed, confirmed
from dcops.jobs.compliance.capture.listed import listed
from dcops.jobs.compliance.conclude import Judged, conclude
from dcops.jobs.compliance.judging import unjudged
from dcops.jobs.compliance.judging.panel import Bench, Case, Panel, Verdicts
from dcops.jobs.compliance.moment import as_of
from dcops.jobs.compliance.profiles import Fresh, Judges, profiles_of
from dcops.jobs.compliance.result import AuditResult, Unjudged
from dcops.jobs.context import Progress, never
from dcops.model.audit import Tally
from dcops.model.device import Device
from dcops.model.finding import Status
from dcops.model.run import JobRun, Outcome, Result, new_run_id
from dcops.model.source import Source, SourceKind

if TYPE_CHECKING:
    from dcops.ledger.ledger import Ledger

NEW_TOLD = 20
"""So many new findings are named in the row of a run; the rest stands in its folder."""
NO_RULE = "no rule is for platform"


@dataclass(frozen=True, slots=True)
class Rooms:
    """What an audit may use."""

    means: Means
    library: Library
    shipped: Path
    """The folder of the rules that ship."""
    site: Path | None
    """The folder of those of the site; None: it has none."""
    fresh: Fresh
    """How old which source may be."""
    clock: Callable[[], datetime]
    progress: Progress
    zone: tzinfo = UTC
    """Of the days on which exceptions end and devices go into service."""
    ledger: Ledger | None = None
    """None: nothing is known of earlier audits, and this one is not kept."""
    workers: int = 2
    limit_seconds: float = 30.0
    """How long one device may be judged."""
    stopping: Callable[[], bool] = never
    capturers: Sequence[Capturer] = BESIDES
    panel: Callable[..., Panel] = Panel


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an audit is asked for."""

    packs: tuple[str, ...] = ()
    """Empty: every rule, and all packs told of."""
    archive: bool = False
    """Judge what is archived; no device is touched."""
    at: str | None = None
    """A revision, a day or a time of the archive."""
    reuse: timedelta | None = None
    """What was archived so recently is not read again."""
    baseline: str = ""
    """A run to compare with, or `last`; empty: compare with the last one, and tell of everything."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an audit."""

    run: JobRun
    result: AuditResult


def run(rooms: Rooms, devices: Sequence[Device], wanted: Wanted = Wanted()) -> Done:
    """Capture, judge and conclude; a device that fails is one of which nothing could be checked, and the others go on.

    Raises InvalidInput before it looks at anything when a rule asks for a parameter that nobody defined.
    """
    audit = _Audit(rooms, wanted, started := rooms.clock(), new_run_id(started))
    return audit.done(devices)


@dataclass(slots=True)
class _Audit:
    """One audit on its way."""

    rooms: Rooms
    wanted: Wanted
    started: datetime
    run: str
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    captured: dict[str, Captured] = field(default_factory=dict)
    judged: dict[str, Judged] = field(default_factory=dict)

    def day(self, moment: datetime) -> date:
        """The day that people there call it."""
        return moment.astimezone(self.rooms.zone).date()

    def done(self, devices: Sequence[Device]) -> Done:
        """All of it, once."""
        rooms, wanted = self.rooms, self.wanted
        now = as_of(wanted.at, History(rooms.means.archive.folder), self.started)
        profiles = profiles_of(rooms.library, wanted.packs)
        judges = Judges(profiles, rooms.fresh)
        judged = [device for device in devices if device.platform in judges.platforms]
        for platform in sorted({device.platform or "" for device in judged}):
            of_it = [subjects.subject_of(one, self.day(now)) for one in judged if one.platform == platform]
            for profile in profiles:
                judges.of(profile, platform).prepare(of_it)
        left_out = self._leave_out([device for device in devices if device not in judged])
        rooms.progress.started(judged)
        bench = Bench(rooms.shipped, rooms.site, wanted.packs, self.day(self.started), rooms.fresh)
        workers = max(1, min(rooms.workers, len(judged)))
        panel = rooms.panel(bench, workers=workers, limit_seconds=rooms.limit_seconds) if judged else None
        try:
            if panel is not None:
                self._judge(panel, judged, judges, now)
        finally:
            if panel is not None:
                panel.close()
        result = conclude(self, judged, judges, left_out, now)
        return Done(self._job_run(devices, result), result)

    def _judge(self, panel: Panel, devices: Sequence[Device], judges: Judges, now: datetime) -> None:
        past = self.wanted.at is not None
        for found in self._capture(devices, now):
            device = found.device
            subject = subjects.subject_of(device, self.day(now), version=found.version)
            stated = Source(device.name, SourceKind.INVENTORY, "", now, "inventory", subjects.stated(device))
            known = (stated, *listed(self.rooms.library, subject, now))
            captured = self.captured[device.name] = replace(found, sources=(*found.sources, *known))
            # What is read now is read after the audit began: its age is seen from when it came.
            panel.hand_in(Case(subject, captured.sources), now if past else self.rooms.clock())
            for verdicts in panel.ready():
                self._take(verdicts, judges)
        for verdicts in panel.verdicts():
            self._take(verdicts, judges)
            if self.rooms.stopping():
                panel.close()
        for device in devices:
            if device.name not in self.judged:
                subject = subjects.subject_of(device, self.day(now))
                self._take(Verdicts(subject, {}, "the run was told to stop before its turn came"), judges)

    def _capture(self, devices: Sequence[Device], now: datetime) -> Iterator[Captured]:
        rooms, wanted = self.rooms, self.wanted
        seen = self._confirmed(devices, now)
        if wanted.archive or wanted.at is not None:
            yield from capture(rooms.means, devices, [Archived(wanted.at, seen, now)])
            return
        kept = [device for device in devices if self._kept(device, seen.get(device.name), now)]
        yield from capture(rooms.means, kept, [Archived(None, seen, now)])
        from dcops.jobs.compliance.capture.fresh import Configurations

        asked = [device for device in devices if device not in kept]
        yield from capture(rooms.means, asked, [Configurations(), *rooms.capturers])

    def _kept(self, device: Device, seen: Confirmed | None, now: datetime) -> bool:
        """It was archived so recently that it need not be read again, and nothing else is asked of it."""
        reuse = self.wanted.reuse
        if reuse is None or seen is None or now - seen.at > reuse:
            return False
        return not any(one.gives(device.platform or "") for one in self.rooms.capturers)

    def _confirmed(self, devices: Sequence[Device], until: datetime) -> Mapping[str, Confirmed]:
        wants = self.wanted.archive or self.wanted.at is not None or self.wanted.reuse is not None
        if self.rooms.ledger is None or not wants:
            return {}
        return confirmed(self.rooms.ledger, [device.name for device in devices], until)

    def _take(self, verdicts: Verdicts, judges: Judges) -> None:
        """What came of one device."""
        name = verdicts.subject.device
        captured = self.captured.get(name)
        error = captured.error if captured is not None else None
        findings = verdicts.findings
        if verdicts.problem:
            findings = unjudged.findings(judges.profiles, verdicts.subject, verdicts.problem)
            error = error or DeviceError(
                ErrorKind.TIMEOUT,
                verdicts.problem,
                next_step="Raise [compliance] limit_seconds, or see what is odd about its configuration",
            )
        self.judged[name] = Judged(verdicts.subject, findings)
        self.outcomes[name] = _outcome(name, self.judged[name], captured, error)
        self.rooms.progress.finished(self.outcomes[name])

    def _leave_out(self, devices: Sequence[Device]) -> tuple[Unjudged, ...]:
        reasons: dict[str, list[str]] = {}
        for device in devices:
            why = f"{NO_RULE} {device.platform}" if device.platform else "it has no platform"
            self.outcomes[device.name] = Outcome(
                device.name, Result.SKIPPED, error=DeviceError(ErrorKind.UNSUPPORTED, f"not judged: {why}")
            )
            reasons.setdefault(why, []).append(device.name)
        return tuple(Unjudged(why, tuple(sorted(names))) for why, names in sorted(reasons.items()))

    def _job_run(self, devices: Sequence[Device], result: AuditResult) -> JobRun:
        told = tuple(one for one in result.findings if one.status.open or one.status is Status.EXCEPTION)
        open_now = {id(one) for one in result.open}
        kept = tuple(one for one in told if not one.status.open or id(one) in open_now)
        return JobRun(
            command=NAME,
            run=self.run,
            started=self.started,
            finished=result.finished,
            outcomes=tuple(self.outcomes[device.name] for device in devices),
            extra=figures(result),
            findings=kept,
        )


def figures(result: AuditResult) -> dict[str, object]:
    """What is told of an audit in its row and its JSON, besides its findings."""
    baseline = result.baseline
    return {
        "as_of": result.at.isoformat(timespec="seconds"),
        "origin": result.origin,
        "devices_judged": len(result.devices),
        "checks": {status.value: number for status, number in result.tally.by_status.items()},
        "failed_by_severity": {severity.value: number for severity, number in result.failed_by_severity.items()},
        "packs": {
            pack.name: {status.value: number for status, number in result.tally_of(pack.name).by_status.items()}
            for pack in result.packs
        },
        "exceptions": len(result.exceptions),
        "exceptions_ending": [
            {
                "check": one.exempt.rule,
                "target": one.exempt.target,
                "owner": one.exempt.owner,
                "ticket": one.exempt.ticket,
                "until": one.exempt.until.isoformat(),
                "days_left": one.days_left,
            }
            for one in result.exceptions
            if one.ends_soon or one.ended
        ],
        "compared_with": baseline.run if baseline else None,
        "new": sum(one.status is Status.FAIL for one in result.new) if baseline else None,
        "new_unknown": sum(one.status is Status.COULD_NOT_CHECK for one in result.new) if baseline else None,
        "gone": baseline.gone if baseline else None,
        "new_faults": [
            {
                "check": one.id,
                "device": one.device,
                "severity": one.severity.value,
                "status": one.status.value,
                "titles": {"en": one.title, **{language: told.title for language, told in one.told.items()}},
            }
            for one in [each for each in result.new if each.status is Status.FAIL][:NEW_TOLD]
        ],
        "pre_service": list(result.pre_service),
        "rules": result.rules_digest,
    }


def _outcome(name: str, judged: Judged, captured: Captured | None, error: DeviceError | None) -> Outcome:
    seconds = captured.seconds if captured is not None else None
    if error is not None:
        result = Result.TIMEOUT if error.kind is ErrorKind.TIMEOUT else Result.FAILED
        return Outcome(name, result, error=error, seconds=seconds)
    tally: Tally = judged.tally
    parts = [f"{tally.failed} of {tally.total - tally.not_applicable} checks fail"]
    parts += [f"{tally.could_not_check} could not check"] if tally.could_not_check else []
    return Outcome(name, Result.OK, ", ".join(parts), seconds=seconds)
