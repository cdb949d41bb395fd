"""Public address ranges by information system, for registration with the national monitoring centre (R-INV-6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dcops.inventory.inventory import Inventory
from dcops.model.facility import InformationSystem, Network, Prefix


@dataclass(frozen=True, slots=True)
class Range:
    """One public range of one system."""

    system: InformationSystem
    network: Network
    site: str
    registered: date | None

    @property
    def first(self) -> str:
        """Its first address."""
        return str(self.network.network_address)

    @property
    def last(self) -> str:
        """Its last address."""
        return str(self.network.broadcast_address)


@dataclass(frozen=True, slots=True)
class Registration:
    """What is to be registered, and what the inventory leaves open."""

    ranges: tuple[Range, ...]
    without_system: tuple[Prefix, ...]
    """Public, and nobody says whose."""
    without_range: tuple[InformationSystem, ...]
    """With public names, and no public range."""
    unreachable: tuple[Prefix, ...]
    """Marked public, though nobody outside can reach such addresses."""
    unmarked: tuple[Prefix, ...]
    """Reachable from everywhere by their numbers, and not marked public: left out."""


def registration(inventory: Inventory, sites: Sequence[str] = ()) -> Registration:
    """The public ranges of the systems, in the order of systems and addresses; of some sites only, when they are named.

    `public: true` decides. Beside it the numbers are looked at: a private range that is marked public is told, and so
    is a public one that is not marked. In a pretend site (`lab: true`) every range is a documentation range, which
    nobody routes: there the mark alone counts.
    """
    systems = {system.name: system for system in inventory.systems}
    prefixes = [one for one in inventory.prefixes if not sites or one.site in sites]
    marked = [one for one in prefixes if one.public]
    ranges = [
        Range(systems[one.system], one.prefix, one.site, one.registered) for one in marked if one.system in systems
    ]
    ranges.sort(key=lambda one: (one.system.name, one.network.version, int(one.network.network_address)))
    served = {one.system.name for one in ranges}
    named = [system for system in inventory.systems if system.public_names and system.name not in served]
    return Registration(
        ranges=tuple(ranges),
        without_system=tuple(one for one in marked if one.system is None and not one.parent),
        # Of some sites only, nobody can say that a system has no range at all.
        without_range=() if sites else tuple(named),
        unreachable=() if inventory.lab else tuple(one for one in marked if not one.prefix.is_global),
        unmarked=()
        if inventory.lab
        else tuple(one for one in prefixes if one.prefix.is_global and not one.public and not one.parent),
    )


COLUMNS = (
    "system",
    "title",
    "owner",
    "level",
    "family",
    "range",
    "first",
    "last",
    "site",
    "registered",
    "public_names",
)


def rows(found: Registration) -> list[dict[str, object]]:
    """One row for each range, as machines and spreadsheets read it."""
    return [
        {
            "system": one.system.name,
            "title": one.system.title,
            "owner": one.system.owner,
            "level": one.system.level,
            "family": f"IPv{one.network.version}",
            "range": str(one.network),
            "first": one.first,
            "last": one.last,
            "site": one.site,
            "registered": one.registered.isoformat() if one.registered else None,
            "public_names": list(one.system.public_names),
        }
        for one in found.ranges
    ]


def gaps(found: Registration) -> list[dict[str, str]]:
    """What the inventory leaves open, each with what to do."""
    said = [
        ("range-without-system", found.without_system, "is public and belongs to no system", "say system: NAME"),
        ("range-not-reachable", found.unreachable, "is marked public, but such addresses reach nobody outside", ""),
        ("range-not-marked", found.unmarked, "is a public range by its numbers and is not marked", "say public: true"),
    ]
    told = [
        {"gap": gap, "what": str(one.prefix), "message": f"{one.prefix} at {one.site} {words}", "next_step": step}
        for gap, prefixes, words, step in said
        for one in prefixes
    ]
    told += [
        {
            "gap": "system-without-range",
            "what": system.name,
            "message": f"{system.name} has public names ({', '.join(system.public_names)}) and no public range",
            "next_step": "add its range under prefixes with public: true, or take the names out",
        }
        for system in found.without_range
    ]
    return told
