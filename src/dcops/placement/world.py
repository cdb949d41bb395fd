"""All vCenters together, and what the inventory says of what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dcops.model.claiming import Claims, alike
from dcops.model.device import ESXI, Device
from dcops.model.facility import InformationSystem
from dcops.model.placement import Cluster, HostSystem, Machine, Placement, bare


@dataclass(frozen=True, slots=True)
class HostSpot:
    """A host, where it is, and what the inventory says of it."""

    placement: Placement
    host: HostSystem
    device: Device | None
    """None: the inventory does not have it."""

    @property
    def name(self) -> str:
        """As the inventory calls it, else as its vCenter does."""
        return self.device.name if self.device else self.host.name

    @property
    def cluster(self) -> Cluster | None:
        """Its cluster; None when it stands alone."""
        return self.placement.cluster_of.get(self.host.cluster or "")

    @property
    def rack(self) -> str:
        """Its rack, empty when the inventory does not say."""
        return self.device.place.rack if self.device and self.device.place else ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A machine, where it runs, and for which systems."""

    placement: Placement
    machine: Machine
    host: HostSpot | None
    systems: tuple[str, ...]

    @property
    def vcenter(self) -> str:
        """The vCenter that told of it."""
        return self.placement.vcenter

    @property
    def datastores(self) -> tuple[str, ...]:
        """Names of those that hold its files."""
        known = self.placement.datastore_of
        return tuple(known[moid].name if moid in known else moid for moid in self.machine.datastores)

    @property
    def at_work(self) -> bool:
        """It runs for people now: no replica, no template, not switched off."""
        return self.machine.running and not self.machine.replica and not self.machine.template


class World:
    """What runs where, as far as it was told."""

    def __init__(
        self,
        placements: Iterable[Placement],
        devices: Iterable[Device],
        systems: Iterable[InformationSystem],
        *,
        lacking: Iterable[str] = (),
    ) -> None:
        self.placements = tuple(sorted(placements, key=lambda placement: placement.vcenter))
        self.systems = tuple(systems)
        self.lacking = tuple(lacking)
        """vCenters of which it is not known what they hold."""
        self.claims = Claims(self.systems)
        self.esxi = tuple(device for device in devices if device.platform == ESXI and not device.foreign)

    @cached_property
    def hosts(self) -> Sequence[HostSpot]:
        """Every host that a vCenter told of."""
        return tuple(
            HostSpot(placement, host, self._device_of(placement, host))
            for placement in self.placements
            for host in sorted(placement.hosts, key=lambda host: host.name)
        )

    @cached_property
    def spots(self) -> Sequence[Spot]:
        """Every machine that a vCenter told of."""
        hosts = {(spot.placement.vcenter, spot.host.moid): spot for spot in self.hosts}
        return tuple(
            Spot(
                placement,
                machine,
                hosts.get((placement.vcenter, machine.host or "")),
                self.claims.systems_of(placement.vcenter, machine.name),
            )
            for placement in self.placements
            for machine in sorted(placement.machines, key=lambda machine: (machine.name, machine.moid))
        )

    def of_system(self, name: str) -> Sequence[Spot]:
        """The machines of a system."""
        return self._by_system.get(name, ())

    def called(self, name: str) -> Sequence[Spot]:
        """The machines of a name, with `vcenter/` before it those of one vCenter; names need not be unique."""
        vcenter, slash, rest = name.partition("/")
        if slash:
            return tuple(spot for spot in self._by_name.get(alike(rest), ()) if spot.vcenter == vcenter)
        return self._by_name.get(alike(name), ())

    def on(self, host: HostSpot) -> Sequence[Spot]:
        """The machines on a host."""
        return self._by_host.get((host.placement.vcenter, host.host.moid), ())

    def host_of(self, device: Device) -> HostSpot | None:
        """Where a device of the inventory is among the hosts; None when no vCenter told of it."""
        return next((spot for spot in self.hosts if spot.device and spot.device.name == device.name), None)

    def known_to(self, vcenter: str) -> bool:
        """It is known what this vCenter holds."""
        return any(placement.vcenter == vcenter for placement in self.placements)

    def _device_of(self, placement: Placement, host: HostSystem) -> Device | None:
        device = self._esxi.get(host.name.lower()) or self._esxi.get(bare(host.name))
        if device is None or device.vcenter == placement.vcenter:
            return device
        # Two vCenters may each have an esx-01: then the one that the entry names is meant, and this is a stranger.
        return None if self._elsewhere(device, host) else device

    def _elsewhere(self, device: Device, host: HostSystem) -> bool:
        """The vCenter that the entry names has a host of this name itself."""
        return any(
            placement.vcenter == device.vcenter
            and any(bare(other.name) == bare(host.name) for other in placement.hosts)
            for placement in self.placements
        )

    @cached_property
    def _esxi(self) -> Mapping[str, Device]:
        return {device.name: device for device in self.esxi}

    @cached_property
    def _by_system(self) -> Mapping[str, Sequence[Spot]]:
        return _grouped((system, spot) for spot in self.spots for system in spot.systems)

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[Spot]]:
        return _grouped((alike(spot.machine.name), spot) for spot in self.spots)

    @cached_property
    def _by_host(self) -> Mapping[tuple[str, str], Sequence[Spot]]:
        found: dict[tuple[str, str], list[Spot]] = {}
        for spot in self.spots:
            if spot.machine.host:
                found.setdefault((spot.vcenter, spot.machine.host), []).append(spot)
        return found


def _grouped(pairs: Iterator[tuple[str, Spot]]) -> dict[str, list[Spot]]:
    found: dict[str, list[Spot]] = {}
    for key, spot in pairs:
        found.setdefault(key, []).append(spot)
    return found
