"""Which local accounts somebody has approved, for which devices, until when. No password stands here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from dcops.audit.subject import Subject


class Rights(StrEnum):
    """What an account may do."""

    FULL = "full"
    LIMITED = "limited"


@dataclass(frozen=True, slots=True)
class Approval:
    """One account, or one of the same name on several devices."""

    name: str
    owner: str
    role: str
    """What it is for."""
    until: date
    """The last day on which it counts."""
    rights: Rights = Rights.FULL
    optional: bool = False
    """Nothing is wrong where it is not there."""
    devices: tuple[str, ...] = ()
    """Names or patterns; empty: any. All of what is given must fit."""
    tags: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()

    def fits(self, subject: Subject) -> bool:
        """Whether it is for this device."""
        return (
            (not self.devices or any(fnmatchcase(subject.device, pattern) for pattern in self.devices))
            and (not self.tags or any(tag in self.tags for tag in subject.tags))
            and (not self.platforms or subject.platform in self.platforms)
            and (not self.sites or subject.site in self.sites)
        )


def approved(approvals: Iterable[Approval], subject: Subject) -> Mapping[str, Any]:
    """What is approved on one device, as a source for rules."""
    return {
        "accounts": [
            {
                "name": each.name,
                "owner": each.owner,
                "role": each.role,
                "until": each.until.isoformat(),
                "rights": each.rights.value,
                "optional": each.optional,
            }
            for each in approvals
            if each.fits(subject)
        ]
    }
