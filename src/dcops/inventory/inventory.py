"""Everything that the inventory holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

from dcops.errors import UsageError
from dcops.inventory.declared import items_of
from dcops.inventory.words import did_you_mean, shown
from dcops.model.backup_item import BackupItem
from dcops.model.device import CredentialName, Device
from dcops.model.facility import Circuit, DrPair, InformationSystem, Prefix, Rack, Site
from dcops.model.sensor import Sensor


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


@dataclass(frozen=True)
class Inventory:
    """What we own and what stands beside it, checked; every kind in the order of its names."""

    devices: tuple[Device, ...] = ()
    sites: tuple[Site, ...] = ()
    racks: tuple[Rack, ...] = ()
    circuits: tuple[Circuit, ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    systems: tuple[InformationSystem, ...] = ()
    dr_pairs: tuple[DrPair, ...] = ()
    credentials: tuple[CredentialName, ...] = ()
    backup_items: tuple[BackupItem, ...] = ()
    """What is declared about backups."""
    sensors: tuple[Sensor, ...] = ()
    lab: bool = False
    """A pretend site: nothing in it exists."""

    def device(self, name: str) -> Device:
        """The device of that name; an unknown one is a UsageError with the nearest name."""
        return _found(self._devices, name, "device")

    def site(self, name: str) -> Site:
        """The site of that name."""
        return _found(self._sites, name, "site")

    def rack(self, name: str) -> Rack:
        """The rack of that name."""
        return _found(self._racks, name, "rack")

    def circuit(self, name: str) -> Circuit:
        """The circuit of that name."""
        return _found(self._circuits, name, "circuit")

    def system(self, name: str) -> InformationSystem:
        """The information system of that name."""
        return _found(self._systems, name, "system")

    def credential(self, name: str) -> CredentialName:
        """The credential of that name: its purpose, not its value."""
        return _found(self._credentials, name, "credential")

    def backup_item(self, name: str) -> BackupItem:
        """The backup item of that name."""
        return _found(self._backup_items, name, "backup item")

    def sensors_of(self, device: str) -> tuple[Sensor, ...]:
        """The sensors that hang on a device."""
        return self._sensors.get(device, ())

    def room_of(self, thing: Device | Sensor) -> str | None:
        """The room that a device or a sensor is in: that of its rack, where it has one."""
        rack = (thing.place.rack if thing.place else None) if isinstance(thing, Device) else thing.rack
        return self._racks[rack].room if rack in self._racks else thing.room

    def backup_item_of(self, device: Device | str) -> BackupItem | None:
        """The item that declares how a device is backed up; None when there is none, or no such device."""
        return self._declared.get(device if isinstance(device, str) else device.name)

    @property
    def undeclared(self) -> tuple[Device, ...]:
        """Our devices that no item declares, without those that hold nothing to back up."""
        return tuple(
            device
            for device in self.devices
            if not (device.foreign or device.only_watched or device.name in self._declared)
        )

    @cached_property
    def _devices(self) -> dict[str, Device]:
        return _by_name(self.devices)

    @cached_property
    def _sites(self) -> dict[str, Site]:
        return _by_name(self.sites)

    @cached_property
    def _racks(self) -> dict[str, Rack]:
        return _by_name(self.racks)

    @cached_property
    def _circuits(self) -> dict[str, Circuit]:
        return _by_name(self.circuits)

    @cached_property
    def _systems(self) -> dict[str, InformationSystem]:
        return _by_name(self.systems)

    @cached_property
    def _credentials(self) -> dict[str, CredentialName]:
        return _by_name(self.credentials)

    @cached_property
    def _backup_items(self) -> dict[str, BackupItem]:
        return _by_name(self.backup_items)

    @cached_property
    def _sensors(self) -> dict[str, tuple[Sensor, ...]]:
        hanging: dict[str, list[Sensor]] = {}
        for sensor in self.sensors:
            hanging.setdefault(sensor.device, []).append(sensor)
        return {device: tuple(sensors) for device, sensors in hanging.items()}

    @cached_property
    def _declared(self) -> dict[str, BackupItem]:
        claims = {device.name: items_of(device, self.backup_items) for device in self.devices}
        return {name: items[0] for name, items in claims.items() if items}


def _by_name(things: Iterable[T]) -> dict[str, T]:
    return {thing.name: thing for thing in things}


def _found(known: Mapping[str, T], name: str, noun: str) -> T:
    if name not in known:
        raise UsageError(f"the inventory has no {noun} {shown(name)}", next_step=sentence(did_you_mean(name, known)))
    return known[name]


def sentence(hint: str) -> str:
    """A hint as the next step of an error."""
    return f"{hint[:1].upper()}{hint[1:]}"
