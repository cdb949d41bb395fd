"""Judges a whole site: every rule and check, every device, and what has been allowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from dcops.audit.check import Check
from dcops.audit.exceptions import Exempt, excused
from dcops.audit.judge import Judge
from dcops.audit.kinds.python import Python
from dcops.audit.parameters import Parameters
from dcops.audit.rule import Rule
from dcops.audit.subject import Subject
from dcops.audit.words import Words
from dcops.model.finding import Finding
from dcops.model.source import Source


def judge(
    rules: Iterable[Rule],
    checks: Iterable[Check],
    sources: Iterable[Source],
    subjects: Sequence[Subject],
    parameters: Parameters,
    exceptions: Sequence[Exempt],
    now: datetime,
) -> tuple[Finding, ...]:
    """A result for every rule and device, and what is to be said of the exceptions.

    Whoever has several processors gives each a `Judge` and a part of the devices, and calls `excused` at the end.
    Raises InvalidInput for a parameter that nobody defined, before anything is looked at.
    """
    by_device: dict[str, list[Source]] = {}
    for source in sources:
        by_device.setdefault(source.device, []).append(source)
    judging = Judge([*rules, *map(as_rule, checks)], parameters)
    judging.prepare(subjects)
    findings = [
        finding for subject in subjects for finding in judging.judge(subject, by_device.get(subject.device, ()), now)
    ]
    return excused(findings, exceptions, subjects, now.date())


def as_rule(check: Check) -> Rule:
    """A check by itself, as a rule that asks for nothing else."""
    return Rule(
        id=check.id,
        title=Words(check.title),
        severity=check.severity,
        platforms=check.platforms,
        requirements=(Python(check.name, check.function, check.parameters),),
        why=Words(check.why),
        fix=Words(check.fix),
        refs=(check.reference,) if check.reference else (),
    )
