"""The report of an audit for spreadsheets: one table of everything, the first column says which part a row is of."""

from __future__ import annotations

from collections.abc import Iterator

from dcops.jobs.compliance.report import wording
from dcops.jobs.compliance.report.content import Report
from dcops.jobs.compliance.report.groups import told
from dcops.jobs.sheets import csv_table
from dcops.model.audit import AuditPoint, Tally
from dcops.model.finding import Status
from dcops.templates.render import Texts

_COUNTS = ("fail", "could_not_check", "exception", "pass", "not_applicable")
COLUMNS = (
    "part", "id", "device", "severity", "status", *_COUNTS, "number",
    "title", "evidence", "fix", "reference", "block", "time", "note",
)  # fmt: skip
Row = dict[str, object]


def csv_text(report: Report, texts: Texts) -> str:
    """The table; ids, statuses and severities are the words of JSON in every language."""
    return csv_table(COLUMNS, _rows(report, texts))


def _rows(report: Report, texts: Texts) -> Iterator[Row]:
    result = report.result
    yield {
        "part": "audit",
        "id": result.run,
        "status": report.mood.value,
        **_counts(result.tally),
        "number": len(result.devices),
        "title": wording.title(report, texts),
        "evidence": wording.headline(report, texts),
        "time": _time(report, texts),
        "note": f"{report.site}; {wording.origin(report, texts)}; {result.rules_digest}",
    }
    for severity, number in result.failed_by_severity.items():
        yield {"part": "severity", "id": severity.value, "severity": severity.value, "number": number}
    for pack in result.packs:
        mapped = pack.title.of(texts.language)
        yield {"part": "pack", "id": pack.name, **_counts(result.tally_of(pack.name)), "title": mapped}
    yield from _open(report, texts)
    yield from _findings(report, texts)
    yield from _exceptions(report, texts)
    for point in report.points:
        yield {"part": "trend", "id": point.run, **_counts(point.tally), "number": point.devices, **_at(point, texts)}
    yield from _devices(report, texts)
    yield from _controls(report, texts)
    for line in report.rules:
        rule = line.rule
        yield {
            "part": "rule",
            "id": rule.id,
            "severity": rule.severity.value,
            **_counts(line.tally),
            "title": rule.title.of(texts.language),
            "reference": ", ".join(rule.refs),
        }


def _open(report: Report, texts: Texts) -> Iterator[Row]:
    for unknown in report.unknowns:
        yield {
            "part": "unknown",
            "id": ", ".join(unknown.checks),
            "device": ", ".join(unknown.devices),
            "status": Status.COULD_NOT_CHECK.value,
            "number": unknown.number,
            "title": wording.reason(unknown, texts),
            "evidence": unknown.reason["en"],
        }
    for one in report.unjudged:
        yield {
            "part": "not-judged",
            "device": ", ".join(one.devices),
            "number": len(one.devices),
            "title": wording.left_out(one, texts),
        }


def _findings(report: Report, texts: Texts) -> Iterator[Row]:
    result = report.result
    new = result.baseline.new if result.baseline else frozenset()
    for finding in result.findings:
        words = told(finding, texts.language)
        first = result.first_seen.get(finding.fingerprint)
        yield {
            "part": "finding",
            "id": finding.id,
            "device": finding.device,
            "severity": finding.severity.value,
            "status": finding.status.value,
            "title": words.title,
            "evidence": words.evidence,
            "fix": words.fix,
            "reference": finding.reference,
            "block": finding.block,
            "time": first.astimezone(texts.zone).isoformat(sep=" ", timespec="seconds") if first else "",
            "note": finding.allowed or ("new" if finding.status.open and finding.fingerprint in new else ""),
        }


def _exceptions(report: Report, texts: Texts) -> Iterator[Row]:
    for one in report.result.exceptions:
        yield {
            "part": "exception",
            "id": one.exempt.rule,
            "device": one.exempt.target,
            "number": one.covers,
            "title": f"{one.exempt.reason} ({one.exempt.ticket})",
            "time": one.exempt.until.isoformat(),
            "note": f"{one.exempt.owner}; {wording.time_left(one, texts)}",
        }


def _devices(report: Report, texts: Texts) -> Iterator[Row]:
    for device in report.devices:
        worst = report.worst.get(device.name)
        yield {
            "part": "device",
            "device": device.name,
            "severity": worst.value if worst else "",
            **_counts(device.tally),
            "title": f"{device.site}, {device.role}, {device.platform} {device.version}".strip(),
            "note": device.error.message if device.error else "",
        }
        for source in device.sources:
            yield {
                "part": "source",
                "id": source.title,
                "device": device.name,
                "status": Status.COULD_NOT_CHECK.value if source.problem else "",
                "number": round(source.age_seconds),
                "title": source.origin,
                "evidence": source.problem or source.sha256,
                "time": source.taken.astimezone(texts.zone).isoformat(sep=" ", timespec="seconds"),
            }


def _controls(report: Report, texts: Texts) -> Iterator[Row]:
    for line in report.controls:
        yield {
            "part": "control",
            "id": line.control.id,
            "status": line.standing.value,
            **_counts(line.tally),
            "number": line.devices,
            "title": line.control.title.of(texts.language),
            "reference": ", ".join(line.rules),
            "note": line.limit.reason.of(texts.language) if line.limit else "",
        }
    limits = report.result.limits
    for platform in report.limited_platforms:
        yield {"part": "platform", "id": platform, "note": limits.platforms[platform].of(texts.language)}
    for platform, devices in report.blind_platforms.items():
        yield {
            "part": "platform",
            "id": platform,
            "device": ", ".join(devices),
            "number": len(devices),
            "note": texts.words("audit.blind-platform"),
        }


def _counts(tally: Tally) -> Row:
    return {status.value.replace(" ", "_"): number for status, number in tally.by_status.items()}


def _at(point: AuditPoint, texts: Texts) -> Row:
    return {"time": point.at.astimezone(texts.zone).isoformat(sep=" ", timespec="seconds")}


def _time(report: Report, texts: Texts) -> str:
    return report.result.at.astimezone(texts.zone).isoformat(sep=" ", timespec="seconds")
