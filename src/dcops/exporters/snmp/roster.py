"""Whom a probe may ask and with what: the devices of the inventory with their logins and profiles, ready to be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dcops.errors import DeviceError
from dcops.exporters.catalogue import FOLDER
from dcops.exporters.snmp import shelf
from dcops.exporters.snmp.inventory import places_of
from dcops.exporters.snmp.places import Places
from dcops.exporters.snmp.probe import Collector
from dcops.exporters.snmp.shelf import EVERY_DEVICE, Shelf
from dcops.snmp.target import Limits, Target

if TYPE_CHECKING:
    from dcops.credentials import Credentials
    from dcops.model.device import Device
    from dcops.settings import Settings

DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Entry:
    """One device that is asked over SNMP."""

    name: str
    target: Target | DeviceError
    """Its agent, or why it cannot be asked: only this device suffers from it."""
    collectors: tuple[Collector, ...]
    places: Places


@dataclass(frozen=True, slots=True)
class Roster:
    """All of them."""

    entries: Mapping[str, Entry]
    collectors: Mapping[str, Collector]
    """By profile: every one that there is."""
    shelf: Shelf
    discovery: tuple[Mapping[str, Any], ...]
    """The devices as Prometheus discovers them."""


def roster(settings: Settings) -> Roster:
    """Read everything; InvalidInput or CannotRun says what is wrong, with file and line."""
    from dcops.assembly.stores import inventory_of
    from dcops.credentials import Credentials
    from dcops.inventory.export.prometheus import targets

    root = settings.paths.inventory.parent
    known = shelf.load(root)
    collectors = {name: Collector.of(profile) for name, profile in known.profiles.items()}
    inventory = inventory_of(settings)
    credentials = Credentials.of(settings.credentials.providers, settings.credentials.file)
    devices = [device for device in inventory.devices if device.snmp and not device.foreign]
    return Roster(
        entries={
            device.name: _entry(device, collectors, credentials, places_of(inventory, device)) for device in devices
        },
        collectors=collectors,
        shelf=known,
        discovery=tuple(targets(devices)),
    )


def watched(settings: Settings) -> tuple[Path, ...]:
    """The files and folders that count."""
    return (
        settings.root / "dcops.toml",
        settings.paths.inventory,
        settings.credentials.file,
        settings.paths.inventory.parent / FOLDER,
    )


def _entry(device: Device, collectors: Mapping[str, Collector], credentials: Credentials, places: Places) -> Entry:
    assert device.snmp
    names = dict.fromkeys((EVERY_DEVICE, *device.snmp.profiles))
    chosen = tuple(collectors[name] for name in names)
    return Entry(device.name, _target(device, credentials, limits_of(chosen)), chosen, places)


def _target(device: Device, credentials: Credentials, limits: Limits) -> Target | DeviceError:
    from dcops.assembly.snmp import target_of

    try:
        return target_of(device, credentials, limits)
    except DeviceError as error:
        return error


def limits_of(collectors: Iterable[Collector]) -> Limits:
    """How hard a device may be asked: as hard as the gentlest of its profiles allows."""
    profiles = [collector.profile for collector in collectors]
    return replace(
        DEFAULT,
        repetitions=min((one.repetitions for one in profiles if one.repetitions), default=DEFAULT.repetitions),
        in_flight=min((one.in_flight for one in profiles if one.in_flight), default=DEFAULT.in_flight),
    )
