"""What is backed up, as declared: how secret it is, how often, where to, for how long, how often a restore is tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from annotated_types import Interval

LATE_SHARE = 12
"""A backup is late only by more than this part of its interval: two hours of a day (R-BKP-8 alerts at 26 hours)."""


class Classification(StrEnum):
    """How much harm it does in the wrong hands."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"  # noqa: S105  the word, not one

    @property
    def guarded(self) -> bool:
        """It must lie nowhere unless it is sealed, and sealed so that the loss of one key loses nothing."""
        return self in (Classification.CONFIDENTIAL, Classification.SECRET)


class What(StrEnum):
    """Who makes the backup."""

    DEVICES = "devices"
    """dcops: configurations of devices."""
    OTHER = "other"
    """Another product or a person: machines, databases, dcops' own state. dcops does not observe it yet."""


class BackupPlace(StrEnum):
    """Where a backup is kept."""

    ARCHIVE = "archive"
    """The archive of this site root."""
    COPY = "copy"
    """The second store that `[copy]` of dcops.toml names."""
    OFFLINE = "offline"
    """A medium on a shelf, which only a person can see: see `OfflineMedium`."""
    PRODUCT = "product"
    """The store of the product that makes the backup."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long versions are kept: what any of the three wants, and the last good version whatever they say."""

    all_days: Annotated[int, Interval(ge=7, le=36_500)]
    """Every version that was in force within so many days."""
    monthly: Annotated[int, Interval(ge=0, le=1200)] = 0
    """The version in force at the end of each of the last so many months."""
    yearly: Annotated[int, Interval(ge=0, le=100)] = 0
    """The version in force at the end of each of the last so many years."""

    def __str__(self) -> str:
        """In words: `all of 90 days, 12 monthly, 2 yearly`."""
        words = [f"all of {self.all_days} days"]
        words += [f"{self.monthly} monthly"] if self.monthly else []
        words += [f"{self.yearly} yearly"] if self.yearly else []
        return ", ".join(words)


@dataclass(frozen=True, slots=True)
class OfflineMedium:
    """A medium that lies where no network reaches it. A person writes down when it was last filled and seen."""

    medium: str
    """What it is and where it lies: `two disks in the safe of the DR site`."""
    encrypted: bool
    """What is on it can be read only with a key. dcops' own sealed files are."""
    confirmed: date | None = None
    """The day on which a person last saw that what is current is on it."""
    max_age_days: Annotated[int, Interval(ge=1, le=3660)] = 31
    """It must be filled and seen again after so many days."""


@dataclass(frozen=True, slots=True)
class BackupItem:
    """A set of things that are backed up alike. It selects devices, or names what another product backs up."""

    name: str
    title: str
    classification: Classification
    every_hours: Annotated[int, Interval(ge=1, le=87_840)]
    """How often it is backed up."""
    places: tuple[BackupPlace, ...]
    """Everywhere that its newest version has to be."""
    retention: Retention
    restore_test_days: Annotated[int, Interval(ge=1, le=3660)] = 365
    """After so many days a restore has to be tried again."""
    what: What = What.DEVICES
    devices: tuple[str, ...] = ()
    """Devices by name: this wins over an item that selects them by what follows."""
    sites: tuple[str, ...] = ()
    """Devices of these sites. The kinds of words are joined by AND, the words of one kind by OR."""
    roles: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    offline: OfflineMedium | None = None
    """The medium, when `offline` is one of its places."""
    systems: tuple[str, ...] = ()
    """Of `other`: the information systems whose data it holds."""
    product: str | None = None
    """Of `other`: the product or the person that makes the backup."""
    proof: str | None = None
    """Of `other`: where it can be seen that it was made."""

    @property
    def every(self) -> timedelta:
        """How often it is backed up."""
        return timedelta(hours=self.every_hours)

    @property
    def oldest(self) -> timedelta:
        """How old the last backup may be before it is late."""
        return self.every + self.every / LATE_SHARE

    @property
    def restore_test_every(self) -> timedelta:
        """How often a restore has to be tried."""
        return timedelta(days=self.restore_test_days)

    @property
    def observed(self) -> bool:
        """dcops makes this backup itself, and so can tell how it stands."""
        return self.what is What.DEVICES
