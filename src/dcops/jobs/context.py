"""What a job may use, handed to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dcops.archive.archive import Archive
from dcops.devices.fleet import Fleet
from dcops.model.device import Device
from dcops.model.run import Outcome


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


@dataclass(frozen=True, slots=True)
class Context:
    """The rooms of one site root, ready to be used."""

    fleet: Fleet
    archive: Archive
    site_key: bytes
    clock: Callable[[], datetime]
    progress: Progress
