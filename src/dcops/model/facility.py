"""Sites, rooms, racks, lines, prefixes, information systems: what devices stand in and serve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from annotated_types import Ge, Interval

from dcops.model.device import Criticality, SecurityLevel

Network = IPv4Network | IPv6Network
Millimetres = Annotated[int, Interval(ge=0, le=1_000_000)]
Minutes = Annotated[int, Ge(0)]
AutonomousSystem = Annotated[int, Interval(ge=1, le=4_294_967_295)]


class SiteRole(StrEnum):
    """What a site is for."""

    MAIN = "main"
    DR = "dr"


class CircuitKind(StrEnum):
    """What kind of line it is."""

    LEASED = "leased"
    FTTH = "ftth"
    MPLS = "mpls"
    RADIO = "radio"
    DARK_FIBRE = "dark-fibre"


class PairKind(StrEnum):
    """What stands in for what."""

    DEVICE = "device"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Room:
    """A room of a site; lengths in millimetres."""

    name: str
    width_mm: Millimetres
    depth_mm: Millimetres


@dataclass(frozen=True, slots=True)
class Site:
    """A place with rooms."""

    name: str
    title: str
    role: SiteRole
    rented: bool = False
    timezone: str = "Asia/Ho_Chi_Minh"
    """Name in the IANA time zone database."""
    rooms: tuple[Room, ...] = ()


@dataclass(frozen=True, slots=True)
class Rack:
    """A rack and its place in the room: millimetres from the room's corner to the rack's front left foot."""

    name: str
    site: str
    room: str
    row: str | None = None
    x_mm: Millimetres | None = None
    y_mm: Millimetres | None = None
    units: Annotated[int, Interval(ge=1, le=100)] = 42
    owner: str | None = None
    foreign: bool = False
    """Belongs to another organisation: shown on the plan, never touched (R-INV-11)."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """A line that we rent."""

    name: str
    site: str
    provider: str
    kind: CircuitKind
    device: str | None = None
    """The device of ours that it ends on."""
    interface: str | None = None
    rate_mbps: Annotated[int, Ge(1)] | None = None
    """The rate that was bought."""
    local_as: AutonomousSystem | None = None
    provider_as: AutonomousSystem | None = None
    reference: str | None = None
    """The provider's name for it: what to quote on the phone."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """A range of addresses and what it is for."""

    prefix: Network
    site: str
    purpose: str
    system: str | None = None
    """The information system that it serves."""
    vlan: Annotated[int, Interval(ge=1, le=4094)] | None = None
    public: bool = False
    registered: date | None = None
    """When it was registered with the national monitoring centre (NCSC)."""
    parent: bool = False
    """A block that is divided further: other prefixes may lie inside it."""


@dataclass(frozen=True, slots=True)
class InformationSystem:
    """A system that people use, and what it needs."""

    name: str
    title: str
    owner: str | None = None
    criticality: Criticality = Criticality.NORMAL
    level: SecurityLevel | None = None
    """Approved security level, 1 to 5 (Decree 85/2016)."""
    service_groups: tuple[str, ...] = ()
    rpo_minutes: Minutes | None = None
    """How much work may be lost. None: not agreed, and nothing is assumed."""
    rto_minutes: Minutes | None = None
    """How long it may be away. None: not agreed, and nothing is assumed."""
    public_names: tuple[str, ...] = ()
    virtual_machines: tuple[str, ...] = ()
    """The virtual machines it runs on: their names in vCenter, with `*`, `?` and `[…]`; `vc-main/portal-*` of one
    vCenter alone."""
    runs_elsewhere: str | None = None
    """Where it runs when no virtual machine of ours carries it: a cloud, boxes of its own. Then none is missed."""


@dataclass(frozen=True, slots=True)
class DrPair:
    """A thing of the main site and its stand-in at the DR site.

    A system that runs at both sites is paired with itself.
    """

    main: str
    dr: str
    kind: PairKind = PairKind.DEVICE
