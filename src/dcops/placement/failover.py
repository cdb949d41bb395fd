"""What HA does with a machine whose host is lost: as far as vCenter told, and no further."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dcops.model.placement import Cluster, HostSystem, Machine, Placement


class Fate(StrEnum):
    """What becomes of a machine."""

    RESTARTED = "HA restarts it"
    DOWN = "stays down"
    UNSURE = "not known"
    """Not enough was told to promise a restart: nobody may count on one."""
    IDLE = "was not running"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fate, and why."""

    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True)
class Failover:
    """One cluster of which hosts are lost; without a cluster, hosts that stand alone."""

    placement: Placement
    cluster: Cluster | None
    lost: Collection[str]
    """Moids of the hosts."""

    def of(self, machine: Machine) -> Verdict:
        """What becomes of a machine on one of the lost hosts."""
        if machine.template or (machine.power is not None and not machine.running):
            return Verdict(Fate.IDLE)
        if self.cluster is None:
            return Verdict(Fate.DOWN, "its host stands in no cluster")
        name = self.cluster.name
        if self.cluster.ha is not True:
            return _unless(self.cluster.ha, f"HA is off in {name}", f"not known whether HA is on in {name}")
        if machine.protected is not True:
            return _unless(machine.protected, "HA does not protect it", "not known whether HA protects it")
        takers = [host for host in self.survivors if host.takes_machines]
        if not takers:
            silent = any(host.state is None or host.maintenance is None for host in self.survivors)
            return _unless(
                None if silent else False,
                f"no other host of {name} takes machines",
                "not known: no other host says how it is",
            )
        if all(host.datastores for host in takers) and not any(
            set(machine.datastores) <= set(host.datastores) for host in takers
        ):
            return Verdict(Fate.DOWN, f"no other host of {name} reaches its datastores")
        if machine.power is None:
            return Verdict(Fate.UNSURE, "not known whether it runs")
        problem = self.shortage
        return Verdict(Fate.UNSURE, problem) if problem else Verdict(Fate.RESTARTED)

    @property
    def survivors(self) -> Sequence[HostSystem]:
        """The other hosts of the cluster."""
        hosts = self.placement.hosts_of.get(self.cluster.moid, ()) if self.cluster else ()
        return [host for host in hosts if host.moid not in self.lost]

    @property
    def shortage(self) -> str:
        """Why nobody can promise that the others have room for all; empty when they have."""
        level = self.cluster.failover_hosts if self.cluster else None
        if level is not None and level >= len(self.lost):
            return ""
        # What machines are given is the most that they can want: if that fits there is room without any trick.
        if self.memory is not None and self.memory[0] <= self.memory[1]:
            return ""
        name = self.cluster.name if self.cluster else ""
        if level is None:
            return f"not known whether {name} has room"
        return f"HA of {name} has room for {level} lost {'host' if level == 1 else 'hosts'}, not for {len(self.lost)}"

    @property
    def memory(self) -> tuple[int, int] | None:
        """Bytes that all running machines of the cluster are given, and that the other hosts have."""
        hosts = self.placement.hosts_of.get(self.cluster.moid, ()) if self.cluster else ()
        machines = [machine for host in hosts for machine in self.placement.machines_on.get(host.moid, ())]
        wanted = [machine.memory_bytes for machine in machines if machine.running]
        there = [host.memory_bytes for host in self.survivors if host.takes_machines]
        if None in wanted or None in there or any(machine.power is None for machine in machines):
            return None
        return sum(filter(None, wanted)), sum(filter(None, there))


def _unless(told: bool | None, why: str, unknown: str) -> Verdict:
    """Down when it was told so, unsure when it was not told at all."""
    return Verdict(Fate.UNSURE, unknown) if told is None else Verdict(Fate.DOWN, why)
