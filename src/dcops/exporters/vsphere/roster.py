"""Which vCenters there are, how they are asked, and what the inventory states of what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dcops.exporters import catalogue
from dcops.exporters.apart import apart
from dcops.exporters.catalogue import FOLDER, Catalogue
from dcops.exporters.files import fingerprint
from dcops.exporters.vsphere import counters, instances
from dcops.exporters.vsphere.counters import Counters
from dcops.exporters.vsphere.instances import Instances
from dcops.exporters.vsphere.stated import Stated, stated
from dcops.model.claiming import Claims
from dcops.settings import Settings, VsphereSettings

if TYPE_CHECKING:
    from dcops.model.device import Device
    from dcops.model.facility import InformationSystem
    from dcops.vsphere.target import Target


@dataclass(frozen=True, slots=True)
class Manner:
    """How every vCenter is asked; another one makes them all begin anew."""

    settings: VsphereSettings
    counters: Counters
    instances: Instances
    catalogue: Catalogue
    state: Path
    trust: object
    """What changes when somebody is believed, or no longer is: connections that stand were made before."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One vCenter."""

    device: Device
    stated: Stated = field(compare=False)
    target: Callable[[], Target] = field(compare=False)
    """Where it is and as whom it is asked, read anew each time; raises DeviceError."""

    @property
    def reached(self) -> object:
        """What decides how it is reached: when this changes, it is another one."""
        return self.device.management, self.device.credential


@dataclass(frozen=True, slots=True)
class Roster:
    """All of them."""

    entries: Mapping[str, Entry]
    manner: Manner
    discovery: tuple[Mapping[str, Any], ...]
    """The vCenters as Prometheus discovers them."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What the files say."""

    vcenters: tuple[Device, ...]
    hosts: tuple[Device, ...]
    systems: tuple[InformationSystem, ...]
    discovery: tuple[Mapping[str, Any], ...]
    counters: Counters
    instances: Instances
    catalogue: Catalogue


def roster(settings: Settings) -> Roster:
    """Read everything; InvalidInput or CannotRun says what is wrong, with file and line."""
    from dcops.assembly.vsphere import vcenters_of

    found = apart(_read, settings)
    target_of = vcenters_of(settings)
    claims = Claims(found.systems)
    return Roster(
        entries={
            device.name: Entry(device, stated(claims, found.hosts, device.name), _bound(target_of, device))
            for device in found.vcenters
        },
        manner=Manner(
            settings.vsphere,
            found.counters,
            found.instances,
            found.catalogue,
            settings.paths.state,
            fingerprint(_trust(settings)),
        ),
        discovery=found.discovery,
    )


def _read(settings: Settings) -> _Read:
    from dcops.assembly.stores import inventory_of
    from dcops.inventory.export.prometheus import targets
    from dcops.jobs import placement

    root = settings.paths.inventory.parent
    extended = settings.vsphere.counters == "extended"
    known = catalogue.load(catalogue.files(root))
    inventory = inventory_of(settings)
    devices = tuple(placement.vcenters_of(inventory.devices))
    return _Read(
        vcenters=devices,
        hosts=tuple(device for device in inventory.devices if device.vcenter and not device.foreign),
        systems=inventory.systems,
        discovery=tuple(targets(devices)),
        counters=counters.load(root, known, extended=extended),
        instances=instances.load(root, known, extended=extended),
        catalogue=known,
    )


def watched(settings: Settings) -> tuple[Path, ...]:
    """The files and folders that count. Logins are read when one is needed, and not before."""
    return (
        settings.root / "dcops.toml",
        settings.paths.inventory,
        settings.paths.inventory.parent / FOLDER,
        *_trust(settings),
    )


def _trust(settings: Settings) -> tuple[Path, ...]:
    return settings.paths.trust / "ca.pem", settings.paths.trust / "pins"


def _bound(target_of: Callable[[Device], Target], device: Device) -> Callable[[], Target]:
    return lambda: target_of(device)
