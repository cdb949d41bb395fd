"""References: what a thing names must be there."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dcops.inventory.entry import Entries, Entry
from dcops.inventory.kinds import KINDS
from dcops.inventory.mistake import Mistake
from dcops.inventory.words import did_you_mean, name_problem, shown
from dcops.model.facility import PairKind, SiteRole

# Which key of which kind names a thing of which other kind.
REFERENCES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("racks", ("site",), "sites"),
    ("devices", ("site",), "sites"),
    ("devices", ("place", "rack"), "racks"),
    ("devices", ("credential",), "credentials"),
    ("devices", ("snmp", "credential"), "credentials"),
    ("devices", ("vcenter",), "devices"),
    ("sensors", ("device",), "devices"),
    ("sensors", ("rack",), "racks"),
    ("circuits", ("site",), "sites"),
    ("circuits", ("device",), "devices"),
    ("prefixes", ("site",), "sites"),
    ("prefixes", ("system",), "systems"),
)
PAIRED = {PairKind.DEVICE: "devices", PairKind.SYSTEM: "systems"}


def check(entries: Entries) -> Iterator[Mistake]:
    """Every dangling reference, and references that contradict each other."""
    named = {key: entries.named(key) for key in KINDS}
    for key, path, target in REFERENCES:
        for entry in entries.of(key):
            name = target_of(entry, path)
            if name and name not in named[target] and name not in entries.elsewhere:
                yield _dangling(entry, path, target, name, named[target])
    for rack in entries.of("racks"):
        yield from _room(rack, named["sites"], entries)
    for device in entries.of("devices"):
        yield from _rack_elsewhere(device, named)
        yield from _room_of_device(device, named, entries)
    for pair in entries.of("dr_pairs"):
        yield from _pair(pair, named, entries)
    yield from _paired_twice(entries)


def target_of(entry: Entry, path: tuple[str, ...]) -> str | None:
    """The name that the entry refers to under the path."""
    value = entry.value if entry.sound(path[0]) else None
    for step in path:
        value = getattr(value, step, None)
    return value if isinstance(value, str) else None


def _dangling(entry: Entry, path: tuple[str, ...], target: str, name: str, known: Collection[str]) -> Mistake:
    # Somebody may have written the login itself where its name belongs: such a text is never repeated.
    hide = target == "credentials" or name_problem(name, capitals=True) is not None
    noun = KINDS[target].noun
    message = f"{'.'.join(path)} names an unknown {noun}" if hide else f"unknown {noun} {shown(name)}"
    return entry.mistake(message, *path, hint=did_you_mean(name, known))


def _room(rack: Entry, sites: dict[str, Entry], entries: Entries) -> Iterator[Mistake]:
    site = sites.get(rack.value.site)
    if not (site and rack.sound("site") and rack.sound("room") and site.sound("rooms")):
        return
    rooms = {room.name: room for room in site.value.rooms}
    room = rooms.get(rack.value.room)
    if room is None:
        if rack.value.room not in entries.elsewhere:
            yield rack.mistake(
                f"site {site.name} has no room {shown(rack.value.room)}",
                "room",
                hint=did_you_mean(rack.value.room, rooms),
            )
        return
    for key, position, length in (
        ("x_mm", rack.value.x_mm, room.width_mm),
        ("y_mm", rack.value.y_mm, room.depth_mm),
    ):
        if position is not None and position >= length and rack.sound(key):
            yield rack.mistake(f"{key} {position} lies outside room {room.name}, which measures {length}", key)


def _room_of_device(device: Entry, named: dict[str, dict[str, Entry]], entries: Entries) -> Iterator[Mistake]:
    room = device.value.room
    if room is None or not device.sound("room"):
        return
    rack = named["racks"].get(target_of(device, ("place", "rack")) or "")
    if rack and rack.sound("room") and rack.value.room != room:
        yield device.mistake(f"stands in room {shown(room)}, but its rack {rack.name} in {rack.value.room}", "room")
        return
    yield from unknown_room(device, named["sites"].get(target_of(device, ("site",)) or ""), entries)


def unknown_room(thing: Entry, site: Entry | None, entries: Entries) -> Iterator[Mistake]:
    """A room that the site does not have."""
    room = thing.value.room
    if not (site and site.sound("rooms") and room and thing.sound("room")) or room in entries.elsewhere:
        return
    rooms = [one.name for one in site.value.rooms]
    if room not in rooms:
        yield thing.mistake(f"site {site.name} has no room {shown(room)}", "room", hint=did_you_mean(room, rooms))


def _rack_elsewhere(device: Entry, named: dict[str, dict[str, Entry]]) -> Iterator[Mistake]:
    rack = named["racks"].get(target_of(device, ("place", "rack")) or "")
    site = target_of(device, ("site",))
    there = target_of(rack, ("site",)) if rack else None
    if rack and site in named["sites"] and there in named["sites"] and site != there:
        yield device.mistake(f"stands at site {site}, but its rack {rack.name} at {there}", "place", "rack")


def _pair(pair: Entry, named: dict[str, dict[str, Entry]], entries: Entries) -> Iterator[Mistake]:
    if not pair.sound("kind"):
        return
    target = PAIRED[pair.value.kind]
    for key, role in (("main", SiteRole.MAIN), ("dr", SiteRole.DR)):
        name = target_of(pair, (key,))
        if not name:
            continue
        found = named[target].get(name)
        if found is None:
            if name not in entries.elsewhere:
                yield _dangling(pair, (key,), target, name, named[target])
        elif target == "devices":
            site = named["sites"].get(target_of(found, ("site",)) or "")
            if site and site.sound("role") and site.value.role != role:
                yield pair.mistake(f"{key} is {name}, which stands at {site.name}, a {site.value.role} site", key)


def _paired_twice(entries: Entries) -> Iterator[Mistake]:
    first: dict[tuple[str, str, PairKind], Entry] = {}
    for pair in entries.of("dr_pairs"):
        if not pair.broken:
            key = (pair.value.main, pair.value.dr, pair.value.kind)
            other = first.setdefault(key, pair)
            if other is not pair:
                yield pair.mistake(
                    f"{shown(key[0])} and {shown(key[1])} are paired already", hint=f"at {other.place()}"
                )
