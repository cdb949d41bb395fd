"""What a job may use, handed to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dcops.errors import DeviceError, ErrorKind
from dcops.model.device import WATCHED_PLATFORMS, Device
from dcops.model.run import Outcome

if TYPE_CHECKING:
    from dcops.archive.archive import Archive
    from dcops.archive.copies.store import SecondStore
    from dcops.devices.fleet import Fleet
    from dcops.diff.formats import Formats
    from dcops.inventory.inventory import Inventory
    from dcops.jobs.compliance.run import Rooms as ComplianceRooms
    from dcops.jobs.compliance.run import Wanted
    from dcops.jobs.drill import Rooms as DrillRooms
    from dcops.jobs.housekeeping.chore import Rooms as HousekeepingRooms
    from dcops.jobs.nightly.gather import Sources
    from dcops.jobs.pushed.place import Place
    from dcops.ledger.ledger import Ledger
    from dcops.snmp.target import Target
    from dcops.templates.render import Texts
    from dcops.vsphere.target import Target as VcenterTarget


class Progress(Protocol):
    """Is told how far a run is; what it makes of it is the door's affair."""

    def started(self, devices: Sequence[Device]) -> None:
        """The run begins with these devices."""

    def finished(self, outcome: Outcome) -> None:
        """One device is done."""


class Silence:
    """A progress that tells nobody."""

    def started(self, devices: Sequence[Device]) -> None:
        """Say nothing."""

    def finished(self, outcome: Outcome) -> None:
        """Say nothing."""


def never() -> bool:
    """Nobody asks the run to stop."""
    return False


@dataclass(frozen=True, slots=True)
class Call:
    """How one run is talked to while it works."""

    progress: Progress
    stopping: Callable[[], bool] = never
    """Whether the run was asked to stop: then it asks no further device, and reports what it has."""


@dataclass(frozen=True, slots=True)
class Context:
    """The rooms of one site root, ready to be used."""

    fleet: Fleet
    formats: Formats
    archive: Archive
    site_key: bytes
    clock: Callable[[], datetime]
    progress: Progress


@dataclass(frozen=True, slots=True)
class Reach:
    """What it takes to look at devices: no archive, no key, no ledger."""

    fleet: Fleet
    formats: Formats
    clock: Callable[[], datetime]
    agent_of: Callable[[Device], Target] | None = None
    """The SNMP agent of a device, with its login; raises DeviceError."""
    vcenter_of: Callable[[Device], VcenterTarget] | None = None
    """A vCenter, with its login and what vouches for it; raises DeviceError."""


def no_reader(device: Device) -> DeviceError:
    """Why there is nothing to read from a device."""
    if device.only_watched or device.platform in WATCHED_PLATFORMS:
        return DeviceError(
            ErrorKind.UNSUPPORTED,
            f"only watched over {device.watched_over}: it holds no configuration that dcops reads",
            next_step="Leave it out of the selection",
        )
    return DeviceError(ErrorKind.UNSUPPORTED, f"no driver for platform {device.platform or '(none)'} yet")


class Site(Protocol):
    """A site root, of which each job opens the rooms that it needs."""

    @property
    def state(self) -> Path:
        """The state folder."""

    @property
    def smallest_share(self) -> float:
        """`[backup] smallest_share`."""

    @property
    def channels(self) -> Sequence[str]:
        """The channels over which people are told."""

    @property
    def inventory(self) -> Inventory:
        """What we own."""

    @property
    def ledger(self) -> Ledger:
        """What ran; raises CannotRun when it cannot be reached."""

    @property
    def texts(self) -> Texts:
        """Words and templates in the site's language."""

    def devices(self, job: str) -> Sequence[Device]:
        """Those that `[jobs.NAME]` selects."""

    @property
    def place(self) -> Place:
        """Where devices push their files to."""

    def archive(self) -> Archive:
        """The archive, ready to take something in."""

    def context(self, call: Call) -> Context:
        """The rooms that a run over devices needs."""

    def sources(self) -> Sources:
        """What the nightly report is made of."""

    @property
    def has_second_store(self) -> bool:
        """`[copy] to` names a place."""

    def second_store(self) -> SecondStore:
        """The place that `[copy]` names; raises InvalidInput when it names none."""

    def housekeeping(self, call: Call) -> HousekeepingRooms:
        """What the chores of housekeeping need."""

    def drill_rooms(self, call: Call) -> DrillRooms:
        """What a drill on a schedule needs, with the key that `[drill] identity` names."""

    def compliance(self, call: Call) -> tuple[ComplianceRooms, Wanted]:
        """What an audit on a schedule needs, and what it is asked for."""
