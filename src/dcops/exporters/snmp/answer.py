"""The HTTP answers of probes: text for Prometheus, squeezed quickly."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from aiohttp import web

from dcops.exporters.snmp import labels
from dcops.exporters.snmp.catalogue import Catalogue, Metric
from dcops.exporters.snmp.probe import Probe

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SMALLEST_SQUEEZED = 1400
"""What fits into one packet gains nothing."""
_GZIP = 31
"""A window of 32 kB with the head of gzip, for zlib."""

SUCCESS = Metric("dcops_probe_success", "gauge", "Whether the device answered, and all that it was asked.", frozenset())
DURATION = Metric("dcops_probe_duration_seconds", "gauge", "How long the device was asked.", frozenset())
COLLECTOR = Metric(
    "dcops_probe_collector_success",
    "gauge",
    "Whether the device told what this profile asks; 0 also where it has nothing of it.",
    frozenset({"collector"}),
)
OWN = (SUCCESS, DURATION, COLLECTOR)


def page(found: Probe, catalogue: Catalogue) -> str:
    """Everything that a probe tells."""
    return "".join(_head(found)) + found.samples.text(catalogue)


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
        yield f"{COLLECTOR.name}{labels.joined({'collector': name})} {int(well)}\n"


def answer(request: web.Request, text: str, *, content_type: str = CONTENT_TYPE) -> web.Response:
    """The text, in gzip where it is taken. Level 1: higher ones cost more than the whole probe."""
    body = text.encode("utf-8", "replace")
    headers = {"Content-Type": content_type, "Vary": "Accept-Encoding"}
    if len(body) >= SMALLEST_SQUEEZED and takes_gzip(request.headers.get("Accept-Encoding", "")):
        headers["Content-Encoding"] = "gzip"
        body = zlib.compress(body, 1, _GZIP)
    return web.Response(body=body, headers=headers)


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110 section 12.5.3)."""
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() in ("gzip", "x-gzip"):
            return quality.replace(" ", "").removeprefix("q=").rstrip("0.") != "" if quality else True
    return False
