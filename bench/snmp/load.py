"""Scrapes as Prometheus makes them, timed by a program that costs little itself."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.snmp import golang
from bench.snmp.exporters import Exporter

SUCCESS = "\ndcops_probe_success 1\n"


@dataclass(frozen=True)
class Scrapes:
    """What some scrapes took."""

    wall_seconds: float
    cpu_seconds: float
    """Of the exporters, for all of them together."""
    each: Sequence[float]
    """Seconds of those that were answered."""
    missed: Sequence[str]
    """What the others were, and why."""
    bytes: int

    @property
    def p50_seconds(self) -> float:
        """The median."""
        return statistics.median(self.each)


class Load:
    """The program, built in a folder."""

    def __init__(self, folder: Path) -> None:
        self._program = golang.built("load", folder)

    def run(self, exporters: Sequence[Exporter], urls: Sequence[str], *options: object) -> Scrapes:
        """Scrape, and see what that costs the exporters."""
        before = sum(each.cpu_seconds for each in exporters)
        done = subprocess.run([self._program, *map(str, options), *urls], stdout=subprocess.PIPE, check=True)
        cpu = sum(each.cpu_seconds for each in exporters) - before
        told = json.loads(done.stdout)
        return Scrapes(told["wall"], cpu, told["scrapes"] or [], told["missed"] or [], told["bytes"])
