"""What runs where: the machines, hosts, clusters and datastores of one vCenter at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property


class Power(StrEnum):
    """Whether a machine runs."""

    ON = "on"
    OFF = "off"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Machine:
    """A virtual machine. None: vCenter did not say, and nothing is assumed."""

    moid: str
    name: str
    power: Power | None = None
    host: str | None = None
    """The moid of the host it is on, running or not."""
    datastores: tuple[str, ...] = ()
    """Moids of those that hold its files."""
    networks: tuple[str, ...] = ()
    """Names of the networks it is attached to."""
    memory_bytes: int | None = None
    protected: bool | None = None
    """HA has it under its protection."""
    replica: bool = False
    """The stand-in that vSphere Replication keeps; off until somebody fails over."""
    template: bool = False

    @property
    def running(self) -> bool:
        """It is known to run: a loss of its host would take it down."""
        return self.power is Power.ON


@dataclass(frozen=True, slots=True)
class HostSystem:
    """An ESXi host as its vCenter sees it."""

    moid: str
    name: str
    cluster: str | None = None
    """The moid of its cluster. None: it stands alone, or nobody said."""
    state: str | None = None
    """`connected`, `disconnected`, `notResponding`."""
    maintenance: bool | None = None
    memory_bytes: int | None = None
    datastores: tuple[str, ...] = ()
    """Moids of those it reaches; empty when nobody said."""

    @property
    def takes_machines(self) -> bool:
        """Machines can be started on it now."""
        return self.state == "connected" and self.maintenance is False


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster, and what it does when a host fails."""

    moid: str
    name: str
    ha: bool | None = None
    admission: bool | None = None
    """HA refuses to start what it could not start again elsewhere."""
    failover_hosts: int | None = None
    """How many hosts may fail now with everything protected started again, as HA reckons it."""


@dataclass(frozen=True, slots=True)
class Datastore:
    """A datastore."""

    moid: str
    name: str
    kind: str | None = None
    """`VMFS`, `NFS`, `vsan`."""
    accessible: bool | None = None


@dataclass(frozen=True)
class Placement:
    """One vCenter. Things are known by their moids, as names are not unique; names come last in what people see."""

    vcenter: str
    seen: datetime
    """When it was so."""
    machines: tuple[Machine, ...] = ()
    hosts: tuple[HostSystem, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    datastores: tuple[Datastore, ...] = ()
    unseen: int = 0
    """Objects that the account was not allowed to see: what is not here may be one of them."""

    def same_as(self, other: Placement | None) -> bool:
        """Nothing moved in between; the time is no part of that."""
        return other is not None and self._things == other._things

    @property
    def _things(self) -> tuple[object, ...]:
        return (self.vcenter, self.machines, self.hosts, self.clusters, self.datastores, self.unseen)

    @cached_property
    def host_of(self) -> Mapping[str, HostSystem]:
        """Hosts by moid."""
        return {host.moid: host for host in self.hosts}

    @cached_property
    def cluster_of(self) -> Mapping[str, Cluster]:
        """Clusters by moid."""
        return {cluster.moid: cluster for cluster in self.clusters}

    @cached_property
    def datastore_of(self) -> Mapping[str, Datastore]:
        """Datastores by moid."""
        return {datastore.moid: datastore for datastore in self.datastores}

    @cached_property
    def machines_on(self) -> Mapping[str, tuple[Machine, ...]]:
        """Machines by the moid of their host."""
        found: dict[str, list[Machine]] = {}
        for machine in self.machines:
            if machine.host is not None:
                found.setdefault(machine.host, []).append(machine)
        return {host: tuple(machines) for host, machines in found.items()}

    @cached_property
    def hosts_of(self) -> Mapping[str, tuple[HostSystem, ...]]:
        """Hosts by the moid of their cluster."""
        found: dict[str, list[HostSystem]] = {}
        for host in self.hosts:
            if host.cluster is not None:
                found.setdefault(host.cluster, []).append(host)
        return {cluster: tuple(hosts) for cluster, hosts in found.items()}


def bare(name: str) -> str:
    """A host's name without its domain, as the inventory has it; an address stays as it is."""
    return name if name.replace(".", "").isdigit() or ":" in name else name.partition(".")[0].lower()
