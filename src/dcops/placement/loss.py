"""What falls when hosts are lost: machines, and the systems that run on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dcops.placement.failover import Failover, Fate, Verdict
from dcops.placement.world import HostSpot, Spot, World


@dataclass(frozen=True, slots=True)
class LostMachine:
    """A machine on a lost host, and what becomes of it."""

    spot: Spot
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SystemLoss:
    """What a system loses."""

    system: str
    running: int
    """Its machines at work before, everywhere."""
    lost: tuple[LostMachine, ...]
    """Those of them that were on a lost host."""
    replicas: tuple[Spot, ...]
    """Its stand-ins in other vCenters."""

    @property
    def all_at_once(self) -> bool:
        """Nothing of it is left until something is started again."""
        return len(self.lost) == self.running

    @property
    def fate(self) -> Fate:
        """The worst that becomes of one of its machines."""
        fates = {machine.verdict.fate for machine in self.lost}
        return next(fate for fate in (Fate.DOWN, Fate.UNSURE, Fate.RESTARTED) if fate in fates)


@dataclass(frozen=True, slots=True)
class Loss:
    """All that falls with some hosts."""

    hosts: tuple[HostSpot, ...]
    machines: tuple[LostMachine, ...]
    systems: tuple[SystemLoss, ...]
    """Those that lose a machine at work, the worst hit first."""

    def count(self, fate: Fate) -> int:
        """How many machines have that fate."""
        return sum(machine.verdict.fate is fate for machine in self.machines)

    @property
    def lasting(self) -> bool:
        """Something stays down, or may."""
        return self.count(Fate.DOWN) + self.count(Fate.UNSURE) > 0

    def of_system(self, name: str) -> Loss:
        """What one system loses of it."""
        machines = tuple(machine for machine in self.machines if name in machine.spot.systems)
        return Loss(self.hosts, machines, tuple(system for system in self.systems if system.system == name))

    def of_machine(self, spot: Spot) -> Loss:
        """What it means for one machine and its systems."""
        machines = tuple(machine for machine in self.machines if machine.spot is spot)
        systems = tuple(system for system in self.systems if machines and system.system in spot.systems)
        return Loss(self.hosts, machines, systems)


def without(world: World, hosts: Sequence[HostSpot]) -> Loss:
    """What falls when all these hosts are lost at once."""
    machines = tuple(
        LostMachine(spot, _failover(host, hosts).of(spot.machine)) for host in hosts for spot in world.on(host)
    )
    hit: dict[str, list[LostMachine]] = {}
    for machine in machines:
        # One that may run counts as one that does: it may be the last of its system.
        if machine.verdict.fate is not Fate.IDLE and not machine.spot.machine.replica:
            for system in machine.spot.systems:
                hit.setdefault(system, []).append(machine)
    systems = [_system(world, name, lost) for name, lost in hit.items()]
    order = (Fate.DOWN, Fate.UNSURE, Fate.RESTARTED)
    systems.sort(key=lambda one: (not one.all_at_once, order.index(one.fate), one.system))
    return Loss(tuple(hosts), machines, tuple(systems))


def _failover(host: HostSpot, hosts: Sequence[HostSpot]) -> Failover:
    """The cluster of a host, without all of its hosts that are lost."""
    together = [
        other.host.moid
        for other in hosts
        if other.placement is host.placement and other.host.cluster == host.host.cluster
    ]
    return Failover(host.placement, host.cluster, together)


def _system(world: World, name: str, lost: list[LostMachine]) -> SystemLoss:
    spots = world.of_system(name)
    gone = {(machine.spot.vcenter, machine.spot.machine.moid) for machine in lost}
    running = [spot for spot in spots if spot.at_work or (spot.vcenter, spot.machine.moid) in gone]
    there = {machine.spot.vcenter for machine in lost}
    replicas = tuple(spot for spot in spots if spot.machine.replica and spot.vcenter not in there)
    return SystemLoss(name, len(running), tuple(lost), replicas)
