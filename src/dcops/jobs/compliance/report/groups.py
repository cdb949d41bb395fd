"""What is open, alike things together: one entry for a check, with every place where it is so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from dcops.audit.rule import Rule
from dcops.jobs.compliance.result import AuditResult
from dcops.model.finding import Finding, Severity, Status, Told


@dataclass(frozen=True)
class Group:
    """One check that fails, and where."""

    check: str
    severity: Severity
    rule: Rule | None
    """None: it is about the exceptions themselves."""
    findings: tuple[Finding, ...]

    @cached_property
    def by_device(self) -> dict[str, tuple[Finding, ...]]:
        """Its findings by device."""
        found: dict[str, list[Finding]] = {}
        for finding in self.findings:
            found.setdefault(finding.device, []).append(finding)
        return {device: tuple(findings) for device, findings in found.items()}


def failing(result: AuditResult) -> tuple[Group, ...]:
    """What fails, worst first, and of what is as grave the more frequent first."""
    found: dict[tuple[str, Severity], list[Finding]] = {}
    for finding in result.open:
        if finding.status is Status.FAIL:
            found.setdefault((finding.id, finding.severity), []).append(finding)
    groups = [
        Group(check, severity, result.rules.get(check), tuple(findings))
        for (check, severity), findings in found.items()
    ]
    return tuple(sorted(groups, key=lambda one: (one.severity.rank, -len(one.by_device), one.check)))


def told(finding: Finding, language: str) -> Told:
    """The words of a finding in a language; in English where it has no others."""
    return finding.told.get(language) or Told(finding.title, finding.evidence, finding.fix)


def fixes(findings: Iterable[Finding], language: str) -> tuple[str, ...]:
    """The different things that are to be done, each once."""
    return tuple(dict.fromkeys(fix for finding in findings if (fix := told(finding, language).fix.strip())))


@dataclass(frozen=True, slots=True)
class Lines:
    """A part of what is to be done: words for a person, or lines to be typed."""

    typed: bool
    text: str


def parts(fix: str) -> tuple[Lines, ...]:
    """Words and typed lines of what is to be done apart: words end as sentences do."""
    found: list[Lines] = []
    for line in fix.strip("\n").splitlines():
        typed = not line.rstrip().endswith(SENTENCE_ENDS)
        if found and found[-1].typed == typed:
            found[-1] = Lines(typed, f"{found[-1].text}\n{line}")
        else:
            found.append(Lines(typed, line))
    return tuple(found)


SENTENCE_ENDS = (".", ":", "!", "?")
