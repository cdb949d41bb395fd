"""What a person has to deal with after a night, worst first, alike things together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dcops.jobs.compliance import NAME as COMPLIANCE
from dcops.jobs.nightly.content import Failure, JobLine, NightlyReport, Problem, Standing, Verdict

BACKUP = "backup"
DROP = "drop"
# Of such a run its failed devices are what somebody has to deal with.
NAMED_BY_DEVICE = (Standing.PARTIAL, Standing.FAILED)
ORDER = (
    "nothing-scheduled",
    "job-missing",
    "job-silent",
    "job-lost",
    "job-timeout",
    "job-failed",
    "job-skipped",
    "job-partial",
    "devices-failed",
    "devices-unheard",
    "devices-unproven",
    "pushed-unproven",
    "changes-unread",
    "dead-letters",
    "devices-changed",
    "devices-skipped",
    "maintenance-failed",
    "job-queued",
    "job-running",
    "job-waiting",
    "compliance-new",
    "compliance-ending",
    "findings",
    "compliance-open",
    "job-findings",
)


def problems(report: NightlyReport) -> tuple[Problem, ...]:
    """Everything in a report that is not well."""
    found = [*_jobs(report), *_devices(report), *_surroundings(report)]
    return tuple(sorted(found, key=lambda one: (one.verdict.rank, ORDER.index(one.key), -len(one.devices))))


def _jobs(report: NightlyReport) -> Iterator[Problem]:
    if report.scheduled_jobs == 0:
        yield Problem("nothing-scheduled", Verdict.ACT)
    failing = {one.job for one in report.failures}
    told = {look.job for look in report.looks if look.number}
    if report.compliance is not None:
        told.add(COMPLIANCE)
    for line in report.jobs:
        if line.verdict is Verdict.WELL or line.made_up or not line.scheduled:
            continue
        # The failed devices are named themselves; to name their job as well says nothing more.
        if line.standing in NAMED_BY_DEVICE and line.job in failing and line.counts:
            continue
        if line.standing is Standing.FINDINGS and line.job in told:
            continue
        yield _job(line)


def _job(line: JobLine) -> Problem:
    return Problem(
        f"job-{line.standing}",
        line.verdict,
        job=line.job,
        due=line.due,
        standing=line.standing.value,
        said=line.reason,
        number=1 + line.same,
    )


def _devices(report: NightlyReport) -> Iterator[Problem]:
    failing = {one.device for one in report.failures}
    for group in _alike(one for one in report.failures if not one.in_maintenance):
        first = group[0]
        yield Problem(
            "devices-failed",
            Verdict.ACT,
            job=first.job,
            kind=first.kind,
            devices=tuple(one.device for one in group),
            number=len(group),
            said="; ".join(dict.fromkeys(one.message for one in group if one.message)),
            next_step="; ".join(dict.fromkeys(one.next_step for one in group if one.next_step)),
        )
    at_work = tuple(one.device for one in report.failures if one.in_maintenance)
    if at_work:
        yield Problem("maintenance-failed", Verdict.LOOK, devices=at_work, number=len(at_work))
    if unheard := report.backup.unheard:
        yield Problem("devices-unheard", Verdict.ACT, job=BACKUP, devices=unheard, number=len(unheard))
    left = tuple(
        one.device for one in report.unproven if one.device not in failing and one.device not in report.backup.unheard
    )
    if left:
        yield Problem("devices-unproven", Verdict.ACT, job=BACKUP, devices=left, number=len(left))
    late = tuple(one.device for one in report.pushed if one.late and one.device not in failing)
    if late:
        yield Problem("pushed-unproven", Verdict.ACT, job=DROP, devices=late, number=len(late))
    for skipped in report.skipped:
        if not skipped.expected:
            yield Problem(
                "devices-skipped",
                Verdict.LOOK,
                kind=skipped.kind,
                devices=skipped.devices,
                number=len(skipped.devices),
                said=skipped.message,
            )


def _surroundings(report: NightlyReport) -> Iterator[Problem]:
    if changed := tuple(one.device for one in report.changes or () if not one.first):
        yield Problem("devices-changed", Verdict.LOOK, devices=changed, number=len(changed))
    if report.changes is None:
        yield Problem("changes-unread", Verdict.ACT, said=report.changes_error)
    for look in report.looks:
        if look.number:
            yield Problem("findings", Verdict.LOOK, job=look.job, due=look.at, number=look.number)
    yield from _compliance(report)
    if report.dead_letters:
        yield Problem("dead-letters", Verdict.ACT, number=report.dead_letters)


def _compliance(report: NightlyReport) -> Iterator[Problem]:
    found = report.compliance
    if found is None:
        return
    if found.new:
        yield Problem("compliance-new", Verdict.LOOK, job=COMPLIANCE, due=found.at, number=found.new)
    elif still_open := found.failed + found.could_not_check:
        yield Problem("compliance-open", Verdict.LOOK, job=COMPLIANCE, due=found.at, number=still_open)
    if found.ending:
        yield Problem("compliance-ending", Verdict.LOOK, job=COMPLIANCE, number=len(found.ending))


def _alike(failures: Iterable[Failure]) -> list[list[Failure]]:
    groups: dict[tuple[str, str], list[Failure]] = {}
    for one in failures:
        groups.setdefault((one.job, one.kind), []).append(one)
    return list(groups.values())
