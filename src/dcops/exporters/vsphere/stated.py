"""What the inventory states of machines and hosts: the system that a machine belongs to, the rack that a host is in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dcops.model.claiming import Claims
    from dcops.model.device import Device


@dataclass(frozen=True, slots=True)
class Place:
    """Where a host is mounted; empty when the inventory does not know it."""

    device: str = ""
    """Its name in the inventory."""
    rack: str = ""
    unit: str = ""


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Stated:
    """Of one vCenter."""

    systems_of: Callable[[str], tuple[str, ...]] = field(default=lambda _name: (), compare=False)
    places: Mapping[str, Place] = field(default_factory=dict)

    def system_of(self, machine: str) -> str:
        """The system of a machine, by its name; several, where they share it, with a comma between them."""
        return ",".join(self.systems_of(machine))

    def place_of(self, host: str) -> Place:
        """Where a host is, by its name without the domain."""
        return self.places.get(host, NOWHERE)


def stated(claims: Claims, hosts: Iterable[Device], vcenter: str) -> Stated:
    """What the inventory states of one vCenter's things; `hosts` may be those of all."""
    return Stated(
        systems_of=lambda machine: claims.systems_of(vcenter, machine),
        places={
            host.name.lower(): Place(
                host.name,
                host.place.rack if host.place else "",
                str(host.place.unit) if host.place and host.place.unit is not None else "",
            )
            for host in hosts
            if host.vcenter == vcenter
        },
    )
