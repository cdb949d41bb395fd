"""What every page about a device begins with: whether the device told what it was asked."""

from __future__ import annotations

from dcops.exporters.catalogue import Metric

SUCCESS = Metric("dcops_probe_success", "gauge", "Whether the device answered, and all that it was asked.", frozenset())
COLLECTOR = Metric(
    "dcops_probe_collector_success",
    "gauge",
    "Whether the device told what this profile asks; 0 also where it has nothing of it.",
    frozenset({"collector"}),
)
