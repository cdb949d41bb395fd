"""A chore: one small thing that keeps the house in order, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.archive.history import History
from dcops.archive.program import LOST
from dcops.errors import ArchiveDamaged
from dcops.model.finding import Finding
from dcops.model.moment import from_rfc3339

if TYPE_CHECKING:
    from dcops.archive.archive import Archive
    from dcops.inventory.inventory import Inventory
    from dcops.ledger.ledger import Ledger

# Runs begin at the same hour, a few minutes sooner or later: what is due every seven days is done every seventh night.
EARLY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `[housekeeping]` of dcops.toml says."""

    repack_every: timedelta
    verify_every: timedelta
    keep_evidence: timedelta
    """Rows of the ledger, folders of runs, reports."""
    keep_quiet_runs: timedelta
    """Folders of runs that went well, of which there is another one on the same day."""
    least_free_bytes: int


@dataclass(frozen=True, slots=True)
class Rooms:
    """What chores may use. What can be away is opened by the chore that needs it, and stops no other."""

    state: Path
    archive: Archive
    ledger: Callable[[], Ledger]
    inventory: Callable[[], Inventory]
    promises: Callable[[], tuple[Finding, ...]]
    """What is not as declared."""
    zone: tzinfo
    wanted: Wanted
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]

    @property
    def has_archive(self) -> bool:
        """Whether anything was ever archived; raises ArchiveDamaged when what was archived is gone."""
        history = History(self.archive.folder)
        if not history.exists and (lost := history.last_known()):
            raise ArchiveDamaged(f"{history.git.folder} is gone: commit {lost} was there", next_step=LOST)
        return history.exists


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a chore."""

    sentence: str
    figures: Mapping[str, int | float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    failure: str = ""
    """Why the run must not pass for a good one, though the chore came to its end."""


@dataclass(frozen=True, slots=True)
class Chore:
    """One of them."""

    name: str
    do: Callable[[Rooms], Done]


NOTHING_ARCHIVED = Done("nothing is archived yet")


def is_due(noted: str | None, every: timedelta, now: datetime) -> bool:
    """Whether something is to be done again that was last done at a time that was noted.

    A time in the future was noted by a clock that was wrong.
    """
    if noted is None:
        return True
    age = now - from_rfc3339(noted)
    return age < timedelta(0) or age >= every - EARLY


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things in words: `1 file`, `3 files`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def size(number: float) -> str:
    """A number of bytes in words."""
    for unit in ("bytes", "KiB", "MiB"):
        if abs(number) < 1024:
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} GiB"
