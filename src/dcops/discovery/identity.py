"""Who is it: a name, an address or a MAC address as the network shows it, and the device of the inventory behind it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from dcops.model.device import Device
from dcops.model.seen import Address, Neighbour, Sighting

# `sw-dmz-1(FOC00000022)`: NX-OS puts its serial number behind its name.
_SERIAL = re.compile(r"^(?P<name>.*?)\s*\((?P<serial>[^()]+)\)$")
# MAC addresses that belong to an address of a redundancy group and to no box: HSRP 1 and 2, for IPv6, VRRP, GLBP.
_VIRTUAL = ("00:00:0c:07:ac:", "00:00:0c:9f:f", "00:05:73:a0:0", "00:00:5e:00:01:", "00:00:5e:00:02:", "00:07:b4:00:")

# What boxes call themselves before anybody gave them a name: many share one of these, so it tells nobody apart.
_NAMELESS = frozenset({"switch", "router", "ap", "localhost", "localhost.localdomain", "(none)", "none", "unknown"})


def is_virtual(mac: str) -> bool:
    """The address behind it moves between the members of a redundancy group."""
    return mac.startswith(_VIRTUAL)


def bare_name(text: str) -> tuple[str, str]:
    """A name in small letters without the serial number behind it, and that serial number."""
    name = text.strip().rstrip(".").lower()
    if match := _SERIAL.match(name):
        return match["name"], match["serial"]
    return name, ""


def tells_apart(name: str) -> bool:
    """The name is one that somebody gave, not one from the factory."""
    return bool(name) and name not in _NAMELESS


def readings(name: str) -> Iterator[str]:
    """The names that may be meant: with its whole domain, then with less and less of it."""
    while name:
        yield name
        name = name.rpartition(".")[0]


class Identities:
    """Finds the device of the inventory behind what was seen.

    What the devices say of themselves and of each other is learned first: their own host names, all their addresses,
    their MAC addresses. So an address that the inventory does not state is known all the same when a known box has it.
    """

    def __init__(self, devices: Sequence[Device], sightings: Iterable[Sighting] = ()) -> None:
        self._by_serial: dict[str, str] = {}
        self._by_address: dict[Address, str] = {}
        self._by_mac: dict[str, str] = {}
        for device in devices:
            if device.serial:
                self._by_serial[device.serial.strip().lower()] = device.name
            for address in addresses_of(device):
                self._by_address.setdefault(address, device.name)
        self._by_name = _names(devices)
        self._learn(tuple(sightings))

    def of_neighbour(self, neighbour: Neighbour) -> str | None:
        """The device that a neighbour is; None when the inventory has none."""
        name, serial = bare_name(neighbour.name)
        for reading in readings(name):
            # A whole name may also be the serial number, as some access points announce themselves.
            if found := self._by_name.get(reading) or self._by_serial.get(reading):
                return found
        if serial and (found := self._by_serial.get(serial)):
            return found
        for address in neighbour.addresses:
            if found := self._by_address.get(address):
                return found
        return self.of_mac(neighbour.mac)

    def of_address(self, address: Address, mac: str = "") -> str | None:
        """The device that has an address, or the box behind it; None when the inventory has none."""
        return self._by_address.get(address) or self.of_mac(mac)

    def of_mac(self, mac: str) -> str | None:
        """The device that a MAC address belongs to, as far as anybody told."""
        return self._by_mac.get(mac) if mac else None

    def _learn(self, sightings: Sequence[Sighting]) -> None:
        for sighting in sightings:
            self._learn_name(sighting.hostname, sighting.device)
            if sighting.serial:
                self._by_serial.setdefault(sighting.serial.lower(), sighting.device)
            for address in sighting.own_addresses:
                self._learn_address(address, sighting.device)
            for mac in sighting.own_macs:
                self._learn_mac(mac, sighting.device)
        # Each round may make somebody known who vouches for the next: a name for an address, that for a MAC address,
        # that for another address. Every round learns something or is the last.
        while True:
            before = len(self._by_address) + len(self._by_mac)
            for sighting in sightings:
                self._learn_from(sighting)
            if len(self._by_address) + len(self._by_mac) == before:
                return

    def _learn_from(self, sighting: Sighting) -> None:
        for neighbour in sighting.neighbours:
            if device := self.of_neighbour(neighbour):
                self._learn_mac(neighbour.mac, device)
                for address in neighbour.addresses:
                    self._learn_address(address, device)
        for line in sighting.addresses:
            if device := self._by_address.get(line.address):
                self._learn_mac(line.mac, device)

    def _learn_name(self, hostname: str, device: str) -> None:
        name, _ = bare_name(hostname)
        if tells_apart(name):
            # What the inventory calls another device stays that device's.
            self._by_name.setdefault(name, device)

    def _learn_address(self, address: Address, device: str) -> None:
        # A link-local address says nothing outside of its link: two boxes may have the same.
        if not address.is_link_local and not address.is_loopback:
            self._by_address.setdefault(address, device)

    def _learn_mac(self, mac: str, device: str) -> None:
        if mac and not is_virtual(mac):
            self._by_mac.setdefault(mac, device)


def _names(devices: Sequence[Device]) -> dict[str, str]:
    """Every name that can only mean one device: as it stands in the inventory, and without its domain."""
    whole = {device.name.lower(): device.name for device in devices}
    shorter: dict[str, set[str]] = defaultdict(set)
    for device in devices:
        for reading in readings(device.name.lower()):
            shorter[reading].add(device.name)
    return {**{name: next(iter(found)) for name, found in shorter.items() if len(found) == 1}, **whole}


def addresses_of(device: Device) -> tuple[Address, ...]:
    """The addresses that the inventory states."""
    management = device.management
    return tuple(one for one in (management.ipv4, management.ipv6) if one) if management else ()
