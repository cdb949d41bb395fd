"""What could not be checked, and why: alike reasons together, the most silent first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dcops.jobs.compliance.result import AuditResult
from dcops.model.finding import Finding, Status
from dcops.model.source import SourceKind


@dataclass(frozen=True, slots=True)
class Unknown:
    """One reason, and what nobody knows because of it."""

    kind: str
    """Of the error that a device met (`timeout`); empty when the device answered."""
    reason: Mapping[str, str]
    """By language; what devices and libraries say is English."""
    devices: tuple[str, ...]
    checks: tuple[str, ...]
    number: int
    """How many pairs of check and device."""


def unknowns(result: AuditResult) -> tuple[Unknown, ...]:
    """Devices that told nothing first, then what the others did not tell."""
    silent = {one.name: one.error for one in result.devices if one.error is not None and not one.tally.told}
    by_error: dict[tuple[str, str], list[Finding]] = {}
    by_evidence: dict[str, list[Finding]] = {}
    for finding in result.open:
        if finding.status is not Status.COULD_NOT_CHECK:
            continue
        error = silent.get(finding.device)
        if error is not None:
            by_error.setdefault((error.kind.value, error.message), []).append(finding)
        else:
            by_evidence.setdefault(finding.evidence, []).append(finding)
    mute = [_unknown(kind, {"en": message}, findings) for (kind, message), findings in by_error.items()]
    rest = [_unknown("", _reason(findings[0]), findings) for findings in by_evidence.values()]
    return (*sorted(mute, key=_most), *sorted(rest, key=_most))


def blind_platforms(result: AuditResult) -> Mapping[str, tuple[str, ...]]:
    """By platform the devices of which no rule reads more than what the inventory states."""
    seen = {
        platform for rule in result.rules.values() if rule.source[0] is not SourceKind.INVENTORY
        for platform in rule.platforms
    }  # fmt: skip
    found: dict[str, list[str]] = {}
    for device in result.devices:
        if device.platform not in seen:
            found.setdefault(device.platform, []).append(device.name)
    return {platform: tuple(names) for platform, names in sorted(found.items())}


def _reason(finding: Finding) -> dict[str, str]:
    return {"en": finding.evidence, **{language: words.evidence for language, words in finding.told.items()}}


def _unknown(kind: str, reason: Mapping[str, str], findings: Collection[Finding]) -> Unknown:
    return Unknown(
        kind,
        reason,
        tuple(sorted({finding.device for finding in findings})),
        tuple(sorted({finding.id for finding in findings})),
        len({(finding.id, finding.device) for finding in findings}),
    )


def _most(one: Unknown) -> tuple[int, str]:
    return -one.number, one.reason["en"]
