"""What makers have published of weaknesses in their software, as a file that somebody brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dcops.audit.fingerprint import fingerprint
from dcops.audit.release import Affected
from dcops.audit.words import Words
from dcops.model.finding import Finding, Severity, Status, Told

AGED = "ADV-001"
REFERENCE = "N-UPD-1"


@dataclass(frozen=True, slots=True)
class Advisory:
    """One weakness of one platform."""

    id: str
    platform: str
    severity: Severity
    title: Words
    affected: tuple[Affected, ...]
    """A release in any of these has it."""
    fixed: tuple[str, ...]
    """Releases without it, for a reader."""
    link: str


@dataclass(frozen=True, slots=True)
class Advisories:
    """A whole file."""

    origin: str
    """Who put it together."""
    day: date
    """As of which it is complete."""
    covers: tuple[str, ...]
    """Platforms of which it names every weakness that counts. Of others its silence means nothing."""
    example: bool
    """It shows how a file is written, and is no list of anything."""
    advisories: tuple[Advisory, ...]

    def of(self, platform: str) -> Mapping[str, Any]:
        """What it says of one platform, as a source for rules."""
        return {
            "origin": self.origin,
            "day": self.day.isoformat(),
            "covered": platform in self.covers,
            "example": self.example,
            "advisories": [
                {
                    "id": each.id,
                    "severity": each.severity.value,
                    "title": each.title.en,
                    "affected": [one.text for one in each.affected],
                    "fixed": list(each.fixed),
                    "link": each.link,
                }
                for each in self.advisories
                if each.platform == platform
            ],
        }

    def aged(self, today: date, most_days: int) -> Finding | None:
        """What is to be said of the file itself: it is the example, or too old; None when neither is so."""
        days = (today - self.day).days
        if self.example:
            english, vietnamese = "it is the example that ships with dcops", "đây là tệp ví dụ đi kèm dcops"
        elif days > most_days:
            english = f"it is of {self.day}, {days} days old; the limit is {most_days}"
            vietnamese = f"lập ngày {self.day}, đã {days} ngày; giới hạn là {most_days}"
        else:
            return None
        fix = "Bring a new compliance/advisories.yaml into the site root: docs/how-to/accounts-and-advisories.md"
        sua = "Đưa tệp compliance/advisories.yaml mới vào thư mục của trung tâm: docs/how-to/accounts-and-advisories.md"
        return Finding(
            AGED,
            Status.FAIL,
            Severity.MEDIUM,
            "",
            "The advisory file is not up to date",
            f"compliance/advisories.yaml: {english}",
            fix,
            REFERENCE,
            fingerprint(AGED, "", "", "example" if self.example else "old"),
            told={"vi": Told("Tệp cảnh báo lỗ hổng chưa cập nhật", f"compliance/advisories.yaml: {vietnamese}", sua)},
        )
