"""Something that a look at the site found, and that a person should know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """What came of a look. What could not be looked at is never well."""

    PASS = "pass"  # noqa: S105  the word for a check that is well
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"
    COULD_NOT_CHECK = "could not check"
    EXCEPTION = "exception"
    """It fails, and somebody in charge has allowed that for a time."""

    @property
    def open(self) -> bool:
        """A person has to deal with it."""
        return self in (Status.FAIL, Status.COULD_NOT_CHECK)


class Severity(StrEnum):
    """How much hangs on it."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Told:
    """The words of a finding in another language than English."""

    title: str
    evidence: str
    fix: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. Texts of devices in it are harmless to a terminal only after the door made them so."""

    id: str
    """Of the check: `DISC-001`."""
    status: Status
    severity: Severity
    device: str
    """The device of the inventory that it is about, or that saw it; empty when it is about a whole site."""
    title: str
    evidence: str
    """What was seen, where."""
    fix: str
    """What to do next."""
    reference: str = ""
    """Requirement, standard or page that asks for it."""
    fingerprint: str = ""
    """The same for the same fault of the same device at every look; empty when nobody compares looks."""
    block: str = ""
    """The part of the configuration that it is about: `line vty 0 4`; empty when it is about all of it."""
    source: str = ""
    """What was read, whence and when: `config/running, read now, 2026-01-15T01:00:00Z`."""
    allowed: str = ""
    """Who allowed it until when and why, of an exception."""
    told: Mapping[str, Told] = field(default_factory=dict, repr=False, compare=False)
    """The same words by language: `vi`."""

    def __reduce__(self) -> tuple[type[Finding], tuple[object, ...]]:
        """As plain values: hundreds of thousands of findings come from one process to another."""
        return Finding, tuple(getattr(self, name) for name in self.__slots__)

    @property
    def order(self) -> tuple[int, str, str, str]:
        """Worst first, then by check and device."""
        return self.severity.rank, self.id, self.device, self.title
