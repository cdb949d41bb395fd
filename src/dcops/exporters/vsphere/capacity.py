"""Whether a cluster can lose its largest host: what runs, against what the other hosts have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dcops.exporters.vsphere.block import Block
from dcops.vsphere.facts import cpu_hertz, memory_bytes, takes_load
from dcops.vsphere.managed import Managed
from dcops.vsphere.mirror import CLUSTER, HOST, Mirror

_RESOURCES: Mapping[str, tuple[str, str, Callable[[Managed], int | None], str, int]] = {
    "cpu": ("dcops_cluster_cpu_used_hertz", "dcops_cluster_failover_cpu_hertz", cpu_hertz, "overallCpuUsage", 10**6),
    "memory": (
        "dcops_cluster_memory_used_bytes",
        "dcops_cluster_failover_memory_bytes",
        memory_bytes,
        "overallMemoryUsage",
        1 << 20,
    ),
}
TOLERATED = "dcops_cluster_host_loss_tolerated"


def blocks(vcenter: str, mirror: Mirror, used: Mapping[str, Mapping[str, Any]]) -> list[Block]:
    """The lines of each cluster; `used` are the quick statistics of hosts, by moid.

    A cluster of which one host that carries load has not told its use has no figures: half of a sum is none.
    """
    members: dict[str, list[Managed]] = {one.moid: [] for one in mirror.of(CLUSTER)}
    for one in mirror.of(HOST):
        cluster = mirror.cluster_of(one)
        if cluster is not None and takes_load(one):
            members.setdefault(cluster.moid, []).append(one)
    return [_cluster(Block(vcenter, moid), hosts, used) for moid, hosts in members.items() if hosts]


def _cluster(block: Block, hosts: Sequence[Managed], used: Mapping[str, Mapping[str, Any]]) -> Block:
    for resource, (use_metric, left_metric, capacity_of, name, factor) in _RESOURCES.items():
        capacities = [capacity for one in hosts if (capacity := capacity_of(one)) is not None]
        uses = [use for one in hosts if isinstance(use := used.get(one.moid, {}).get(name), int)]
        if len(uses) == len(hosts):
            block.number(use_metric, sum(uses) * factor)
        if len(capacities) == len(hosts):
            # Of the largest host, so whichever is lost.
            left = sum(capacities) - max(capacities)
            block.number(left_metric, left)
            if len(uses) == len(hosts):
                block.flag(TOLERATED, sum(uses) * factor <= left, resource=resource)
    return block
