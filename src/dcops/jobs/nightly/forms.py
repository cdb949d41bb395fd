"""The forms of a nightly report: page, plain text, JSON and CSV, all with the same numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import dcops
from dcops.jobs.changes import Changed
from dcops.jobs.maintenance import covers_everything
from dcops.jobs.nightly import compliance, found
from dcops.jobs.nightly.content import JobLine, NightlyReport, Problem, Pushed, Standing, Unproven, Verdict
from dcops.jobs.sheets import csv_table
from dcops.model.finding import Status
from dcops.model.job import MaintenanceWindow
from dcops.model.moment import rfc3339
from dcops.model.run import Result
from dcops.templates.render import Texts

_COLUMNS = ("part", "verdict", "subject", "site", "state", "time", "number", "text", "next_step")


def html(report: NightlyReport, texts: Texts) -> str:
    """One page that needs nothing from outside itself."""
    return texts.render("report/nightly.html.j2", _values(report, texts))


def text(report: NightlyReport, texts: Texts, *, place: str = "") -> str:
    """What is mailed; `place` says where the page lies."""
    return texts.render("report/nightly.txt.j2", {**_values(report, texts), "place": place})


def subject(report: NightlyReport, texts: Texts) -> str:
    """The subject of the mail: whether it has to be read at once."""
    return texts.words(
        f"report.mail-subject-{report.verdict}",
        site=report.site,
        day=texts.day(report.until),
        n=_number(report),
    )


def headline(report: NightlyReport, texts: Texts) -> str:
    """The night in a few words."""
    return texts.words(f"report.verdict-{report.verdict}", n=_number(report))


def night_title(report: NightlyReport, texts: Texts) -> str:
    """Which night it was: `Đêm 14/01 rạng sáng 15/01/2026`."""
    return texts.words("report.night", from_day=texts.day_short(report.since), to_day=texts.day(report.until))


def sentence(problem: Problem, texts: Texts) -> str:
    """A problem in words."""
    said = texts.words(
        f"problem.{problem.key}",
        n=problem.number,
        job=job_title(problem.job, texts),
        due=texts.short(problem.due) if problem.due else "",
        kind=kind_title(problem.kind, texts, problem.job),
        hours=26,
    )
    if problem.standing and problem.number > 1:
        said += f" ({texts.words('report.alike', n=problem.number - 1)})"
    return said


def step(problem: Problem, texts: Texts) -> str:
    """What to do about a problem: in English what the one who met the error said, in Vietnamese by its kind."""
    words = texts.words
    if problem.key == "devices-failed":
        return _failure_step(problem.kind, problem.next_step, texts, problem.job)
    return words(f"problem-step.{problem.key}", name=problem.job)


def job_title(job: str, texts: Texts) -> str:
    """A job's name as readers know it."""
    return texts.words(f"job.{job}", otherwise=job)


def kind_title(kind: str, texts: Texts, job: str = "") -> str:
    """What went wrong, in words; some jobs have words of their own for it."""
    return texts.words(f"kind.{job}-{kind}", otherwise=texts.words(f"kind.{kind}", otherwise=kind))


def counts(line: JobLine, texts: Texts) -> str:
    """Devices of a run by result; a run that never told has no numbers, not zeros."""
    if not line.counts:
        return "–" if line.standing.done else texts.words("report.unknown")
    worst_first = (Result.TIMEOUT, Result.FAILED, Result.CHANGED, Result.OK, Result.UNCHANGED, Result.SKIPPED)
    parts = [
        f"{texts.number(line.counts[result])} {texts.words(f'result.{result}')}"
        for result in worst_first
        if line.counts.get(result)
    ]
    return ", ".join(parts)


def remarks(line: JobLine, texts: Texts) -> str:
    """What else there is to say of a run."""
    words = texts.words
    parts = [
        "" if line.scheduled else words("report.by-hand"),
        words("report.attempt", n=line.attempt) if line.attempt > 1 else "",
        words("report.made-up") if line.made_up else "",
        words("report.same" if line.standing is Standing.OK else "report.alike", n=line.same) if line.same else "",
    ]
    return ", ".join(part for part in parts if part)


def pushed_state(one: Pushed, texts: Texts) -> str:
    """How it stands with a device that pushes its backup."""
    if not one.watched:
        return texts.words("report.pushed-unwatched")
    if one.late:
        return texts.words("report.pushed-late", hours=one.max_age_hours)
    return texts.words("report.pushed-well" if one.last else "report.pushed-new", hours=one.max_age_hours)


def restore_tests(report: NightlyReport, texts: Texts) -> str:
    """How many backups were opened within a year, and how long ago that was for the oldest."""
    tests = report.restore_tests
    oldest = texts.words("report.restore-tests-oldest", day=texts.day(tests.oldest)) if tests.oldest else ""
    said = texts.words("report.restore-tests-within", n=texts.number(tests.within), of=texts.number(tests.of))
    return f"{said}{oldest}"


def compliance_said(report: NightlyReport, texts: Texts) -> str:
    """What the audit of the night came to, in one sentence."""
    one = report.compliance
    if one is None:
        return texts.words("report.unknown")
    said = texts.words(
        "report.compliance-said",
        failed=texts.number(one.failed),
        unknown=texts.number(one.could_not_check),
        devices=texts.number(one.devices),
    )
    if one.new is None or one.gone is None:
        return said
    return said + texts.words("report.compliance-change", new=texts.number(one.new), gone=texts.number(one.gone))


def exception_end(ending: compliance.Ending, texts: Texts) -> str:
    """When an exception ends, or ended."""
    if ending.days_left < 0:
        return texts.words("report.exception-ended", n=-ending.days_left, until=ending.until)
    return texts.words("report.exception-ends", n=ending.days_left, until=ending.until)


def finding_title(one: found.Found, texts: Texts) -> str:
    """What was found, in words."""
    unknown = one.status == Status.COULD_NOT_CHECK
    return texts.words("finding.could-not-check" if unknown else f"finding.{one.id}", otherwise=one.title)


def scope(window: MaintenanceWindow, texts: Texts) -> str:
    """What a maintenance is about."""
    if covers_everything(window):
        return texts.words("report.everything")
    kinds = (window.sites, window.roles, window.platforms, window.devices, window.tags)
    return " + ".join(", ".join(names) for names in kinds if names)


def as_json(report: NightlyReport) -> dict[str, Any]:
    """The report as machines read it. What is not known is null, never 0."""
    return {
        "report": "nightly",
        "site": report.site,
        "lab": report.lab,
        "night": report.night.isoformat(),
        "since": rfc3339(report.since),
        "until": rfc3339(report.until),
        "made": rfc3339(report.made),
        "verdict": report.verdict.value,
        "summary": _summary(report),
        "problems": [
            {
                "problem": one.key,
                "verdict": one.verdict.value,
                "job": one.job or None,
                "due": _time(one.due),
                "kind": one.kind or None,
                "devices": list(one.devices),
                "message": one.said,
                "next_step": one.next_step,
            }
            for one in report.problems
        ],
        "jobs": [
            {
                "job": line.job,
                "due": rfc3339(line.due),
                "state": line.standing.value,
                "verdict": line.verdict.value,
                "scheduled": line.scheduled,
                "started": _time(line.started),
                "seconds": round(line.seconds, 3) if line.seconds is not None else None,
                "attempt": line.attempt,
                "reason": line.reason,
                "counts": dict(line.counts) or None,
                "artefact": line.artefact or None,
                "made_up": line.made_up,
                "runs_alike": line.same,
            }
            for line in report.jobs
        ],
        "failures": [
            {
                "device": one.device,
                "site": one.site,
                "job": one.job,
                "kind": one.kind,
                "message": one.message,
                "next_step": one.next_step,
                "last_success": _time(one.last_success),
                "in_maintenance": one.in_maintenance,
            }
            for one in report.failures
        ],
        "changes": None if report.changes is None else [_change(one) for one in report.changes],
        "changes_error": report.changes_error or None,
        "recovered": list(report.backup.recovered),
        "unheard": list(report.backup.unheard),
        "without_backup": [
            {"device": one.device, "site": one.site, "last_success": _time(one.last_success), "hours": one.hours}
            for one in report.unproven
        ],
        "pushed_backups": [
            {
                "device": one.device,
                "site": one.site,
                "watched": one.watched,
                "late": one.late,
                "last_arrival": _time(one.last),
                "hours": one.hours,
                "max_age_hours": one.max_age_hours,
                "file": one.name or None,
                "bytes": one.size,
                "sha256": one.sha256 or None,
                "arrivals_in_the_night": one.arrivals,
            }
            for one in report.pushed
        ],
        "restore_tests": {
            "devices": report.restore_tests.of,
            "within_a_year": report.restore_tests.within,
            "oldest": _time(report.restore_tests.oldest),
        },
        "compliance": compliance.as_json(report.compliance),
        "findings": [found.as_json(look) for look in report.looks],
        "skipped": [
            {"kind": one.kind or None, "message": one.message, "devices": list(one.devices)} for one in report.skipped
        ],
        "maintenance": [
            {
                "id": one.id,
                "start": rfc3339(one.start),
                "end": rfc3339(one.end),
                "who": one.who,
                "reason": one.reason,
                "sites": list(one.sites),
                "roles": list(one.roles),
                "platforms": list(one.platforms),
                "devices": list(one.devices),
                "tags": list(one.tags),
            }
            for one in report.maintenance
        ],
    }


def json_text(report: NightlyReport) -> str:
    """The JSON document."""
    return json.dumps(as_json(report), ensure_ascii=False, indent=2) + "\n"


def csv_text(report: NightlyReport, texts: Texts) -> str:
    """One table of everything, for spreadsheets: the first column says which part a row belongs to."""
    return csv_table(_COLUMNS, _rows(report, texts))


def _rows(report: NightlyReport, texts: Texts) -> Iterator[dict[str, object]]:
    yield {
        "part": "night",
        "verdict": report.verdict.value,
        "subject": report.night.isoformat(),
        "site": report.site,
        "time": _local(report.made, texts),
        "text": headline(report, texts),
    }
    for name, number in _summary(report).items():
        yield {"part": "summary", "subject": name, "number": "unknown" if number is None else number}
    for problem in report.problems:
        yield {
            "part": "problem",
            "verdict": problem.verdict.value,
            "subject": ", ".join(problem.devices) or problem.job,
            "state": problem.key,
            "time": _local(problem.due, texts),
            "number": len(problem.devices) or "",
            "text": sentence(problem, texts),
            "next_step": step(problem, texts),
        }
    for line in report.jobs:
        yield {
            "part": "job",
            "verdict": line.verdict.value,
            "subject": line.job,
            "state": line.standing.value,
            "time": _local(line.due, texts),
            "number": round(line.seconds, 1) if line.seconds is not None else "unknown",
            "text": "; ".join(part for part in (counts(line, texts), remarks(line, texts), line.reason) if part),
        }
    for failure in report.failures:
        yield {
            "part": "failure",
            "verdict": (Verdict.LOOK if failure.in_maintenance else Verdict.ACT).value,
            "subject": failure.device,
            "site": failure.site,
            "state": failure.kind,
            "time": _local(failure.last_success, texts),
            "text": failure.message,
            "next_step": failure.next_step,
        }
    for change in report.changes or ():
        yield {
            "part": "change",
            "subject": change.device,
            "state": "first version" if change.first else "changed",
            "time": _local(change.taken, texts),
            "number": "" if change.first else change.added + change.removed,
            "text": "" if change.first else f"{change.added} lines added, {change.removed} removed",
        }
    for unproven in report.unproven:
        yield {
            "part": "without-backup",
            "subject": unproven.device,
            "site": unproven.site,
            "time": _local(unproven.last_success, texts),
            "number": "unknown" if unproven.hours is None else unproven.hours,
        }
    for pushed in report.pushed:
        yield {
            "part": "pushed",
            "verdict": (Verdict.ACT if pushed.late else Verdict.WELL).value,
            "subject": pushed.device,
            "site": pushed.site,
            "state": pushed_state(pushed, texts),
            "time": _local(pushed.last, texts),
            "number": "unknown" if pushed.hours is None else pushed.hours,
            "text": ", ".join(word for word in (pushed.name, _bytes(pushed.size, texts), pushed.sha256[:8]) if word),
        }
    yield {
        "part": "restore-tests",
        "subject": report.site,
        "time": _local(report.restore_tests.oldest, texts),
        "number": report.restore_tests.within,
        "text": restore_tests(report, texts),
    }
    yield from _compliance_rows(report, texts)
    for look in report.looks:
        for one in look.found:
            yield {
                "part": "finding",
                "verdict": Verdict.LOOK.value,
                "subject": one.device,
                "state": one.status,
                "time": _local(look.at, texts),
                "text": f"{one.id}: {one.title}; {one.evidence}",
                "next_step": one.fix,
            }
    for skipped in report.skipped:
        for device in skipped.devices:
            yield {"part": "skipped", "subject": device, "state": skipped.kind, "text": skipped.message}
    for window in report.maintenance:
        yield {
            "part": "maintenance",
            "subject": scope(window, texts),
            "time": _local(window.start, texts),
            "text": f"{window.who}: {window.reason}",
        }


def _compliance_rows(report: NightlyReport, texts: Texts) -> Iterator[dict[str, object]]:
    one = report.compliance
    if one is None:
        return
    yield {
        "part": "compliance",
        "verdict": (Verdict.LOOK if one.failed or one.could_not_check else Verdict.WELL).value,
        "subject": report.site,
        "time": _local(one.at, texts),
        "number": one.failed,
        "text": compliance_said(report, texts),
    }
    for fault in one.faults:
        yield {
            "part": "compliance-new",
            "verdict": Verdict.LOOK.value,
            "subject": fault.device,
            "state": fault.status,
            "time": _local(one.at, texts),
            "text": f"{fault.check} ({fault.severity}): {fault.title(texts.language)}",
        }
    for ending in one.ending:
        yield {
            "part": "exception",
            "verdict": Verdict.LOOK.value,
            "subject": ending.target,
            "state": ending.check,
            "number": ending.days_left,
            "text": f"{exception_end(ending, texts)}; {ending.owner}, {ending.ticket}",
        }


def _summary(report: NightlyReport) -> dict[str, int | None]:
    return {
        "to_act": report.to_act,
        "to_look": report.to_look,
        "runs_due": report.runs_due,
        "runs_done": report.runs_done,
        "devices": report.backup.of,
        "devices_backed_up": report.backup.archived,
        "devices_failed": len(report.failures) if report.backup.archived is not None else None,
        "devices_changed": report.changed_devices,
        "devices_without_backup": len(report.unproven),
        "devices_unheard": len(report.backup.unheard) if report.backup.archived is not None else None,
        "devices_pushing": len(report.pushed),
        "devices_pushing_late": sum(one.late for one in report.pushed),
        "findings": sum(look.number for look in report.looks) if report.looks else None,
        "compliance_failed": report.compliance.failed if report.compliance else None,
        "compliance_could_not_check": report.compliance.could_not_check if report.compliance else None,
        "compliance_new": report.compliance.new if report.compliance else None,
        "devices_restore_tested": report.restore_tests.within,
        "dead_letters": report.dead_letters,
    }


def _change(one: Changed) -> dict[str, Any]:
    return {
        "device": one.device,
        "taken": rfc3339(one.taken),
        "revision": one.revision,
        "before": one.before or None,
        "first_version": one.first,
        "key_rotated": one.key_rotated,
        "added": None if one.first else one.added,
        "removed": None if one.first else one.removed,
        "documents": [
            {
                "sources": list(document.sources),
                "added": document.added,
                "removed": document.removed,
                "diff": document.diff,
                "lines_left_out": document.hidden,
            }
            for document in one.documents
        ],
    }


def _values(report: NightlyReport, texts: Texts) -> dict[str, object]:
    return {
        "report": report,
        "title": night_title(report, texts),
        "headline": headline(report, texts),
        "sentence": lambda problem: sentence(problem, texts),
        "step": lambda problem: step(problem, texts),
        "job_title": lambda job: job_title(job, texts),
        "kind_title": lambda kind, job="": kind_title(kind, texts, job),
        "counts": lambda line: counts(line, texts),
        "remarks": lambda line: remarks(line, texts),
        "scope": lambda window: scope(window, texts),
        "restore_tests": restore_tests(report, texts),
        "compliance": compliance_said(report, texts),
        "fault_title": lambda fault: fault.title(texts.language),
        "exception_end": lambda ending: exception_end(ending, texts),
        "finding_title": lambda one: finding_title(one, texts),
        "finding_step": lambda one: _finding_step(one, texts),
        "pushed_state": lambda one: pushed_state(one, texts),
        "failure_step": lambda failure: _failure_step(failure.kind, failure.next_step, texts, failure.job),
        "by_last_success": _by_last_success(report, texts),
        "version": dcops.__version__,
    }


def _by_last_success(report: NightlyReport, texts: Texts) -> list[list[Unproven]]:
    """Devices whose last good backup is of the same minute: mostly one line for a whole night."""
    groups: dict[str, list[Unproven]] = {}
    for one in report.unproven:
        groups.setdefault(texts.moment(one.last_success) if one.last_success else "", []).append(one)
    return list(groups.values())


def _failure_step(kind: str, next_step: str, texts: Texts, job: str) -> str:
    known = texts.words(f"kind-step.{kind}", otherwise=texts.words("kind-step.failed"))
    known = texts.words(f"kind-step.{job}-{kind}", otherwise=known)
    return next_step or known if texts.language == "en" else known


def _finding_step(one: found.Found, texts: Texts) -> str:
    return one.fix if texts.language == "en" and one.fix else texts.words(f"finding-step.{one.id}", otherwise=one.fix)


def _bytes(size: int | None, texts: Texts) -> str:
    return texts.words("report.bytes", n=texts.number(size)) if size is not None else ""


def _number(report: NightlyReport) -> int:
    return report.to_act if report.verdict is Verdict.ACT else report.to_look


def _time(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


def _local(moment: datetime | None, texts: Texts) -> str:
    """A time that a spreadsheet sorts, with its distance from UTC."""
    return moment.astimezone(texts.zone).isoformat(sep=" ", timespec="seconds") if moment else ""
