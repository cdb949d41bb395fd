"""Two things in one place: addresses, rack units, ranges of addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from dcops.inventory.entry import Entries, Entry
from dcops.inventory.mistake import Mistake
from dcops.model.snmp import SNMP_PORT


def check(entries: Entries) -> Iterator[Mistake]:
    """Addresses used twice, rack units filled twice or not there, ranges that overlap."""
    yield from _addresses(entries)
    yield from _rack_units(entries)
    yield from _prefixes(entries)


def _addresses(entries: Entries) -> Iterator[Mistake]:
    first: dict[tuple[IPv4Address | IPv6Address, int | None, int | None], Entry] = {}
    for device in entries.of("devices"):
        management = device.value.management
        if management is None:
            continue
        snmp = device.value.snmp
        # Several agents may stand behind one address, each on a port of its own.
        agent = snmp.port if snmp and snmp.port != SNMP_PORT else None
        for key in ("ipv4", "ipv6"):
            address = getattr(management, key)
            if address is None:
                continue
            if address.is_multicast or address.is_unspecified:
                yield device.mistake(f"management.{key} {address} is no address of one device", "management", key)
                continue
            plain = getattr(address, "ipv4_mapped", None) or address
            other = first.setdefault((plain, management.port, agent), device)
            if other is not device and not _same_thing(device, other):
                yield device.mistake(
                    f"address {address} belongs to {other.name or 'another device'} already",
                    "management",
                    key,
                    hint=f"at {other.place('management')}",
                )


def _rack_units(entries: Entries) -> Iterator[Mistake]:
    racks = entries.named("racks")
    filled: dict[tuple[str, int], Entry] = {}
    for device in entries.of("devices"):
        place = device.value.place
        rack = racks.get(place.rack) if place else None
        if place is None or rack is None or place.unit is None or not device.sound("place"):
            continue
        top = place.unit + place.height - 1
        if rack.sound("units") and top > rack.value.units:
            yield device.mistake(f"reaches unit {top}, but rack {rack.name} has {rack.value.units}", "place", "unit")
            continue
        for unit in range(place.unit, min(top, 1000) + 1):
            other = filled.setdefault((rack.name, unit), device)
            if other is not device and not _same_thing(device, other):
                yield device.mistake(
                    f"unit {unit} of rack {rack.name} is filled by {other.name or 'another device'} already",
                    "place",
                    "unit",
                    hint=f"at {other.place('place')}",
                )
                break


def _same_thing(one: Entry, other: Entry) -> bool:
    """One device that is written twice: that is said once, about its name."""
    return bool(one.name) and one.name == other.name


def _prefixes(entries: Entries) -> Iterator[Mistake]:
    sound = [entry for entry in entries.of("prefixes") if entry.sound("prefix")]
    order = {id(entry): number for number, entry in enumerate(sound)}
    inside: dict[int, list[Entry]] = defaultdict(list)
    # Sorted by where they begin, the wider first: what encloses a range is then always on the stack.
    ranges = sorted(
        sound,
        key=lambda e: (
            e.value.prefix.version,
            int(e.value.prefix.network_address),
            e.value.prefix.prefixlen,
            order[id(e)],
        ),
    )
    around: list[Entry] = []
    for entry in ranges:
        prefix = entry.value.prefix
        while around and not _holds(around[-1], entry):
            around.pop()
        if around:
            outer = around[-1]
            if outer.value.prefix == prefix:
                yield entry.mistake("this range is there already", "prefix", hint=f"at {outer.place('prefix')}")
                continue
            if not outer.value.parent and outer.sound("parent"):
                inside[id(outer)].append(entry)
        around.append(entry)
    for outer in sound:
        inner = inside[id(outer)]
        if len(inner) == 1:
            earlier, later = sorted((outer, inner[0]), key=lambda e: order[id(e)])
            yield later.mistake(
                f"overlaps {earlier.value.prefix}",
                "prefix",
                hint=f"at {earlier.place('prefix')}; parent: true when {outer.value.prefix} is divided further",
            )
        elif inner:
            yield outer.mistake(
                f"{len(inner)} other ranges lie inside it",
                "prefix",
                hint=f"the first at {inner[0].place('prefix')}; parent: true when it is divided further",
            )


def _holds(outer: Entry, inner: Entry) -> bool:
    one, other = outer.value.prefix, inner.value.prefix
    return one.version == other.version and int(other.network_address) <= int(one.broadcast_address)
