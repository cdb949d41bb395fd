"""A cluster as lines: what HA and DRS are set to, what it has, and what vCenter thinks of it."""

from __future__ import annotations

from collections.abc import Mapping

from dcops.exporters.vsphere import alarms
from dcops.exporters.vsphere.block import Block
from dcops.vsphere.facts import MEBI, MEGA
from dcops.vsphere.managed import Managed
from dcops.vsphere.values import at

STATUS = ("green", "yellow", "red", "gray")
AUTOMATION = ("manual", "partiallyAutomated", "fullyAutomated")

_FLAGS = (
    ("dcops_cluster_ha_enabled", "configurationEx.dasConfig.enabled"),
    ("dcops_cluster_ha_admission_control_enabled", "configurationEx.dasConfig.admissionControlEnabled"),
    ("dcops_cluster_drs_enabled", "configurationEx.drsConfig.enabled"),
)
_NUMBERS = (
    ("dcops_cluster_hosts", "summary.numHosts", 1),
    ("dcops_cluster_effective_hosts", "summary.numEffectiveHosts", 1),
    ("dcops_cluster_cpu_capacity_hertz", "summary.totalCpu", MEGA),
    ("dcops_cluster_memory_capacity_bytes", "summary.totalMemory", 1),
    ("dcops_cluster_effective_cpu_hertz", "summary.effectiveCpu", MEGA),
    ("dcops_cluster_effective_memory_bytes", "summary.effectiveMemory", MEBI),
    ("dcops_cluster_failover_hosts", "summary.currentFailoverLevel", 1),
    ("dcops_cluster_vmotions_total", "summary.numVmotions", 1),
)


def lines(vcenter: str, cluster: Managed) -> Mapping[str, str]:
    """Everything but its name."""
    block = Block(vcenter, cluster.moid)
    properties = cluster.properties
    for metric, path in _FLAGS:
        block.flag(metric, at(properties, path))
    for metric, path, factor in _NUMBERS:
        block.number(metric, at(properties, path), factor)
    if at(properties, "configurationEx.drsConfig.enabled") is True:
        # Where DRS is off there is no score, whatever stands there.
        block.number("dcops_cluster_drs_score_ratio", at(properties, "summary.drsScore"), 0.01)
    block.states(
        "dcops_cluster_drs_automation_mode",
        "mode",
        AUTOMATION,
        at(properties, "configurationEx.drsConfig.defaultVmBehavior"),
    )
    block.states("dcops_cluster_status", "status", STATUS, at(properties, "summary.overallStatus"))
    alarms.count(block, "dcops_cluster_alarms", cluster)
    return block.lines
