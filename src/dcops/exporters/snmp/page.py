"""What a probe tells, as text for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from dcops.exporters.catalogue import Catalogue, Metric
from dcops.exporters.snmp.probe import Probe
from dcops.exporters.success import COLLECTOR, SUCCESS
from dcops.exporters.text import joined

DURATION = Metric("dcops_probe_duration_seconds", "gauge", "How long the device was asked.", frozenset())
OWN = (SUCCESS, DURATION, COLLECTOR)


def page(found: Probe, catalogue: Catalogue) -> str:
    """Everything that a probe tells."""
    return "".join([*_head(found), *found.samples.parts(catalogue)])


def _head(found: Probe) -> Iterator[str]:
    # Comments, which Prometheus skips: somebody who asks with curl reads why.
    for name, error in found.failures.items():
        yield f"# {name}: {' '.join(str(error).split())}\n"
    for name in found.empty:
        yield f"# {name}: the device has nothing of this profile\n"
    yield f"{SUCCESS.head}{SUCCESS.name} {int(found.success)}\n"
    yield f"{DURATION.head}{DURATION.name} {found.seconds:.6f}\n"
    yield COLLECTOR.head
    for name in found.collectors:
        well = name not in found.failures and name not in found.empty
        yield f"{COLLECTOR.name}{joined({'collector': name})} {int(well)}\n"
