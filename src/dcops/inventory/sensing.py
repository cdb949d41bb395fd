"""Sensors: each in one place that exists, and each another one of its device's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dcops.inventory.entry import Entries, Entry
from dcops.inventory.mistake import Mistake
from dcops.inventory.references import target_of, unknown_room
from dcops.inventory.words import shown
from dcops.model.sensor import Sensor, SensorKind

_OID = re.compile(r"[0-2](?:\.(?:0|[1-9]\d{0,9})){1,127}")
_INDEX = re.compile(r"(?:0|[1-9]\d{0,9})(?:\.(?:0|[1-9]\d{0,9})){0,126}")

Spot = tuple[str, str, str, str, SensorKind]


def check(entries: Entries) -> Iterator[Mistake]:
    """Everything that is wrong with sensors beyond their form and their references."""
    sensors = entries.of("sensors")
    if not sensors:
        return
    devices, racks, sites = (entries.named(key) for key in ("devices", "racks", "sites"))
    spots: dict[Spot, Entry] = {}
    ends: dict[tuple[str, ...], Entry] = {}
    for sensor in sensors:
        yield from _kinds(sensor)
        yield from _which(sensor)
        device = devices.get(sensor.value.device) if sensor.sound("device") else None
        if device:
            yield from _at_device(sensor, device)
        rack = racks.get(sensor.value.rack or "") if sensor.sound("rack") else None
        yield from _place(sensor, rack)
        if device:
            yield from _site(sensor, device, rack, sites, entries)
            yield from _end_taken(sensor, ends)
            yield from _spot_taken(sensor, device, rack, spots)


def _kinds(sensor: Entry) -> Iterator[Mistake]:
    if not sensor.sound("kinds"):
        return
    kinds = sensor.value.kinds
    if not kinds:
        yield sensor.mistake("kinds is empty", "kinds", hint="say what it tells: [temperature]")
    for index, kind in enumerate(kinds):
        if kind in kinds[:index]:
            yield sensor.mistake(f"{kind} is said twice", "kinds", index)


def _which(sensor: Entry) -> Iterator[Mistake]:
    """It must be told which one of its device it is, by a number or by a name."""
    value: Sensor = sensor.value
    if not (sensor.sound("index") and sensor.sound("label") and sensor.sound("table")):
        return
    if not value.index and not (value.label or "").strip():
        yield sensor.mistake(
            "does not say which sensor of its device it is", hint='write index: "1", or label: the name it has there'
        )
    if value.index is not None and not _INDEX.fullmatch(value.index):
        yield sensor.mistake(f"index {shown(value.index)} is no index of a row", "index", hint='write "1" or "1.2"')
    if value.table is not None and not _OID.fullmatch(value.table):
        yield sensor.mistake(f"table {shown(value.table)} is no object identifier", "table")
    elif value.table is not None and value.index is None:
        yield sensor.mistake("names a table, and no index in it", "table", hint='write index: "1"')


def _at_device(sensor: Entry, device: Entry) -> Iterator[Mistake]:
    if device.value.foreign and device.sound("foreign"):
        yield sensor.mistake(
            f"hangs on {device.name}, which belongs to another organisation and is never asked", "device"
        )
    elif device.value.snmp is None and device.sound("snmp"):
        yield sensor.mistake(
            f"hangs on {device.name}, which is never asked over SNMP", "device", hint="give the device an snmp section"
        )


def _place(sensor: Entry, rack: Entry | None) -> Iterator[Mistake]:
    value: Sensor = sensor.value
    if not (sensor.sound("rack") and sensor.sound("room") and sensor.sound("position")):
        return
    if value.rack is None and value.room is None:
        yield sensor.mistake("has no place", hint="write rack: NAME, or room: NAME where it is at no rack")
    if value.rack is not None and value.room is not None and rack and rack.value.room != value.room:
        yield sensor.mistake(f"is in room {shown(value.room)}, but its rack {rack.name} in {rack.value.room}", "room")
    if value.position is None:
        if sensor.sound("kinds") and any(kind.of_the_air for kind in value.kinds):
            yield sensor.mistake(
                "has no position, and a reading of the air means nothing without",
                hint="write position: inlet_top, exhaust_middle, supply, room, …",
            )
    elif value.position.of_a_rack and value.rack is None:
        yield sensor.mistake(
            f"position {value.position} is a side of a rack, and no rack is named", "position", hint="write rack: NAME"
        )


def _site(
    sensor: Entry, device: Entry, rack: Entry | None, sites: dict[str, Entry], entries: Entries
) -> Iterator[Mistake]:
    """Its readings carry the site of its device: it cannot be anywhere else."""
    site = target_of(device, ("site",))
    there = target_of(rack, ("site",)) if rack else None
    if rack and there and site and there != site:
        yield sensor.mistake(f"hangs on {device.name} at site {site}, but its rack {rack.name} is at {there}", "rack")
    if sensor.value.rack is None:
        yield from unknown_room(sensor, sites.get(site or ""), entries)


def _end_taken(sensor: Entry, ends: dict[tuple[str, ...], Entry]) -> Iterator[Mistake]:
    value: Sensor = sensor.value
    for key, what in (("index", value.index), ("label", value.label)):
        if what and sensor.sound(key) and sensor.sound("table"):
            table = (value.table or "") if key == "index" else ""
            other = ends.setdefault((value.device, key, table, what), sensor)
            if other is not sensor and other.name != sensor.name:
                yield sensor.mistake(
                    f"{key} {shown(what)} of {value.device} is {other.name or 'another sensor'} already",
                    key,
                    hint=f"at {other.place(key)}",
                )


def _spot_taken(sensor: Entry, device: Entry, rack: Entry | None, spots: dict[Spot, Entry]) -> Iterator[Mistake]:
    """Two readings of one kind at one place cannot be told apart, and what is made of both is wrong."""
    value: Sensor = sensor.value
    if value.position is None or not all(sensor.sound(key) for key in ("rack", "room", "position", "kinds")):
        return
    room = (rack.value.room if rack else value.room) or ""
    for kind in value.kinds:
        spot = (device.value.site, room, value.rack or "", value.position.value, kind)
        other = spots.setdefault(spot, sensor)
        if other is not sensor and other.name != sensor.name:
            where = f"{value.rack or room} {value.position}"
            yield sensor.mistake(
                f"{kind} of {where} is told by {other.name or 'another sensor'} already",
                "position",
                hint=f"at {other.place('position')}; one sensor of a kind for each place",
            )
