"""An ESXi host as lines: what the inventory collector knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcops.exporters.vsphere import alarms, sensors
from dcops.exporters.vsphere.block import Block
from dcops.vsphere.facts import CONNECTED, cpu_hertz, memory_bytes
from dcops.vsphere.managed import Managed
from dcops.vsphere.values import at

CONNECTION = (CONNECTED, "disconnected", "notResponding")
POWER = ("poweredOn", "poweredOff", "standBy")
HA = (
    "uninitialized",
    "election",
    "master",
    "connectedToMaster",
    "networkPartitionedFromMaster",
    "networkIsolated",
    "hostDown",
    "initializationError",
    "uninitializationError",
    "fdmUnreachable",
)


def lines(vcenter: str, host: Managed) -> Mapping[str, str]:
    """Everything but what it is called and where it stands."""
    block = Block(vcenter, host.moid)
    properties = host.properties
    connection = at(properties, "runtime.connectionState")
    if connection is not None:
        block.flag("dcops_host_connected", connection == CONNECTED)
    block.states("dcops_host_connection_state", "state", CONNECTION, connection)
    block.flag("dcops_host_maintenance_mode", at(properties, "runtime.inMaintenanceMode"))
    block.number("dcops_host_cpu_capacity_hertz", cpu_hertz(host))
    block.number("dcops_host_memory_capacity_bytes", memory_bytes(host))
    block.number("dcops_host_cpus", at(properties, "summary.hardware.numCpuCores"))
    alarms.count(block, "dcops_host_alarms", host)
    if connection == CONNECTED:
        _alive(block, properties)
    return block.lines


def _alive(block: Block, properties: Mapping[str, Any]) -> None:
    """What vCenter only remembers of a host that it does not reach, and so is left out then."""
    block.states("dcops_host_power_state", "state", POWER, at(properties, "runtime.powerState"))
    block.number("dcops_host_boot_timestamp_seconds", at(properties, "runtime.bootTime"))
    block.states("dcops_host_ha_state", "state", HA, at(properties, "runtime.dasHostState.state"))
    sensors.write(block, properties)
