"""Runs the samples of a rule: what it says of things as they could be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from dcops.audit.judge import Judge
from dcops.audit.parameters import Layer, Parameters
from dcops.audit.rule import Content, Rule, Sample
from dcops.audit.subject import Subject
from dcops.errors import InvalidInput
from dcops.model.finding import Finding, Status
from dcops.model.source import Source

NOW = datetime(2026, 1, 15, 1, 0, tzinfo=UTC)
DEVICE = "sample"
IN_FORCE = Parameters()


@dataclass(frozen=True, slots=True)
class Tried:
    """A sample, what it should give, and what it gave."""

    rule: Rule
    line: int
    number: int
    """Which one of its kind."""
    wanted: Status
    findings: tuple[Finding, ...]
    problem: str = ""

    @property
    def seen(self) -> Status | None:
        """The worst that was said; None when nothing could be."""
        statuses = {finding.status for finding in self.findings}
        order = (Status.FAIL, Status.COULD_NOT_CHECK, Status.NOT_APPLICABLE, Status.PASS)
        return next((status for status in order if status in statuses), None)

    @property
    def well(self) -> bool:
        """The rule says what the sample says that it should."""
        return self.seen is self.wanted


def tried(rule: Rule, parameters: Parameters = IN_FORCE) -> Iterator[Tried]:
    """Every sample of a rule. Parameters that a sample sets itself win over those in force."""
    for sample in rule.samples:
        for wanted, contents in (
            (Status.PASS, sample.passing),
            (Status.FAIL, sample.failing),
            (Status.NOT_APPLICABLE, sample.not_applicable),
            (Status.COULD_NOT_CHECK, sample.could_not_check),
        ):
            for number, content in enumerate(contents, start=1):
                try:
                    findings = judged(rule, sample, content, parameters)
                except InvalidInput as error:
                    yield Tried(rule, sample.line, number, wanted, (), error.message)
                else:
                    yield Tried(rule, sample.line, number, wanted, findings)


def judged(rule: Rule, sample: Sample, content: Content, parameters: Parameters = IN_FORCE) -> tuple[Finding, ...]:
    """What a rule says of a content under the circumstances of a sample; raises InvalidInput for its parameters."""
    now = sample.now or NOW
    subject = Subject(
        DEVICE,
        sample.platform,
        role=sample.role,
        site=sample.site,
        tags=sample.tags,
        model=sample.model,
        version=sample.version,
        level=sample.level,
    )
    sources = [
        Source(DEVICE, *each, now, "sample", text, weak=frozenset(sample.weak))
        for each, text in {**sample.besides, rule.source: content}.items()
    ]
    merged = Parameters((Layer(sample.parameters),)).over(parameters)
    return Judge([rule], merged, whole=False).judge(subject, sources, now)
