"""A datastore as lines: room, whether it is there, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcops.exporters.vsphere import alarms
from dcops.exporters.vsphere.block import Block
from dcops.vsphere.managed import Managed
from dcops.vsphere.values import at, list_at, records_at

MAINTENANCE = ("normal", "enteringMaintenance", "inMaintenance")


def lines(vcenter: str, datastore: Managed) -> Mapping[str, str]:
    """Everything but its name."""
    block = Block(vcenter, datastore.moid)
    properties = datastore.properties
    accessible = at(properties, "summary.accessible")
    block.flag("dcops_datastore_accessible", accessible)
    block.states("dcops_datastore_maintenance_state", "state", MAINTENANCE, at(properties, "summary.maintenanceMode"))
    if accessible is not False:
        _room(block, properties)
    _mounts(block, properties)
    if isinstance(at(properties, "vm"), list | tuple):
        block.number("dcops_datastore_vms", len(list_at(properties, "vm")))
    alarms.count(block, "dcops_datastore_alarms", datastore)
    return block.lines


def _room(block: Block, properties: Mapping[str, Any]) -> None:
    """Of a datastore that nobody reaches vCenter only knows what was."""
    capacity, free, uncommitted = (
        at(properties, f"summary.{name}") for name in ("capacity", "freeSpace", "uncommitted")
    )
    block.number("dcops_datastore_capacity_bytes", capacity)
    block.number("dcops_datastore_free_bytes", free)
    block.number("dcops_datastore_uncommitted_bytes", uncommitted)
    if isinstance(capacity, int) and isinstance(free, int):
        # Uncommitted is not set where nothing is thin, and then it is nothing.
        block.number("dcops_datastore_provisioned_bytes", capacity - free + (uncommitted or 0))


def _mounts(block: Block, properties: Mapping[str, Any]) -> None:
    if not isinstance(at(properties, "host"), list | tuple):
        return
    mounts = records_at(properties, "host")
    block.number("dcops_datastore_hosts", len(mounts))
    for mount in mounts:
        host, accessible = mount.get("key"), at(mount, "mountInfo.accessible")
        # A mount that vCenter knows and says nothing bad of is accessible by the words of its reference.
        if isinstance(host, str) and at(mount, "mountInfo.mounted") is not False:
            block.flag("dcops_datastore_host_accessible", accessible, host_moid=host)
        elif isinstance(host, str):
            block.flag("dcops_datastore_host_accessible", False, host_moid=host)
