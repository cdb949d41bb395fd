"""What is known of the backups of one device. What could not be looked at is Unknown, and never counts as nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Unknown:
    """It could not be looked at."""

    why: str


@dataclass(frozen=True, slots=True)
class Archived:
    """The newest version of a device in the archive."""

    taken: datetime
    problem: str = ""
    """What is wrong with its sealed files; empty when they are whole."""
    restores: bool = True
    """It holds something that the device can be brought back with."""
    holders: int = 2
    """How many different keys can open it, each of them alone."""


class AtCopy(StrEnum):
    """How the newest version of a device stands at the second store."""

    THERE = "there"
    WAITING = "waiting"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Copied:
    """The second store, as this host saw it last."""

    state: AtCopy
    seen: datetime | None
    """None: nothing was ever copied there."""
    max_lag: timedelta
    """`[copy] max_lag_hours`: how far it may be behind."""
    waiting_since: datetime | None = None
    """Of `waiting`: when the oldest version was taken that is not there."""


@dataclass(frozen=True, slots=True)
class Drilled:
    """The last time that a restore was tried."""

    at: datetime
    passed: bool
    result: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one device. None means that somebody looked and that there is nothing."""

    backed_up: datetime | Unknown | None
    """When it was last backed up well, whether or not anything had changed."""
    archived: Archived | Unknown | None
    copied: Copied | Unknown | None
    """None: the site names no second store."""
    tested: Drilled | Unknown | None
