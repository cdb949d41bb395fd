"""What objects are, by their properties: a machine that runs, a host that takes load, a stand-in, a template."""

from __future__ import annotations

from dcops.vsphere.managed import Managed
from dcops.vsphere.values import at, text_at

POWERED_ON = "poweredOn"
CONNECTED = "connected"
REPLICATION = "com.vmware.vcHms"
"""The extension that manages the stand-ins of vSphere Replication."""
CPUS = "config.hardware.numCPU"
MEMORY = "config.hardware.memoryMB"
MEBI = 1 << 20
MEGA = 1_000_000


def is_on(machine: Managed) -> bool:
    """It runs, as far as its vCenter knows."""
    return text_at(machine.properties, "runtime.powerState") == POWERED_ON


def is_replica(machine: Managed) -> bool:
    """It stands in for a machine of the other site, and stays off until somebody fails over."""
    return text_at(machine.properties, "config.managedBy.extensionKey").startswith(REPLICATION)


def is_template(machine: Managed) -> bool:
    """It is there to be copied."""
    return at(machine.properties, "config.template") is True


def is_connected(host: Managed) -> bool:
    """Its vCenter reaches it now."""
    return text_at(host.properties, "runtime.connectionState") == CONNECTED


def takes_load(host: Managed) -> bool:
    """Machines can run on it now."""
    return is_connected(host) and at(host.properties, "runtime.inMaintenanceMode") is False


def cpu_hertz(host: Managed) -> int | None:
    """What its cores can do together."""
    cores, speed = (at(host.properties, f"summary.hardware.{name}") for name in ("numCpuCores", "cpuMhz"))
    return cores * speed * MEGA if isinstance(cores, int) and isinstance(speed, int) else None


def memory_bytes(host: Managed) -> int | None:
    """How much memory it has."""
    found = at(host.properties, "summary.hardware.memorySize")
    return found if isinstance(found, int) else None
