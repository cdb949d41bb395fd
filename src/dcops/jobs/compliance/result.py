"""An audit as reports are made of it: who was judged by what, every verdict, what to do, and how it was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from dcops.audit.exceptions import Exempt
from dcops.audit.limits import Limits
from dcops.audit.packs import Control, Pack
from dcops.audit.rule import Rule
from dcops.errors import DeviceError
from dcops.model.audit import EVERYTHING, AuditPoint, Tally
from dcops.model.finding import Finding, Severity, Status


@dataclass(frozen=True, slots=True)
class SourceUsed:
    """One thing that was read of a device."""

    title: str
    """`config/running`"""
    origin: str
    """`read now`, `archive 1a2b3c4d`"""
    taken: datetime
    age_seconds: float
    """When it was judged."""
    sha256: str = ""
    """Of its readable content; empty when there was none."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DeviceAudited:
    """One device that was judged."""

    name: str
    site: str
    role: str
    platform: str
    vendor: str
    model: str
    version: str
    in_service: bool
    sources: tuple[SourceUsed, ...]
    tallies: Mapping[str, Tally]
    """By pack; EVERYTHING beside the packs."""
    error: DeviceError | None = None
    """Why it did not give all that was asked of it."""

    @property
    def tally(self) -> Tally:
        """Of all checks."""
        return self.tallies[EVERYTHING]


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Devices that were left out, for one reason."""

    reason: str
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check came to on one device."""

    check: str
    device: str
    status: Status
    severity: Severity


@dataclass(frozen=True, slots=True)
class Allowed:
    """An exception, and how much time it has left."""

    exempt: Exempt
    days_left: int
    """Below 0: it has ended."""
    covers: int
    """How many findings of this audit it covers."""

    @property
    def ends_soon(self) -> bool:
        """People are warned of it."""
        return 0 <= self.days_left <= WARNED_DAYS

    @property
    def ended(self) -> bool:
        """It counts no more."""
        return self.days_left < 0


WARNED_DAYS = 30


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier audit that this one is compared with."""

    run: str
    at: datetime
    new: frozenset[str]
    """Fingerprints of what is open now and was not then."""
    gone: int
    """How many things were open then, of what was judged now as well, and are no more."""
    unknown: tuple[str, ...] = ()
    """Devices that it did not judge: all that is open on them counts as new."""
    only_new: bool = False
    """Only what is new since is to be told of."""


@dataclass(frozen=True)
class AuditResult:
    """One audit, ready to be shown, written down or compared."""

    run: str
    at: datetime
    """The time as of which it was judged: of a past night, the end of that time."""
    started: datetime
    finished: datetime
    origin: str
    """`read now`, `archive`, `archive at 2026-01-15`"""
    past: bool
    """It is about another time than now."""
    today: date
    """The day as of which exceptions were looked at."""
    packs: tuple[Pack, ...]
    all_packs: bool
    """These are all there are."""
    rules: Mapping[str, Rule]
    """Those that were judged by, by id."""
    controls: Mapping[str, Control]
    rules_digest: str
    devices: tuple[DeviceAudited, ...]
    unjudged: tuple[Unjudged, ...]
    findings: tuple[Finding, ...]
    """A finding for every pair of rule and device, several where several things are wrong; worst first."""
    exceptions: tuple[Allowed, ...] = ()
    """The first to end first."""
    trend: tuple[AuditPoint, ...] = ()
    """Earlier audits of these devices by the same packs, the newest first."""
    trends: Mapping[str, tuple[AuditPoint, ...]] = field(default_factory=dict)
    """The same for each pack."""
    first_seen: Mapping[str, datetime] = field(default_factory=dict)
    """When each fingerprint was first found; empty when the ledger could not be asked."""
    baseline: Baseline | None = None
    limits: Limits = field(default_factory=Limits)
    """What no rule looks at."""

    @property
    def pre_service(self) -> tuple[str, ...]:
        """The devices that nothing depends on yet: of them this is the report before they go into service (R-CFG-9)."""
        return tuple(device.name for device in self.devices if not device.in_service)

    @property
    def is_pre_service(self) -> bool:
        """It is about nothing else."""
        return bool(self.devices) and len(self.pre_service) == len(self.devices)

    @cached_property
    def open(self) -> tuple[Finding, ...]:
        """What a person has to deal with, worst first; or only what is new of it, where that was asked for."""
        if self.baseline is not None and self.baseline.only_new:
            return self.new
        return tuple(finding for finding in self.findings if finding.status.open)

    @cached_property
    def new(self) -> tuple[Finding, ...]:
        """What is open and was not in the audit that it is compared with, worst first; nothing when there is none."""
        new = self.baseline.new if self.baseline else frozenset()
        return tuple(finding for finding in self.findings if finding.status.open and finding.fingerprint in new)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One for each rule and device, by device and rule."""
        found: dict[tuple[str, str], Finding] = {}
        for finding in self.findings:
            if finding.id in self.rules:
                key = (finding.device, finding.id)
                found[key] = min(found.get(key, finding), finding, key=lambda one: _WORST.index(one.status))
        return tuple(
            Verdict(finding.id, finding.device, finding.status, finding.severity)
            for _, finding in sorted(found.items())
        )

    @cached_property
    def tally(self) -> Tally:
        """Of all devices and checks."""
        return sum((device.tally for device in self.devices), Tally())

    def tally_of(self, pack: str) -> Tally:
        """Of one pack, all devices together."""
        return sum((device.tallies[pack] for device in self.devices if pack in device.tallies), Tally())

    @property
    def failed_by_severity(self) -> Mapping[Severity, int]:
        """How many findings fail, by severity; each named even when there is none."""
        counts = dict.fromkeys(Severity, 0)
        for finding in self.findings:
            counts[finding.severity] += finding.status is Status.FAIL
        return counts


_WORST = (Status.FAIL, Status.COULD_NOT_CHECK, Status.EXCEPTION, Status.PASS, Status.NOT_APPLICABLE)


def worst(statuses: frozenset[Status]) -> Status:
    """What several findings of one check on one device come to."""
    return min(statuses, key=_WORST.index)
