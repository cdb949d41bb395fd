"""What the devices of a site tell of the network around them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

Address = IPv4Address | IPv6Address


class Protocol(StrEnum):
    """How something was seen."""

    LLDP = "LLDP"
    CDP = "CDP"
    ARP = "ARP"
    ND = "ND"
    """IPv6 neighbour discovery: what ARP is for IPv4."""

    @property
    def names_neighbours(self) -> bool:
        """It tells who stands at the other end of a cable, not only which addresses spoke."""
        return self in (Protocol.LLDP, Protocol.CDP)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What stands at the other end of a cable, as it says of itself."""

    protocol: Protocol
    port: str
    """Of the device that was asked."""
    name: str = ""
    """As it calls itself, perhaps with a domain or with its serial number in parentheses."""
    remote_port: str = ""
    description: str = ""
    """Platform and software in its own words."""
    addresses: tuple[Address, ...] = ()
    mac: str = ""
    """Of its chassis: `02:00:5e:10:00:01`, empty when it gave none."""
    capabilities: frozenset[str] = frozenset()
    """In small letters: `bridge`, `router`, `switch`, `telephone`; empty when it did not say."""


@dataclass(frozen=True, slots=True)
class AddressSeen:
    """A line of an ARP or neighbour table."""

    protocol: Protocol
    address: Address
    mac: str
    interface: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one device of the inventory told."""

    device: str
    hostname: str = ""
    """What it calls itself."""
    serial: str = ""
    own_addresses: tuple[Address, ...] = ()
    own_macs: frozenset[str] = frozenset()
    neighbours: tuple[Neighbour, ...] = ()
    addresses: tuple[AddressSeen, ...] = ()
    told: frozenset[Protocol] = frozenset()
    """The tables that it gave, empty ones too."""
    silent: tuple[str, ...] = ()
    """What it does not speak or cannot be asked, in words: `LLDP is not enabled`."""
    failed: tuple[str, ...] = ()
    """What it should have given and did not."""

    @property
    def names_neighbours(self) -> bool:
        """It said who stands around it, be it nobody."""
        return any(protocol.names_neighbours for protocol in self.told)
