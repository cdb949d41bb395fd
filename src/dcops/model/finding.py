"""Something that a look at the site found, and that a person should know."""

from __future__ import annotations

from dataclasses import dataclass
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

    @property
    def order(self) -> tuple[int, str, str, str]:
        """Worst first, then by check and device."""
        return self.severity.rank, self.id, self.device, self.title
