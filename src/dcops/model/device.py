"""A device, and how it is reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated

from annotated_types import Ge, Interval

from dcops.model.snmp import Snmp


class Criticality(StrEnum):
    """How much hangs on a device or a system."""

    CRITICAL = "critical"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


VCENTER = "vcenter"
ESXI = "esxi"
WATCHED_PLATFORMS = frozenset({VCENTER, ESXI})
"""Platforms that are asked how they are and hold nothing that dcops reads, keeps or compares."""

PARTIAL_NAMES = (".part", ".partial", ".filepart", ".tmp")
"""How names end of files that are still on their way to us."""

SecurityLevel = Annotated[int, Interval(ge=1, le=5)]
"""Level of an information system after Decree 85/2016."""


@dataclass(frozen=True, slots=True)
class Management:
    """Where and how dcops reaches a device. At least one address is needed to touch it."""

    ipv4: IPv4Address | None = None
    ipv6: IPv6Address | None = None
    port: Annotated[int, Interval(ge=1, le=65535)] | None = None
    """TCP port when it is not the platform's own (22 for SSH, 443 for TLS)."""
    tls_name: str | None = None
    """Name in the device's certificate, when it is not its address."""

    @property
    def address(self) -> str | None:
        """The address to connect to: IPv4 where there is one, as it is the one that works today."""
        chosen = self.ipv4 or self.ipv6
        return str(chosen) if chosen else None


@dataclass(frozen=True, slots=True)
class LegacyAlgorithms:
    """Leave to use SSH algorithms that are no longer safe, because the device knows no others."""

    reason: str
    """Why: the software and what it lacks."""
    until: date | None = None
    """When the leave ends."""


@dataclass(frozen=True, slots=True)
class Support:
    """The maker's dates."""

    end_of_sale: date | None = None
    end_of_support: date | None = None
    """After this day no weakness is mended any more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device is mounted. Units are counted from the floor; a device fills `unit` and those above."""

    rack: str
    unit: Annotated[int, Ge(1)] | None = None
    """The lowest unit it fills."""
    height: Annotated[int, Ge(1)] = 1
    """How many units it fills."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A backup that the device pushes to us: what arrives in its drop folder, and how often something must."""

    pattern: str
    """Names of its files, with `*`, `?` and `[…]`: `Backup-*`. Never a path."""
    max_age_hours: Annotated[int, Interval(ge=1, le=8784)] = 26
    """Somebody is told when nothing arrived for longer than this."""
    smallest_bytes: Annotated[int, Ge(1)] = 1024
    """A smaller file is no backup."""


@dataclass(frozen=True, slots=True)
class Device:
    """One thing that we own or that stands in our room, as the inventory states it."""

    name: str
    site: str
    role: str
    """What it does here: `edge-router`, `firewall`, `core-switch`."""
    vendor: str
    model: str
    platform: str | None = None
    """Name of the driver: NAPALM's (`ios`) or ours (`panos`). None: no configuration can be read from it."""
    serial: str | None = None
    software: str | None = None
    """Version; quote it when it looks like a number."""
    management: Management | None = None
    credential: str | None = None
    """Name of a login listed under `credentials`, never the login itself."""
    vcenter: str | None = None
    """The vCenter that an ESXi host belongs to: dcops asks it, and never the host. The host's name is the one it has
    there, without the domain."""
    legacy_algorithms: LegacyAlgorithms | None = None
    drop: Drop | None = None
    """It pushes its backup to us by itself; needs no platform."""
    snmp: Snmp | None = None
    """It tells how it is over SNMP; needs no platform."""
    place: Place | None = None
    room: str | None = None
    """Where it stands when it is in no rack: a cooling unit, a large UPS. A rack says its room itself."""
    owner: str | None = None
    criticality: Criticality = Criticality.NORMAL
    service_groups: tuple[str, ...] = ()
    level: SecurityLevel | None = None
    """Security level of the information systems it serves, 1 to 5 (Decree 85/2016)."""
    support: Support = Support()
    in_service_from: date | None = None
    """The first day on which anything depends on it; None: it is in service.

    Before it an audit of it is its pre-service report (R-CFG-9).
    """
    tags: tuple[str, ...] = ()
    foreign: bool = False
    """Belongs to another organisation: shown on the plan, never touched (R-INV-11)."""
    notes: str | None = None

    def in_service(self, day: date) -> bool:
        """Whether anything depends on it on that day."""
        return self.in_service_from is None or self.in_service_from <= day

    @property
    def only_watched(self) -> bool:
        """It is asked how it is, and holds nothing that dcops reads, keeps or compares: a UPS, a PDU, a vCenter."""
        if self.drop is not None:
            return False
        return self.platform in WATCHED_PLATFORMS or (self.platform is None and self.snmp is not None)

    @property
    def watched_over(self) -> str:
        """What it is asked over, of a device that is only watched."""
        return {VCENTER: "the vSphere API", ESXI: "its vCenter"}.get(self.platform or "", "SNMP")


@dataclass(frozen=True, slots=True)
class CredentialName:
    """A login that devices use: its name and purpose. The login itself is held outside git."""

    name: str
    purpose: str | None = None
