"""`_info` metrics: what things are called and where they are. Only these series change with a rename or a move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dcops.exporters.vsphere.block import Block
from dcops.model.placement import bare
from dcops.vsphere import mirror as kinds
from dcops.vsphere.facts import is_replica, is_template
from dcops.vsphere.managed import Managed
from dcops.vsphere.mirror import Mirror
from dcops.vsphere.values import text_at

if TYPE_CHECKING:
    from dcops.exporters.vsphere.stated import Stated


def lines(vcenter: str, thing: Managed, mirror: Mirror, stated: Stated) -> Mapping[str, str]:
    """The `_info` series of one object; nothing for what has none."""
    describe = _KINDS.get(thing.kind)
    if describe is None:
        return {}
    metric, labels = describe(thing, mirror, stated)
    block = Block(vcenter, thing.moid)
    block.info(metric, labels)
    return block.lines


def _name(thing: Managed | None) -> str:
    return text_at(thing.properties, "name") if thing else ""


def _machine(machine: Managed, mirror: Mirror, stated: Stated) -> tuple[str, dict[str, Any]]:
    properties = machine.properties
    name = _name(machine)
    return "dcops_vm_info", {
        "vm": name,
        "host": _name(mirror.host_of(machine)),
        "cluster": _name(mirror.cluster_of(machine)),
        "datacenter": _name(mirror.datacenter_of(machine)),
        "system": stated.system_of(name),
        "guest_os": text_at(properties, "guest.guestFullName") or text_at(properties, "config.guestFullName"),
        "tools_version": text_at(properties, "guest.toolsVersion"),
        "replica": "yes" if is_replica(machine) else "no",
        "template": "yes" if is_template(machine) else "no",
    }


def _host(host: Managed, mirror: Mirror, stated: Stated) -> tuple[str, dict[str, Any]]:
    properties = host.properties
    name = _name(host)
    place = stated.place_of(bare(name))
    return "dcops_host_info", {
        "host": name,
        "host_device": place.device,
        "rack": place.rack,
        "unit": place.unit,
        "cluster": _name(mirror.cluster_of(host)),
        "datacenter": _name(mirror.datacenter_of(host)),
        "vendor": text_at(properties, "summary.hardware.vendor"),
        "model": text_at(properties, "summary.hardware.model"),
        "cpu_model": text_at(properties, "summary.hardware.cpuModel"),
        "version": text_at(properties, "summary.config.product.version"),
        "build": text_at(properties, "summary.config.product.build"),
    }


def _datastore(datastore: Managed, mirror: Mirror, _stated: Stated) -> tuple[str, dict[str, Any]]:
    return "dcops_datastore_info", {
        "datastore": _name(datastore),
        "type": text_at(datastore.properties, "summary.type"),
        "datacenter": _name(mirror.datacenter_of(datastore)),
    }


def _cluster(cluster: Managed, mirror: Mirror, _stated: Stated) -> tuple[str, dict[str, Any]]:
    return "dcops_cluster_info", {"cluster": _name(cluster), "datacenter": _name(mirror.datacenter_of(cluster))}


def _pool(pool: Managed, mirror: Mirror, _stated: Stated) -> tuple[str, dict[str, Any]]:
    above = mirror.get(text_at(pool.properties, "parent"))
    return "dcops_resource_pool_info", {
        "pool": _name(pool),
        "parent": _name(above) if above and above.kind in kinds.POOLS else "",
        "cluster": _name(mirror.first_above(pool.moid, (kinds.CLUSTER,))),
        "datacenter": _name(mirror.datacenter_of(pool)),
    }


_KINDS = {
    kinds.MACHINE: _machine,
    kinds.HOST: _host,
    kinds.DATASTORE: _datastore,
    kinds.CLUSTER: _cluster,
    kinds.POOLS[0]: _pool,
    kinds.POOLS[1]: _pool,
}
