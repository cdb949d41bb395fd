"""Everything that the inventory holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

from dcops.errors import UsageError
from dcops.inventory.words import did_you_mean, shown
from dcops.model.device import CredentialName, Device
from dcops.model.facility import Circuit, DrPair, InformationSystem, Prefix, Rack, Site


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


@dataclass(frozen=True)
class Inventory:
    """What we own and what stands beside it, checked; every kind in the order of its names."""

    devices: tuple[Device, ...] = ()
    sites: tuple[Site, ...] = ()
    racks: tuple[Rack, ...] = ()
    circuits: tuple[Circuit, ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    systems: tuple[InformationSystem, ...] = ()
    dr_pairs: tuple[DrPair, ...] = ()
    credentials: tuple[CredentialName, ...] = ()
    lab: bool = False
    """A pretend site: nothing in it exists."""

    def device(self, name: str) -> Device:
        """The device of that name; an unknown one is a UsageError with the nearest name."""
        return _found(self._devices, name, "device")

    def site(self, name: str) -> Site:
        """The site of that name."""
        return _found(self._sites, name, "site")

    def rack(self, name: str) -> Rack:
        """The rack of that name."""
        return _found(self._racks, name, "rack")

    def circuit(self, name: str) -> Circuit:
        """The circuit of that name."""
        return _found(self._circuits, name, "circuit")

    def system(self, name: str) -> InformationSystem:
        """The information system of that name."""
        return _found(self._systems, name, "system")

    def credential(self, name: str) -> CredentialName:
        """The credential of that name: its purpose, not its value."""
        return _found(self._credentials, name, "credential")

    @cached_property
    def _devices(self) -> dict[str, Device]:
        return _by_name(self.devices)

    @cached_property
    def _sites(self) -> dict[str, Site]:
        return _by_name(self.sites)

    @cached_property
    def _racks(self) -> dict[str, Rack]:
        return _by_name(self.racks)

    @cached_property
    def _circuits(self) -> dict[str, Circuit]:
        return _by_name(self.circuits)

    @cached_property
    def _systems(self) -> dict[str, InformationSystem]:
        return _by_name(self.systems)

    @cached_property
    def _credentials(self) -> dict[str, CredentialName]:
        return _by_name(self.credentials)


def _by_name(things: Iterable[T]) -> dict[str, T]:
    return {thing.name: thing for thing in things}


def _found(known: Mapping[str, T], name: str, noun: str) -> T:
    if name not in known:
        raise UsageError(f"the inventory has no {noun} {shown(name)}", next_step=sentence(did_you_mean(name, known)))
    return known[name]


def sentence(hint: str) -> str:
    """A hint as the next step of an error."""
    return f"{hint[:1].upper()}{hint[1:]}"
