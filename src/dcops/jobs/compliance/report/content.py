"""What the report of an audit says: plain values, worst first. Every form of it takes its numbers from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from dcops.audit.rule import Rule
from dcops.jobs.compliance.report.controls import ControlLine, lines_of
from dcops.jobs.compliance.report.groups import Group, failing
from dcops.jobs.compliance.report.sources import SourceLine, source_lines
from dcops.jobs.compliance.report.unknown import Unknown, blind_platforms, unknowns
from dcops.jobs.compliance.result import AuditResult, DeviceAudited, Unjudged
from dcops.jobs.compliance.run import Done
from dcops.model.audit import AuditPoint, Tally
from dcops.model.finding import Finding, Severity, Status


class Mood(StrEnum):
    """How the page begins. What could not be checked is never well."""

    ACT = "act"
    """Something fails."""
    LOOK = "look"
    """Nothing is known to fail, and not everything is known."""
    WELL = "well"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule, and what it came to on all devices."""

    rule: Rule
    tally: Tally


@dataclass(frozen=True)
class Report:
    """One audit of a site, ready to be put into words."""

    site: str
    lab: bool
    made: datetime
    result: AuditResult
    held: tuple[str, ...] = ()
    """Devices that another run held: nothing was learned of them."""

    @property
    def mood(self) -> Mood:
        """How it begins."""
        tally = self.result.tally
        if tally.failed or any(finding.status is Status.FAIL for finding in self.result.open):
            return Mood.ACT
        known = self.result.devices and not tally.could_not_check and not self.unjudged
        return Mood.WELL if known else Mood.LOOK

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """What fails, worst first."""
        return failing(self.result)

    @cached_property
    def failing_findings(self) -> int:
        """How many places it fails in, of those that are told."""
        return sum(len(group.findings) for group in self.groups)

    @cached_property
    def unknowns(self) -> tuple[Unknown, ...]:
        """What could not be checked, and why."""
        return unknowns(self.result)

    @cached_property
    def unjudged(self) -> tuple[Unjudged, ...]:
        """Devices that were not judged at all."""
        held = (Unjudged("another run held it", self.held),) if self.held else ()
        return (*held, *self.result.unjudged)

    @cached_property
    def controls(self) -> tuple[ControlLine, ...]:
        """Every control of the standards that packs are mapped to."""
        return lines_of(self.result)

    @cached_property
    def devices(self) -> tuple[DeviceAudited, ...]:
        """Worst first."""
        return tuple(sorted(self.result.devices, key=lambda one: _rank(one.tally, one.name)))

    @cached_property
    def worst(self) -> Mapping[str, Severity]:
        """By device the gravest thing that fails there."""
        found: dict[str, Severity] = {}
        for finding in self.result.findings:
            if finding.status is Status.FAIL and finding.device:
                known = found.get(finding.device, finding.severity)
                found[finding.device] = min(known, finding.severity, key=lambda one: one.rank)
        return found

    @cached_property
    def devices_failing(self) -> int:
        """How many devices fail anything."""
        return sum(bool(device.tally.failed) for device in self.result.devices)

    @cached_property
    def rules(self) -> tuple[RuleLine, ...]:
        """Every rule of this audit that was asked of a device, by its id."""
        statuses: dict[str, list[Status]] = {}
        for verdict in self.result.verdicts:
            statuses.setdefault(verdict.check, []).append(verdict.status)
        return tuple(RuleLine(self.result.rules[check], Tally.of(statuses[check])) for check in sorted(statuses))

    @cached_property
    def excepted(self) -> Mapping[str, tuple[Finding, ...]]:
        """By check what fails and is allowed."""
        found: dict[str, list[Finding]] = {}
        for finding in self.result.findings:
            if finding.status is Status.EXCEPTION:
                found.setdefault(finding.id, []).append(finding)
        return {check: tuple(findings) for check, findings in found.items()}

    @cached_property
    def points(self) -> tuple[AuditPoint, ...]:
        """The trend: earlier audits of these devices, the oldest first, and this one at the end."""
        result = self.result
        this = AuditPoint(result.run, result.at, len(result.devices), result.tally)
        return (*reversed(result.trend), this)

    @cached_property
    def blind_platforms(self) -> Mapping[str, tuple[str, ...]]:
        """By platform the devices of which no rule reads anything but the inventory."""
        return blind_platforms(self.result)

    @cached_property
    def limited_platforms(self) -> tuple[str, ...]:
        """Platforms of this audit that show less than rules would ask."""
        present = {device.platform for device in self.result.devices}
        return tuple(platform for platform in self.result.limits.platforms if platform in present)

    @cached_property
    def sources(self) -> tuple[SourceLine, ...]:
        """What was read, by kind."""
        return source_lines(self.result)


def report_of(done: Done, *, site: str, lab: bool, made: datetime) -> Report:
    """The report of an audit that has ended."""
    return Report(site, lab, made, done.result, tuple(sorted(outcome.device for outcome in done.run.held)))


def _rank(tally: Tally, name: str) -> tuple[int, int, int, str]:
    return -tally.failed, -tally.could_not_check, -tally.exception, name
