"""The report of an audit as one page that needs nothing from outside itself, on a screen and on paper."""

from __future__ import annotations

from collections.abc import Mapping

import dcops
from dcops.audit.packs import CONFIDENCE
from dcops.jobs.compliance.report import wording
from dcops.jobs.compliance.report.chart import bars
from dcops.jobs.compliance.report.content import Report
from dcops.jobs.compliance.report.groups import fixes, parts, told
from dcops.jobs.compliance.report.names import ranges
from dcops.jobs.compliance.report.sources import own_sources
from dcops.model.finding import Severity, Status
from dcops.templates.render import Texts

PLACES = 200
"""So many findings of one check are shown; the page says how many more there are."""
SHORT_HASH = 16
ORDER = (Status.FAIL, Status.COULD_NOT_CHECK, Status.EXCEPTION, Status.PASS, Status.NOT_APPLICABLE)
"""Of columns and tiles: what somebody has to care about first."""


def html(report: Report, texts: Texts) -> str:
    """The page."""
    return texts.render("report/compliance.html.j2", _values(report, texts))


def _values(report: Report, texts: Texts) -> Mapping[str, object]:
    language = texts.language
    return {
        "report": report,
        "result": report.result,
        "statuses": ORDER,
        "severities": tuple(Severity),
        "title": wording.title(report, texts),
        "subject": wording.subject(report, texts),
        "headline": wording.headline(report, texts),
        "below": wording.below(report, texts),
        "origin": wording.origin(report, texts),
        "compared": wording.compared(report, texts),
        "reason": lambda one: wording.reason(one, texts),
        "left_out": lambda one: wording.left_out(one, texts),
        "time_left": lambda one: wording.time_left(one, texts),
        "told": lambda finding: told(finding, language),
        "fixes": lambda findings: fixes(findings, language),
        "parts": parts,
        "ranges": ranges,
        "own_sources": lambda device: own_sources(device, report.sources),
        "said": lambda words: words.of(language),
        "sure": {letter: words.of(language) for letter, words in CONFIDENCE.items()},
        "bars": bars(report.points),
        "shown": PLACES,
        "hash": SHORT_HASH,
        "version": dcops.__version__,
    }
