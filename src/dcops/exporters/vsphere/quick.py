"""Quick statistics as lines: what hosts, machines and pools use now, read once a minute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dcops.exporters.vsphere import capacity
from dcops.exporters.vsphere.block import Block, together
from dcops.vsphere.facts import MEBI, MEGA, is_connected, is_on
from dcops.vsphere.mirror import HOST, MACHINE, POOLS, Mirror
from dcops.vsphere.values import at

STATISTICS = "summary.quickStats"
HEARTBEAT = ("green", "yellow", "red", "gray")
KIBI = 1 << 10

_MACHINE = (
    ("dcops_vm_cpu_used_hertz", "overallCpuUsage", MEGA),
    ("dcops_vm_memory_used_bytes", "hostMemoryUsage", MEBI),
    ("dcops_vm_memory_active_bytes", "guestMemoryUsage", MEBI),
    ("dcops_vm_memory_ballooned_bytes", "balloonedMemory", MEBI),
    ("dcops_vm_memory_swapped_bytes", "swappedMemory", MEBI),
    # The one of them that comes in kilobytes.
    ("dcops_vm_memory_compressed_bytes", "compressedMemory", KIBI),
)
_HOST = (
    ("dcops_host_cpu_used_hertz", "overallCpuUsage", MEGA),
    ("dcops_host_memory_used_bytes", "overallMemoryUsage", MEBI),
)
_POOL = (
    ("dcops_resource_pool_cpu_used_hertz", "runtime.cpu.overallUsage", MEGA),
    ("dcops_resource_pool_cpu_limit_hertz", "runtime.cpu.maxUsage", MEGA),
    ("dcops_resource_pool_cpu_reserved_hertz", "runtime.cpu.reservationUsed", MEGA),
    ("dcops_resource_pool_memory_used_bytes", "runtime.memory.overallUsage", 1),
    ("dcops_resource_pool_memory_limit_bytes", "runtime.memory.maxUsage", 1),
    ("dcops_resource_pool_memory_reserved_bytes", "runtime.memory.reservationUsed", 1),
)

Properties = Mapping[str, Any]


def texts(vcenter: str, mirror: Mirror, read: Mapping[str, Properties]) -> dict[str, str]:
    """The lines by metric; `read` has the properties that were read now, by moid."""
    used = {one.moid: statistics(read[one.moid]) for one in mirror.of(HOST) if one.moid in read}
    return together((*_blocks(vcenter, mirror, read), *capacity.blocks(vcenter, mirror, used)))


def statistics(properties: Properties) -> Properties:
    """The quick statistics among the properties of an object."""
    found = at(properties, STATISTICS)
    return found if isinstance(found, Mapping) else {}


def _blocks(vcenter: str, mirror: Mirror, read: Mapping[str, Properties]) -> Iterable[Block]:
    for one in mirror.of(MACHINE):
        # What does not run uses nothing, and is not asked how much.
        if one.moid in read and is_on(one):
            found = statistics(read[one.moid])
            block = _numbers(vcenter, one.moid, found, _MACHINE)
            block.states("dcops_vm_heartbeat_status", "status", HEARTBEAT, found.get("guestHeartbeatStatus"))
            yield block
    for one in mirror.of(HOST):
        if one.moid in read and is_connected(one):
            yield _numbers(vcenter, one.moid, statistics(read[one.moid]), _HOST)
    for one in mirror.of(*POOLS):
        if one.moid in read:
            yield _numbers(vcenter, one.moid, read[one.moid], _POOL)


def _numbers(vcenter: str, moid: str, found: Properties, rows: Iterable[tuple[str, str, int]]) -> Block:
    block = Block(vcenter, moid)
    for metric, path, factor in rows:
        value = at(found, path)
        # -1 is vSphere's way to say that there is no limit.
        if not (isinstance(value, int) and value < 0):
            block.number(metric, value, factor)
    return block
