"""What the ledger keeps of an audit: which devices were judged by what, and what was found of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dcops.model.finding import Severity, Status

EVERYTHING = ""
"""The set of all checks that an audit judged by, whatever packs they are in."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many checks of one device came to what. A check that fails in ten places is one."""

    passed: int = 0
    failed: int = 0
    not_applicable: int = 0
    could_not_check: int = 0
    exception: int = 0

    @classmethod
    def of(cls, statuses: Iterable[Status]) -> Tally:
        """Count them."""
        counts = dict.fromkeys(Status, 0)
        for status in statuses:
            counts[status] += 1
        return cls(*(counts[status] for status in _ORDER))

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(self.numbers, other.numbers, strict=True)))

    @property
    def numbers(self) -> tuple[int, int, int, int, int]:
        """In the order in which they are written here."""
        return self.passed, self.failed, self.not_applicable, self.could_not_check, self.exception

    @property
    def by_status(self) -> Mapping[Status, int]:
        """The same, every status named even when there is none of it."""
        return dict(zip(_ORDER, self.numbers, strict=True))

    @property
    def told(self) -> bool:
        """Whether any of it came to an answer, or nothing had to."""
        return not self.could_not_check or bool(self.passed or self.failed or self.exception)

    @property
    def failed_for_sure(self) -> int | None:
        """How many fail at least; None when none is known to and some could not be checked: that is no zero."""
        return None if self.could_not_check and not self.failed else self.failed

    @property
    def total(self) -> int:
        """How many checks there were."""
        return sum(self.numbers)


_ORDER = (Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.COULD_NOT_CHECK, Status.EXCEPTION)


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One thing that was not well, without its words: those are in the report of the run."""

    device: str
    check: str
    fingerprint: str
    status: Status
    severity: Severity
    refs: tuple[str, ...] = ()
    """Controls that ask for it."""
    first_seen: datetime | None = None
    """When an audit first found it; None until the ledger is asked."""


@dataclass(frozen=True, slots=True)
class AuditSource:
    """What was read of one device, so that a later reader can tell whether it is the same."""

    device: str
    source: str
    """`config/running`"""
    taken: datetime
    origin: str
    sha256: str = ""
    """Of the readable content; empty when there was none."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One audit, as the ledger keeps it."""

    run: str
    audit: str
    """`compliance`"""
    at: datetime
    """The time as of which it was judged, UTC."""
    origin: str
    """`read now`, `archive`"""
    packs: tuple[str, ...] = ()
    all_packs: bool = False
    """These are all there are: what its devices came to by others counts no more. Not kept."""
    rules: str = ""
    """A hash of everything it was judged by: rules, parameters, exceptions."""
    exceptions: tuple[Mapping[str, str], ...] = ()
    """Those in force and those that ended: `check`, `device`, `tag`, `owner`, `until`."""
    tallies: Mapping[tuple[str, str], Tally] = field(default_factory=dict)
    """By device and pack; `EVERYTHING` beside the packs."""
    findings: tuple[AuditFinding, ...] = ()
    sources: tuple[AuditSource, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What the newest audit of a device by one pack came to."""

    device: str
    pack: str
    run: str
    at: datetime
    tally: Tally


@dataclass(frozen=True, slots=True)
class AuditPoint:
    """One earlier audit in a trend."""

    run: str
    at: datetime
    devices: int
    """How many of the devices in question it judged."""
    tally: Tally
