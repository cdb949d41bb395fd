"""Sentences of the report of an audit, in the reader's language."""

from __future__ import annotations

from dcops.jobs.compliance.report.content import Mood, Report
from dcops.jobs.compliance.report.names import ranges
from dcops.jobs.compliance.report.unknown import Unknown
from dcops.jobs.compliance.result import Allowed, Unjudged
from dcops.jobs.compliance.run import NO_RULE
from dcops.model.finding import Status
from dcops.templates.render import Texts


def title(report: Report, texts: Texts) -> str:
    """What kind of report it is."""
    return texts.words("audit.pre-service" if report.result.is_pre_service else "audit.title")


def subject(report: Report, texts: Texts) -> str:
    """Whom it is about."""
    names = [device.name for device in report.result.devices]
    return ", ".join(sorted(names)) if 0 < len(names) <= 3 else texts.words("count.devices", n=len(names))


def headline(report: Report, texts: Texts) -> str:
    """The audit in a few words."""
    tally = report.result.tally
    if report.mood is Mood.ACT:
        if report.result.baseline is not None and report.result.baseline.only_new:
            new = sum(finding.status is Status.FAIL for finding in report.result.open)
            return texts.words("audit.verdict-new", n=new, number=texts.number(new))
        if not tally.failed:
            return texts.words("audit.verdict-exceptions")
        return texts.words(
            "audit.verdict-act",
            n=tally.failed,
            number=texts.number(tally.failed),
            devices=texts.number(report.devices_failing),
        )
    if report.mood is Mood.WELL:
        return texts.words("audit.verdict-well")
    if not report.result.devices:
        return texts.words("audit.verdict-nothing")
    unknown = tally.could_not_check
    return texts.words("audit.verdict-look", n=unknown, number=texts.number(unknown))


def below(report: Report, texts: Texts) -> str:
    """What has to be known besides the headline."""
    tally, words = report.result.tally, texts.words
    parts = []
    if tally.could_not_check and report.mood is Mood.ACT:
        parts.append(
            words("audit.besides-unknown", n=tally.could_not_check, number=texts.number(tally.could_not_check))
        )
    unjudged = sum(len(one.devices) for one in report.unjudged)
    if unjudged:
        parts.append(words("audit.besides-unjudged", n=unjudged, number=texts.number(unjudged)))
    if tally.exception:
        parts.append(words("audit.besides-exceptions", n=tally.exception, number=texts.number(tally.exception)))
    if report.result.is_pre_service:
        ready = report.mood is Mood.WELL
        parts.append(words("audit.ready" if ready else "audit.not-ready"))
    return " ".join(parts)


def origin(report: Report, texts: Texts) -> str:
    """Where that was taken from which was judged."""
    result, words = report.result, texts.words
    if result.past:
        return words("audit.origin-past", at=texts.moment(result.at))
    return words("audit.origin-archive" if result.origin == "archive" else "audit.origin-now")


def compared(report: Report, texts: Texts) -> str:
    """What changed since the audit that it is compared with; nothing when there is none."""
    baseline = report.result.baseline
    if baseline is None:
        return ""
    new = [finding.status for finding in report.result.new]
    said = texts.words(
        "audit.compared",
        at=texts.moment(baseline.at),
        new=new.count(Status.FAIL),
        unknown=new.count(Status.COULD_NOT_CHECK),
        gone=baseline.gone,
    )
    if baseline.unknown:
        said += " " + texts.words("audit.compared-unknown", devices=", ".join(ranges(baseline.unknown)))
    return said


def reason(unknown: Unknown, texts: Texts) -> str:
    """Why something could not be checked; of an error what kind it is, its own words stand beside it."""
    if unknown.kind:
        return texts.words(f"kind.{unknown.kind}", otherwise=unknown.kind)
    return unknown.reason.get(texts.language) or unknown.reason["en"]


def left_out(one: Unjudged, texts: Texts) -> str:
    """Why devices were not judged."""
    if one.reason.startswith(NO_RULE):
        return texts.words("audit.no-rule", platform=one.reason.removeprefix(NO_RULE).strip())
    known = {"it has no platform": "audit.no-platform", "another run held it": "audit.held"}
    return texts.words(known[one.reason]) if one.reason in known else one.reason


def time_left(allowed: Allowed, texts: Texts) -> str:
    """How long an exception still counts."""
    if allowed.ended:
        return texts.words("audit.ended", n=-allowed.days_left)
    return texts.words("audit.ends", n=allowed.days_left) if allowed.days_left else texts.words("audit.ends-today")
