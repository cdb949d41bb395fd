"""Who is cabled to whom in a site, and who speaks on its management network: one truth for every device of a lab.

It is drawn from the inventory alone, so that two devices that are asked say the same of the cable between them. In the
main site there are two more than the inventory knows: a switch that somebody plugged in, and a host that took an
address on the management network.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_network
from itertools import pairwise
from typing import Any

DOMAIN = "dc.example.test"
PREFIX_LENGTH = 26
"""Of the management networks, as the configurations of the lab have them."""
SITE_WITH_STRANGERS = "main"
STRANGER = "sw-unlisted-1"
STRANGER_OFFSET, SQUATTER_OFFSET = 60, 57
_ON_QUIET_PORTS = frozenset({"", "vcenter", "esxi"})
"""Platforms of what hangs on ports that nobody asks about."""

# The ports of a model that lead to other devices, and one for whoever comes along.
_PORTS: Mapping[str, tuple[str, ...]] = {
    "ISR 4461": ("GigabitEthernet0/0/1", "GigabitEthernet0/0/2"),
    "1921": ("GigabitEthernet0/1", "FastEthernet0/0/0"),
    "Catalyst 9200L": ("GigabitEthernet1/1/1", "GigabitEthernet1/1/2"),
    "Catalyst 9500": tuple(f"TwentyFiveGigE1/0/{port}" for port in range(3, 19)),
    "PA-3220": ("ethernet1/2", "ethernet1/3"),
    "PA-3020": ("ethernet1/2", "ethernet1/3"),
    "Nexus 3048": ("Ethernet1/47", "Ethernet1/48"),
    "2530-48G": ("49", "50"),
}
_EDGE_PORTS = {
    "Catalyst 9200L": "GigabitEthernet1/0/18",
    "1921": "FastEthernet0/0/1",
    "ISR 4461": "TenGigabitEthernet0/0/4",
}
_CORE_TRUNKS = ("TwentyFiveGigE1/0/1", "TwentyFiveGigE1/0/2")
_PRODUCTS = {
    "ISR 4461": "ISR4461/K9",
    "1921": "CISCO1921/K9",
    "Catalyst 9200L": "C9200L-24P-4G",
    "Catalyst 9500": "C9500-24Y4C",
    "Nexus 3048": "N3K-C3048TP-1GE",
}
_ROUTERS = frozenset({"edge-router", "lan-router", "firewall", "wan-balancer"})
_GATEWAYS = ("core-switch", "lan-router")
_CORE = "core-switch"
_HOSTS_STRANGERS = ("access-switch", "server-switch", "lan-router", "edge-router")
# LLDP is off on a Cisco router until somebody switches it on, CDP is on.
_SPEAKS: Mapping[str, frozenset[str]] = {
    "ios": frozenset({"cdp"}),
    "nxos": frozenset({"cdp", "lldp"}),
    "panos": frozenset({"lldp"}),
    "procurve": frozenset({"lldp"}),
}
_WITH_LLDP = frozenset({"Catalyst 9500"})


@dataclass(frozen=True, slots=True)
class Party:
    """A box on the network, as it shows itself to others."""

    name: str
    role: str
    platform: str
    vendor: str
    model: str
    software: str
    serial: str
    mac: str
    ipv4: str | None = None
    ipv6: str | None = None

    @property
    def speaks(self) -> frozenset[str]:
        """`lldp`, `cdp`."""
        spoken = _SPEAKS.get(self.platform, frozenset())
        return spoken | {"lldp"} if self.platform == "ios" and self.model in _WITH_LLDP else spoken

    @property
    def product(self) -> str:
        """What is printed on it."""
        return _PRODUCTS.get(self.model, self.model)

    @property
    def announced(self) -> str:
        """The name that it puts into its frames: NX-OS adds its serial number, a bare switch has no domain."""
        if self.platform == "nxos":
            return f"{self.name}({self.serial})"
        return f"{self.name}.{DOMAIN}" if self.platform == "ios" and self.name != STRANGER else self.name

    @property
    def capabilities(self) -> tuple[str, ...]:
        """`router`, `bridge`."""
        return ("router",) if self.role in _ROUTERS else ("bridge", "router") if self.role == _CORE else ("bridge",)

    @property
    def description(self) -> str:
        """What it says of its software."""
        return {
            "ios": f"Cisco IOS Software, {self.product}, Version {self.software}, RELEASE SOFTWARE (fc1)",
            "nxos": f"Cisco Nexus Operating System (NX-OS) Software, Version {self.software}",
            "panos": f"Palo Alto Networks {self.model} series firewall",
        }.get(self.platform, f"{self.vendor} {self.model}, {self.software}")


@dataclass(frozen=True, slots=True)
class Cable:
    """One cable, seen from one of its ends."""

    port: str
    far: Party
    far_port: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What one device has around it."""

    mac: str = ""
    cables: tuple[Cable, ...] = ()
    speakers: tuple[Party, ...] = ()
    """Who has lately spoken to it on the management network."""
    gateway: Party | None = None
    """The device that leads from the links to the inside."""


def mac(name: str, platform: str) -> str:
    """The MAC address of a device, the same for all its ports; locally administered, save that of a firewall."""
    number = zlib.crc32(name.encode())
    if platform == "panos":
        return f"00:1b:17:00:{number >> 8 & 255:02x}:{number & 255:02x}"
    return f"02:00:5e:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"


def surroundings(entry: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> Surroundings:
    """What stands around a device, when `others` are the other devices of its site, as the inventory has them."""
    own = _party(entry)
    if own.ipv4 is None:
        # Devices that were made up for load have no place in any site.
        return Surroundings(own.mac)
    everybody = sorted((own, *(_party(other) for other in others if not other.get("foreign"))), key=_by_name)
    # UPS, PDUs, storage and hosts hang on ports that nobody asks; the gateway has their addresses all the same.
    parties = [party for party in everybody if party.ipv4 and party.platform not in _ON_QUIET_PORTS]
    strangers = _strangers(parties) if entry.get("site") == SITE_WITH_STRANGERS else ()
    cables = []
    for near, near_port, far, far_port in _cables(parties, strangers):
        if near == own:
            cables.append(Cable(near_port, far, far_port))
        if far == own:
            cables.append(Cable(far_port, near, near_port))
    gateways = [party for role in _GATEWAYS for party in parties if party.role == role]
    everyone = [*(party for party in everybody if party.ipv4 or party.ipv6), *strangers]
    spoken = everyone if own in gateways else gateways
    speakers = tuple(party for party in spoken if party != own)
    return Surroundings(own.mac, tuple(cables), speakers, next(iter(gateways), None))


def _party(entry: Mapping[str, Any]) -> Party:
    management = entry.get("management") or {}
    platform = str(entry.get("platform") or "")
    return Party(
        name=str(entry["name"]),
        role=str(entry.get("role")),
        platform=platform,
        vendor=str(entry.get("vendor")),
        model=str(entry.get("model")),
        software=str(entry.get("software", "")),
        serial=str(entry.get("serial", "")),
        mac=mac(str(entry["name"]), platform),
        ipv4=management.get("ipv4"),
        ipv6=management.get("ipv6"),
    )


def _strangers(parties: Sequence[Party]) -> tuple[Party, ...]:
    """The switch that nobody wrote down, and the host without a cable that anybody would look at."""
    first = next(iter(parties), None)
    if first is None or first.ipv4 is None:
        return ()
    network = ip_network(f"{first.ipv4}/{PREFIX_LENGTH}", strict=False)
    base = IPv4Address(int(network.network_address))
    switch = Party(
        name=STRANGER,
        role="access-switch",
        platform="ios",
        vendor="Cisco",
        model="WS-C2960-8TC-L",
        software="15.0(2)SE11",
        serial="FOC00000900",
        mac=mac(STRANGER, "ios"),
        ipv4=str(base + STRANGER_OFFSET),
    )
    host = Party("host", "host", "", "", "", "", "", mac("host", ""), str(base + SQUATTER_OFFSET))
    return switch, host


def _cables(parties: Sequence[Party], strangers: Sequence[Party]) -> Iterator[tuple[Party, str, Party, str]]:
    cores = [party for party in parties if party.role == _CORE]
    others = [party for party in parties if party.role != _CORE]
    if cores:
        yield from _star(cores, others)
    else:
        yield from _chain(others)
    host = next((party for role in _HOSTS_STRANGERS for party in parties if _takes_strangers(party, role)), None)
    if host and strangers:
        yield host, _EDGE_PORTS[host.model], strangers[0], "GigabitEthernet0/1"


def _star(cores: Sequence[Party], others: Sequence[Party]) -> Iterator[tuple[Party, str, Party, str]]:
    """Every device on one of the cores, by turns; the cores with each other by two cables."""
    for one, other in pairwise(cores):
        for port in _CORE_TRUNKS:
            yield one, port, other, port
    for index, party in enumerate(others):
        turn, core = index // len(cores), cores[index % len(cores)]
        ports = _PORTS.get(core.model, ())
        # A core that is full has no cable for those who come last.
        if turn < len(ports):
            yield core, ports[turn], party, _ports(party)[0]


def _chain(parties: Sequence[Party]) -> Iterator[tuple[Party, str, Party, str]]:
    """Without a core each device is cabled to the next: those that speak with neighbours first, routers before all."""
    order = ["lan-router", "edge-router", "firewall"]

    def place(party: Party) -> tuple[bool, int, str]:
        return not party.speaks, order.index(party.role) if party.role in order else len(order), party.name

    row = sorted(parties, key=place)
    for one, other in pairwise(row):
        yield one, _ports(one)[1], other, _ports(other)[0]


def _ports(party: Party) -> tuple[str, ...]:
    return _PORTS.get(party.model, ("1", "2"))


def _takes_strangers(party: Party, role: str) -> bool:
    return party.role == role and party.platform == "ios" and party.model in _EDGE_PORTS


def _by_name(party: Party) -> str:
    return party.name
