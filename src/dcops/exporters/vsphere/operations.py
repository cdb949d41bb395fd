"""What was done to the machines of clusters, as vCenter counts it: figures of 5 minutes that only grow."""

from __future__ import annotations

from collections.abc import Container, Mapping

from dcops.exporters.vsphere.block import Block, together
from dcops.vsphere.mirror import CLUSTER, Mirror
from dcops.vsphere.samples import Samples, Wish

METRIC = "dcops_cluster_vm_operations_total"
WISH = Wish(interval_seconds=300, back_seconds=3600)
OPERATIONS: Mapping[str, str] = {
    f"vmop.{counter}.latest": operation
    for counter, operation in {
        "numVMotion": "vmotion",
        "numSVMotion": "storage_vmotion",
        "numXVMotion": "cross_host_vmotion",
        "numCreate": "create",
        "numClone": "clone",
        "numDeploy": "deploy",
        "numDestroy": "destroy",
        "numRegister": "register",
        "numUnregister": "unregister",
        "numReconfigure": "reconfigure",
        "numPoweron": "power_on",
        "numPoweroff": "power_off",
        "numSuspend": "suspend",
        "numReset": "reset",
        "numRebootGuest": "reboot_guest",
        "numShutdownGuest": "shutdown_guest",
    }.items()
}
COUNTERS: Mapping[str, tuple[str, ...]] = {CLUSTER: tuple(OPERATIONS)}


def texts(vcenter: str, samples: Samples, mirror: Mirror, fresh: Container[str]) -> dict[str, str]:
    """The lines of the clusters whose figures are fresh."""
    blocks: list[Block] = []
    for one in mirror.of(CLUSTER):
        if one.moid in fresh:
            block = Block(vcenter, one.moid)
            told = samples.values.get(one.moid, {})
            for counter, operation in OPERATIONS.items():
                block.number(METRIC, told.get(counter), operation=operation)
            blocks.append(block)
    return together(blocks)
