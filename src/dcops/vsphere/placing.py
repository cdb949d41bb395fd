"""What runs where, out of the mirror: for the commands that tell people about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from dcops.model.placement import Cluster, Datastore, HostSystem, Machine, Placement, Power
from dcops.vsphere.facts import MEBI, MEMORY, is_replica, is_template, memory_bytes
from dcops.vsphere.managed import Managed
from dcops.vsphere.mirror import CLUSTER, DATASTORE, HOST, MACHINE, Mirror
from dcops.vsphere.values import at, list_at, text_at

_POWER = {"poweredOn": Power.ON, "poweredOff": Power.OFF, "suspended": Power.SUSPENDED}


def placement(vcenter: str, mirror: Mirror, seen: datetime, unseen: int = 0) -> Placement:
    """What runs where now. What vCenter did not say is None."""
    return Placement(
        vcenter=vcenter,
        seen=seen,
        machines=tuple(_machine(one, mirror) for one in _ordered(mirror.of(MACHINE))),
        hosts=tuple(_host(one, mirror) for one in _ordered(mirror.of(HOST))),
        clusters=tuple(_cluster(one) for one in _ordered(mirror.of(CLUSTER))),
        datastores=tuple(_datastore(one) for one in _ordered(mirror.of(DATASTORE))),
        unseen=unseen,
    )


def _ordered(found: Iterable[Managed]) -> list[Managed]:
    return sorted(found, key=lambda one: one.moid)


def _machine(machine: Managed, mirror: Mirror) -> Machine:
    properties = machine.properties
    memory = at(properties, MEMORY)
    return Machine(
        moid=machine.moid,
        name=text_at(properties, "name"),
        power=_POWER.get(text_at(properties, "runtime.powerState")),
        host=text_at(properties, "runtime.host") or None,
        datastores=_moids(properties, "datastore"),
        networks=tuple(sorted({name for moid in list_at(properties, "network") if (name := mirror.name(str(moid)))})),
        memory_bytes=memory * MEBI if isinstance(memory, int) else None,
        protected=_flag(at(properties, "runtime.dasVmProtection.dasProtected")),
        replica=is_replica(machine),
        template=is_template(machine),
    )


def _host(host: Managed, mirror: Mirror) -> HostSystem:
    properties = host.properties
    cluster = mirror.cluster_of(host)
    return HostSystem(
        moid=host.moid,
        name=text_at(properties, "name"),
        cluster=cluster.moid if cluster else None,
        state=text_at(properties, "runtime.connectionState") or None,
        maintenance=_flag(at(properties, "runtime.inMaintenanceMode")),
        memory_bytes=memory_bytes(host),
        datastores=_moids(properties, "datastore"),
    )


def _cluster(cluster: Managed) -> Cluster:
    properties = cluster.properties
    failover = at(properties, "summary.currentFailoverLevel")
    return Cluster(
        moid=cluster.moid,
        name=text_at(properties, "name"),
        ha=_flag(at(properties, "configurationEx.dasConfig.enabled")),
        admission=_flag(at(properties, "configurationEx.dasConfig.admissionControlEnabled")),
        failover_hosts=failover if isinstance(failover, int) and failover >= 0 else None,
    )


def _datastore(datastore: Managed) -> Datastore:
    properties = datastore.properties
    return Datastore(
        moid=datastore.moid,
        name=text_at(properties, "name"),
        kind=text_at(properties, "summary.type") or None,
        accessible=_flag(at(properties, "summary.accessible")),
    )


def _moids(properties: Any, path: str) -> tuple[str, ...]:
    return tuple(sorted(str(moid) for moid in list_at(properties, path)))


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
