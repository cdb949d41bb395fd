"""Who refers to a thing: what is looked at when it fails or goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dcops.inventory.inventory import Inventory
from dcops.model.device import Support
from dcops.model.facility import PairKind
from dcops.model.sensor import Sensor

NEAR_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing that refers to another, and how."""

    kind: str
    name: str
    how: str


def of_site(inventory: Inventory, name: str) -> Iterator[Mention]:
    """What stands at a site or belongs to it."""
    for rack in inventory.racks:
        if rack.site == name:
            yield Mention("rack", rack.name, f"stands in room {rack.room}")
    for device in inventory.devices:
        if device.site == name:
            room = f" in {device.room}" if device.room else ""
            yield Mention("device", device.name, f"{device.role} here{room}")
    for circuit in inventory.circuits:
        if circuit.site == name:
            yield Mention("circuit", circuit.name, f"{circuit.kind} line of {circuit.provider}")
    for prefix in inventory.prefixes:
        if prefix.site == name:
            yield Mention("prefix", str(prefix.prefix), prefix.purpose)


def of_rack(inventory: Inventory, name: str) -> Iterator[Mention]:
    """What is mounted in a rack, from the top."""
    mounted = [
        (device.place.unit or 0, device) for device in inventory.devices if device.place and device.place.rack == name
    ]
    for unit, device in sorted(mounted, key=lambda pair: (-pair[0], pair[1].name)):
        height = device.place.height if device.place else 1
        units = f"unit {unit}" if height == 1 else f"units {unit} to {unit + height - 1}"
        yield Mention("device", device.name, units if unit else "unit not said")
    for sensor in inventory.sensors:
        if sensor.rack == name:
            yield _sensor(sensor, f"on {sensor.device}")


def of_device(inventory: Inventory, name: str) -> Iterator[Mention]:
    """Lines that end on a device, its sensors, hosts, stand-in and backup item, and systems of its service groups."""
    groups = set(inventory.device(name).service_groups)
    for circuit in inventory.circuits:
        if circuit.device == name:
            yield Mention("circuit", circuit.name, f"ends on {circuit.interface or 'it'}")
    for sensor in inventory.sensors_of(name):
        yield _sensor(sensor, f"at {sensor.rack or sensor.room}")
    for host in inventory.devices:
        if host.vcenter == name:
            yield Mention("device", host.name, "is one of its hosts")
    yield from _pairs(inventory, name, PairKind.DEVICE)
    if item := inventory.backup_item_of(name):
        yield Mention("backup item", item.name, f"declares how it is backed up: every {item.every_hours} h")
    for system in inventory.systems:
        shared = sorted(groups.intersection(system.service_groups))
        if shared:
            yield Mention("system", system.name, f"shares service group {', '.join(shared)}")


def of_system(inventory: Inventory, name: str) -> Iterator[Mention]:
    """Ranges of addresses of a system, its stand-in, its backups, and the devices of its service groups."""
    groups = set(inventory.system(name).service_groups)
    for prefix in inventory.prefixes:
        if prefix.system == name:
            yield Mention("prefix", str(prefix.prefix), f"{prefix.purpose} at {prefix.site}")
    yield from _pairs(inventory, name, PairKind.SYSTEM)
    for item in inventory.backup_items:
        if name in item.systems:
            yield Mention("backup item", item.name, f"holds its data, made by {item.product}")
    for device in inventory.devices:
        shared = sorted(groups.intersection(device.service_groups))
        if shared:
            yield Mention("device", device.name, f"shares service group {', '.join(shared)}")


def of_backup_item(inventory: Inventory, name: str) -> Iterator[Mention]:
    """The devices that a backup item declares, or the systems whose data it holds."""
    for device in inventory.devices:
        item = inventory.backup_item_of(device)
        if item is not None and item.name == name:
            yield Mention("device", device.name, f"{device.role} at {device.site}")
    for system in inventory.backup_item(name).systems:
        yield Mention("system", system, inventory.system(system).title)


def of_credential(inventory: Inventory, name: str) -> Iterator[Mention]:
    """The devices that a credential opens."""
    for device in inventory.devices:
        if device.credential == name:
            yield Mention("device", device.name, f"{device.platform or 'no platform'} at {device.site}")
        if device.snmp and device.snmp.credential == name:
            yield Mention("device", device.name, f"SNMP version {device.snmp.version} at {device.site}")


def _sensor(sensor: Sensor, where: str) -> Mention:
    kinds = " and ".join(sensor.kinds)
    return Mention("sensor", sensor.name, " ".join(filter(None, (kinds, sensor.position, where))))


def support_warning(support: Support, today: date) -> str:
    """What a person should know of the maker's dates, or nothing (R-INV-4)."""
    end = support.end_of_support
    if end is None:
        return ""
    if end < today:
        return f"support ended on {end}"
    near = today.replace(year=today.year + NEAR_MONTHS // 12, day=min(today.day, 28))
    return f"support ends on {end}, within {NEAR_MONTHS} months" if end <= near else ""


def _pairs(inventory: Inventory, name: str, kind: PairKind) -> Iterator[Mention]:
    for pair in inventory.dr_pairs:
        if pair.kind == kind:
            if pair.main == pair.dr == name:
                yield Mention("DR pair", name, "runs at both sites")
            elif pair.main == name:
                yield Mention("DR pair", pair.dr, "stands in for it at the DR site")
            elif pair.dr == name:
                yield Mention("DR pair", pair.main, "is the one it stands in for")
