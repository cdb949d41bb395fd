"""From the verdicts on devices to one result: exceptions, packs, what is new, how it was before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from dcops.audit import baseline
from dcops.audit.exceptions import excused
from dcops.audit.packs import Pack
from dcops.audit.subject import Subject
from dcops.errors import CannotRun, UsageError
from dcops.jobs.compliance import NAME
from dcops.jobs.compliance.capture.captured import Captured
from dcops.jobs.compliance.capture.listed import ADVISORIES, ADVISORY_DAYS
from dcops.jobs.compliance.profiles import Judges, digest_of, packs_of
from dcops.jobs.compliance.record import record_of
from dcops.jobs.compliance.result import Allowed, AuditResult, Baseline, DeviceAudited, SourceUsed, Unjudged, worst
from dcops.model.audit import EVERYTHING, AuditPoint, AuditRecord, Tally
from dcops.model.device import Device
from dcops.model.finding import Finding, Status
from dcops.model.source import Source, SourceKind

if TYPE_CHECKING:
    from dcops.jobs.compliance.run import Rooms, Wanted

LAST = "last"
TREND = 30
"""So many earlier audits are told of."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found of one device."""

    subject: Subject
    findings: Mapping[str, tuple[Finding, ...]]
    """By the pack of the profile."""

    @property
    def tally(self) -> Tally:
        """Of all checks, before exceptions."""
        return Tally.of(_by_check(self.findings.get(EVERYTHING, ())).values())


class Audit(Protocol):
    """An audit whose devices were all judged."""

    rooms: Rooms
    wanted: Wanted
    started: datetime
    run: str
    captured: dict[str, Captured]
    judged: dict[str, Judged]

    def day(self, moment: datetime) -> date:
        """The day that people there call it."""


def conclude(
    audit: Audit, devices: Sequence[Device], judges: Judges, left_out: tuple[Unjudged, ...], now: datetime
) -> AuditResult:
    """The result; it is written down in the ledger when it is about now."""
    rooms, wanted, library = audit.rooms, audit.wanted, audit.rooms.library
    packs = packs_of(library, wanted.packs)
    names = [device.name for device in devices]
    every = {name: _allowed(audit.judged[name], audit, now) for name in names}
    general = [finding for name in names for finding in every[name][EVERYTHING]]
    seen = {(one.id, one.device, one.fingerprint, one.status) for one in general}
    # What fails only by the parameters of a pack is told besides, once.
    extra = [
        finding
        for name in names
        for pack, findings in every[name].items()
        if pack != EVERYTHING
        for finding in findings
        if finding.status.open and (finding.id, finding.device, finding.fingerprint, finding.status) not in seen
    ]
    about = (*_about_exceptions([*general, *extra], audit, now), *_about_advisories(judges, audit, now))
    findings = tuple(sorted((*general, *extra, *about), key=_worst_first))
    result = AuditResult(
        run=audit.run,
        at=now,
        started=audit.started,
        finished=rooms.clock(),
        origin=_origin(wanted),
        past=wanted.at is not None,
        today=audit.day(now),
        packs=packs,
        all_packs=not wanted.packs or set(wanted.packs) == set(library.packs),
        rules={rule.id: rule for profile in reversed(judges.profiles) for rule in profile.rules},
        controls=library.controls,
        rules_digest=digest_of([rooms.shipped, *([rooms.site] if rooms.site else [])]),
        devices=tuple(_device(device, audit, every[device.name], packs, now) for device in devices),
        unjudged=left_out,
        findings=findings,
        exceptions=_exceptions(findings, audit, now),
        limits=library.limits,
    )
    return _remembered(result, audit)


_CLOSED = (Status.EXCEPTION, Status.PASS, Status.NOT_APPLICABLE)


def _worst_first(finding: Finding) -> tuple[int, int, bool, tuple[object, ...]]:
    """What is open before what is not, then the gravest; what fails before what could not be checked."""
    place = 0 if finding.status.open else 1 + _CLOSED.index(finding.status)
    return place, finding.severity.rank, finding.status is Status.COULD_NOT_CHECK, finding.order


def _by_check(findings: Iterable[Finding]) -> dict[str, Status]:
    statuses: dict[str, set[Status]] = {}
    for finding in findings:
        statuses.setdefault(finding.id, set()).add(finding.status)
    return {check: worst(frozenset(seen)) for check, seen in statuses.items()}


def _allowed(judged: Judged, audit: Audit, now: datetime) -> dict[str, tuple[Finding, ...]]:
    """The findings of one device with what is allowed marked as such."""
    exceptions, subject = audit.rooms.library.exceptions, [judged.subject]
    return {
        pack: excused(findings, exceptions, subject, audit.day(now))[: len(findings)]
        for pack, findings in judged.findings.items()
    }


def _about_exceptions(findings: Sequence[Finding], audit: Audit, now: datetime) -> tuple[Finding, ...]:
    """What is to be said of the exceptions themselves, which takes all devices together."""
    fails = [replace(one, status=Status.FAIL) if one.status is Status.EXCEPTION else one for one in findings]
    subjects = [judged.subject for judged in audit.judged.values()]
    return excused(fails, audit.rooms.library.exceptions, subjects, audit.day(now))[len(fails) :]


def _about_advisories(judges: Judges, audit: Audit, now: datetime) -> Iterator[Finding]:
    """What is to be said of the file of published weaknesses, where a rule compares with it."""
    library = audit.rooms.library
    source = (SourceKind.INVENTORY, ADVISORIES)
    if library.advisories is None or not any(
        rule.source == source for profile in judges.profiles for rule in profile.rules
    ):
        return
    most = int(str(library.parameters().of(Subject("", "")).of(ADVISORY_DAYS)))
    aged = library.advisories.aged(audit.day(now), most)
    if aged is not None:
        yield aged


def _device(
    device: Device, audit: Audit, findings: Mapping[str, tuple[Finding, ...]], packs: Sequence[Pack], now: datetime
) -> DeviceAudited:
    subject, captured = audit.judged[device.name].subject, audit.captured.get(device.name)
    general = _by_check(findings[EVERYTHING])
    tallies = {EVERYTHING: Tally.of(general.values())}
    for pack in packs:
        own = _by_check(findings.get(pack.name, ()))
        ids = [choice.rule for choice in pack.choices if choice.rule in general]
        tallies[pack.name] = Tally.of(own.get(one, general[one]) for one in ids)
    return DeviceAudited(
        name=device.name,
        site=device.site,
        role=device.role,
        platform=device.platform or "",
        vendor=device.vendor,
        model=device.model,
        version=subject.version,
        in_service=subject.in_service,
        sources=tuple(_used(source, now) for source in (captured.sources if captured else ())),
        tallies=tallies,
        error=captured.error if captured else None,
    )


def _used(source: Source, now: datetime) -> SourceUsed:
    content = source.content
    text = content if isinstance(content, str) else json.dumps(content, sort_keys=True, default=str)
    return SourceUsed(
        title=source.title,
        origin=source.origin,
        taken=source.taken,
        age_seconds=max(0.0, (now - source.taken).total_seconds()),
        sha256="" if source.problem else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        problem=source.problem,
    )


def _exceptions(findings: Iterable[Finding], audit: Audit, now: datetime) -> tuple[Allowed, ...]:
    by_device = {judged.subject.device: judged.subject for judged in audit.judged.values()}
    excepted = [one for one in findings if one.status is Status.EXCEPTION]
    found = [
        Allowed(
            one,
            (one.until - audit.day(now)).days,
            sum(one.covers(finding, by_device.get(finding.device)) for finding in excepted),
        )
        for one in audit.rooms.library.exceptions
    ]
    return tuple(sorted(found, key=lambda one: (one.exempt.until, one.exempt.rule, one.exempt.target)))


def _origin(wanted: Wanted) -> str:
    if wanted.at is not None:
        return f"archive at {wanted.at}"
    return "archive" if wanted.archive else "read now"


def _remembered(result: AuditResult, audit: Audit) -> AuditResult:
    """The same with what the ledger knows of earlier audits; it learns of this one when it is about now."""
    ledger, wanted = audit.rooms.ledger, audit.wanted
    if ledger is None:
        if wanted.baseline:
            raise CannotRun("there is nothing to compare with: the ledger cannot be reached")
        return result
    packs = [pack.name for pack in result.packs]
    names = frozenset(device.name for device in result.devices)

    def trend(pack: str) -> tuple[AuditPoint, ...]:
        return ledger.audit_trend(NAME, packs=packs, pack=pack, devices=names, before=result.at, limit=TREND)

    trends = {pack: trend(pack) for pack in packs}
    result = replace(result, trend=trend(EVERYTHING), trends=trends)
    result = replace(result, baseline=_compared(result, audit))
    if not result.past and result.devices:
        with suppress(CannotRun):
            return replace(result, first_seen=ledger.record_audit(record_of(result)))
    return result


def _compared(result: AuditResult, audit: Audit) -> Baseline | None:
    before, ledger = _before(result, audit), audit.rooms.ledger
    if before is None or ledger is None:
        return None
    open_then = {one.fingerprint for one in before.findings if one.status.open}
    answered = {(one.check, one.device) for one in result.verdicts if one.status is not Status.COULD_NOT_CHECK}
    # What could not be looked at now is not gone.
    judged = {one.fingerprint for one in before.findings if (one.check, one.device) in answered}
    since = baseline.since(result.findings, open_then, judged & open_then)
    unseen = {(one.check, one.device) for one in before.findings if one.status is Status.COULD_NOT_CHECK}
    hidden = {one.fingerprint for one in since.new if (one.id, one.device) in unseen}
    # What could not be looked at then and was known before is not new.
    known = {mark for mark, at in ledger.audit_first_seen(NAME, hidden).items() if at < before.at}
    names = {device.name for device in result.devices}
    return Baseline(
        run=before.run,
        at=before.at,
        new=frozenset(finding.fingerprint for finding in since.new) - known,
        gone=len(since.gone),
        unknown=tuple(sorted(names - {device for device, _ in before.tallies})),
        only_new=bool(audit.wanted.baseline),
    )


def _before(result: AuditResult, audit: Audit) -> AuditRecord | None:
    ledger, asked = audit.rooms.ledger, audit.wanted.baseline
    assert ledger is not None
    if asked and asked != LAST:
        found = ledger.audit(asked)
        if found is None or found.audit != NAME:
            known = ", ".join(one.run for one in ledger.audits(NAME, limit=5))
            raise UsageError(
                f"there is no audit {asked!r} to compare with",
                next_step=f"The newest are: {known}" if known else "None was kept yet",
            )
        return found
    points = result.trend
    if points:
        # An audit of one device in between is no measure for one of all.
        most = max(point.devices for point in points)
        return ledger.audit(next(point.run for point in points if point.devices == most))
    if asked:
        raise UsageError("there is no earlier audit by the same packs to compare with")
    return None
