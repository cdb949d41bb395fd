"""A virtual machine as lines: what the inventory collector knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcops.exporters.vsphere import alarms, guest, snapshots
from dcops.exporters.vsphere.block import Block
from dcops.vsphere.facts import CPUS, MEBI, MEGA, MEMORY, POWERED_ON
from dcops.vsphere.managed import Managed
from dcops.vsphere.values import at

POWER = (POWERED_ON, "poweredOff", "suspended")
CONNECTION = ("connected", "disconnected", "inaccessible", "invalid", "orphaned")
FAULT_TOLERANCE = ("disabled", "enabled", "needSecondary", "starting", "running")
NOT_CONFIGURED = "notConfigured"

_NUMBERS = (
    ("dcops_vm_cpus", CPUS, 1),
    ("dcops_vm_memory_capacity_bytes", MEMORY, MEBI),
    ("dcops_vm_cpu_capacity_hertz", "runtime.maxCpuUsage", MEGA),
    ("dcops_vm_storage_committed_bytes", "summary.storage.committed", 1),
    ("dcops_vm_storage_uncommitted_bytes", "summary.storage.uncommitted", 1),
)
_FLAGS = (
    ("dcops_vm_consolidation_needed", "runtime.consolidationNeeded"),
    ("dcops_vm_ha_protected", "runtime.dasVmProtection.dasProtected"),
)


def lines(vcenter: str, machine: Managed) -> Mapping[str, str]:
    """Everything but what it is called and where it runs."""
    block = Block(vcenter, machine.moid)
    properties = machine.properties
    power = at(properties, "runtime.powerState")
    if power is not None:
        block.flag("dcops_vm_powered_on", power == POWERED_ON)
    block.states("dcops_vm_power_state", "state", POWER, power)
    block.states("dcops_vm_connection_state", "state", CONNECTION, at(properties, "runtime.connectionState"))
    for metric, path, factor in _NUMBERS:
        block.number(metric, at(properties, path), factor)
    for metric, path in _FLAGS:
        block.flag(metric, at(properties, path))
    if power == POWERED_ON:
        block.number("dcops_vm_boot_timestamp_seconds", at(properties, "runtime.bootTime"))
    _fault_tolerance(block, properties)
    guest.write(block, properties, on=power == POWERED_ON)
    snapshots.write(block, properties)
    alarms.count(block, "dcops_vm_alarms", machine)
    return block.lines


def _fault_tolerance(block: Block, properties: Mapping[str, Any]) -> None:
    state = at(properties, "runtime.faultToleranceState")
    if state != NOT_CONFIGURED:
        block.states("dcops_vm_fault_tolerance_state", "state", FAULT_TOLERANCE, state)
