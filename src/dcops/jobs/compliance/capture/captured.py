"""What was captured of one device, and what it takes to capture it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from dcops.errors import DeviceError
from dcops.jobs.compliance.wellknown import WellKnown
from dcops.jobs.context import never
from dcops.model.device import Device
from dcops.model.snapshot import ConfigSource
from dcops.model.source import Source

if TYPE_CHECKING:
    from dcops.archive.archive import Archive
    from dcops.archive.site_key import SiteKey
    from dcops.devices.fleet import Fleet
    from dcops.diff.formats import Formats
    from dcops.vsphere.target import Target as VcenterTarget


@dataclass(frozen=True, slots=True)
class Captured:
    """What came of one device: sources, some of which may say why there is nothing in them."""

    device: Device
    sources: tuple[Source, ...]
    version: str = ""
    """Of its software, as it told itself."""
    error: DeviceError | None = None
    """Why it did not give all that was asked of it."""
    seconds: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Means:
    """The rooms that capturing needs."""

    archive: Archive
    formats: Formats
    well_known: WellKnown
    clock: Callable[[], datetime]
    fleet: Fleet | None = None
    """None: nothing may be asked."""
    site_key: SiteKey | None = None
    smallest_share: float = 0.5
    vcenter_of: Callable[[Device], VcenterTarget] | None = None
    vcenters: Mapping[str, Device] = field(default_factory=dict)
    """Those of the inventory, by name: hosts are asked through them."""
    stopping: Callable[[], bool] = never
    facts: Mapping[str, object] = field(default_factory=dict)


class Capturer(Protocol):
    """Asks devices of some platforms for something that rules read."""

    def gives(self, platform: str) -> tuple[str, ...]:
        """The sources that it captures of a platform, as a rule writes them: `config/running`, `vsphere`."""

    def capture(self, means: Means, devices: Sequence[Device]) -> Iterator[Captured]:
        """What came of each device, as they finish; every device once, whatever happens to it."""


NAMES = {ConfigSource.RUNNING: "running", ConfigSource.STARTUP: "startup", ConfigSource.CANDIDATE: "candidate"}
