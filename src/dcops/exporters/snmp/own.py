"""What the exporter says of its probes on /metrics."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from dcops.errors import DeviceError, ErrorKind
from dcops.exporters.snmp.probe import Probe

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
ALL = "all"
"""The module of a probe that runs all profiles of its device."""

REASONS = {
    ErrorKind.TIMEOUT: "timeout",
    ErrorKind.AUTH: "auth",
    ErrorKind.DENIED: "auth",
    ErrorKind.INVALID: "parse",
    ErrorKind.TRUNCATED: "parse",
    ErrorKind.REFUSED: "refused",
    ErrorKind.UNREACHABLE: "refused",
}


def reason(error: DeviceError) -> str:
    """Why a collector failed, in one of a few words."""
    return REASONS.get(error.kind, "other")


class Own:
    """Counters of this process."""

    def __init__(self) -> None:
        self._seconds = Histogram(
            "dcops_exporter_probe_duration_seconds",
            "How long devices were asked.",
            ["module"],
            buckets=BUCKETS,
            registry=None,
        )
        self._errors = Counter(
            "dcops_exporter_probe_errors",
            "Collectors that failed, by profile and reason.",
            ["module", "reason"],
            registry=None,
        )
        self._dropped = Counter(
            "dcops_exporter_duplicate_series",
            "Series left out because another source had told them already.",
            ["module"],
            registry=None,
        )
        self._up = Gauge(
            "dcops_exporter_inventory_up",
            "Inventory, logins and profiles are in force as their files say now.",
            registry=None,
        )
        self._targets = Gauge("dcops_exporter_targets", "Devices that can be probed.", registry=None)

    def register(self, registry: CollectorRegistry, up: Callable[[], bool], targets: Callable[[], int]) -> None:
        """Let them be seen there."""
        self._up.set_function(up)
        self._targets.set_function(targets)
        for one in (self._seconds, self._errors, self._dropped, self._up, self._targets):
            registry.register(one)

    def count(self, module: str, found: Probe) -> None:
        """Note one probe."""
        self._seconds.labels(module).observe(found.seconds)
        for name, error in found.failures.items():
            self._errors.labels(name, reason(error)).inc()
        if found.samples.dropped:
            self._dropped.labels(module).inc(found.samples.dropped)
