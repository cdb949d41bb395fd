"""What is read of which kind of object, by how often it changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Paths: TypeAlias = Mapping[str, tuple[str, ...]]
"""Properties by kind of object."""

WATCHED: Paths = {
    "VirtualMachine": (
        "name",
        "parent",
        "resourcePool",
        "config.template",
        "config.managedBy",
        "config.guestFullName",
        "config.hardware.numCPU",
        "config.hardware.memoryMB",
        "datastore",
        "network",
        "runtime.host",
        "runtime.powerState",
        "runtime.connectionState",
        "runtime.bootTime",
        "runtime.maxCpuUsage",
        "runtime.consolidationNeeded",
        "runtime.faultToleranceState",
        "runtime.dasVmProtection",
        "guest.guestFullName",
        "guest.hostName",
        "guest.toolsRunningStatus",
        "guest.toolsVersion",
        "guest.toolsVersionStatus2",
        "guest.disk",
        "guest.net",
        "snapshot",
        "summary.storage",
        "triggeredAlarmState",
    ),
    "HostSystem": (
        "name",
        "parent",
        "datastore",
        "summary.hardware.vendor",
        "summary.hardware.model",
        "summary.hardware.cpuModel",
        "summary.hardware.cpuMhz",
        "summary.hardware.numCpuCores",
        "summary.hardware.numCpuThreads",
        "summary.hardware.memorySize",
        "summary.config.product.version",
        "summary.config.product.build",
        "runtime.powerState",
        "runtime.connectionState",
        "runtime.standbyMode",
        "runtime.inMaintenanceMode",
        "runtime.bootTime",
        "runtime.dasHostState",
        "runtime.healthSystemRuntime.systemHealthInfo.numericSensorInfo",
        "runtime.healthSystemRuntime.hardwareStatusInfo",
        "triggeredAlarmState",
    ),
    "Datastore": (
        "name",
        "parent",
        "summary.capacity",
        "summary.freeSpace",
        "summary.uncommitted",
        "summary.accessible",
        "summary.maintenanceMode",
        "summary.type",
        "summary.url",
        "host",
        "vm",
        "triggeredAlarmState",
    ),
    "ClusterComputeResource": (
        "name",
        "parent",
        "summary",
        "configurationEx",
        "overallStatus",
        "triggeredAlarmState",
    ),
    "ComputeResource": ("name", "parent"),
    "ResourcePool": ("name", "parent", "owner"),
    "Network": ("name",),
    "Datacenter": ("name", "parent"),
    "Folder": ("name", "parent"),
}
"""What is told as soon as it changes. `summary.quickStats` is not among it: on a real vCenter it changes for every
machine every 20 to 30 seconds, and would turn each look into a full one."""

QUICK: Paths = {
    "VirtualMachine": ("summary.quickStats",),
    "HostSystem": ("summary.quickStats",),
    "ResourcePool": ("runtime",),
}
"""What changes all the time, and is read once a minute."""

KINDS = tuple(WATCHED)
