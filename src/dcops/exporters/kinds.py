"""The kinds of metrics that `dcops exporter serve` offers, written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from aiohttp import web


class Kind(Protocol):
    """Something that can be scraped."""

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""

    def close(self) -> None:
        """Let go of what it holds."""


def _jobs(root: Path) -> Kind:
    from dcops.exporters.jobs import Jobs

    return Jobs(root)


KINDS: Mapping[str, Callable[[Path], Kind]] = {"jobs": _jobs}
"""By name; each is given the site root."""
