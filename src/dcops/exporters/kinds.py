"""The kinds of metrics that `dcops exporter serve` offers, written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

from aiohttp import web
from prometheus_client import CollectorRegistry


class Kind(Protocol):
    """Something that can be scraped."""

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""

    def close(self) -> None:
        """Let go of what it holds."""


@runtime_checkable
class Counting(Protocol):
    """A kind that counts something, to be seen on the exporter's own /metrics."""

    def register(self, registry: CollectorRegistry) -> None:
        """Show what it counts."""


def _jobs(root: Path) -> Kind:
    from dcops.exporters.jobs import Jobs

    return Jobs(root)


def _snmp(root: Path) -> Kind:
    from dcops.exporters.snmp.kind import Snmp

    return Snmp(root)


def _vsphere(root: Path) -> Kind:
    from dcops.exporters.vsphere.kind import Vsphere

    return Vsphere(root)


KINDS: Mapping[str, Callable[[Path], Kind]] = {"jobs": _jobs, "snmp": _snmp, "vsphere": _vsphere}
"""By name; each is given the site root."""
