"""A switch scraped by dcops and by Debian's prometheus-snmp-exporter: the same agent, the same columns, in turn."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from bench.measure import debian_version, median, ratio
from bench.snmp import agent, exporters
from bench.snmp.exporters import Exporter
from bench.snmp.load import Load

PORTS, MANY_PORTS = 48, 500
AT_ONCE = 40
"""Switches that are scraped at the same time, each by one scraper."""
ROUNDS = 7
SCRAPES, SCRAPES_AT_ONCE, SCRAPES_OF_MANY = 60, 240, 12
"""In a run: one after the other, at once, and of the large switch."""
COMPARED = "dcops_bench_"


@dataclass(frozen=True)
class Scraper:
    """An exporter, or two that share the work, and where each switch is found there."""

    exporters: Sequence[Exporter]
    path: Callable[[int], str]

    def urls(self, ports: Sequence[int]) -> list[str]:
        """One for each switch."""
        return [self.exporters[number % len(self.exporters)].url + self.path(port) for number, port in enumerate(ports)]


@dataclass(frozen=True)
class Run:
    """What one run took."""

    cpu_seconds: float
    """For one scrape."""
    p50_seconds: float
    per_second: float
    bytes: int


def why_not() -> str:
    """What is missing here; empty when nothing is."""
    missing = [name for name in ("gcc", "go", exporters.PEER) if shutil.which(name) is None]
    return f"{', '.join(missing)} not installed" if missing else ""


def run() -> dict[str, Any]:
    """Scrape in turn, so that a drifting machine hits all; first it is seen that they tell the same."""
    with tempfile.TemporaryDirectory(prefix="dcops-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        load = Load(folder)
        switches = _switches(stack, folder, PORTS, AT_ONCE)
        many = _switches(stack, folder, MANY_PORTS, 1)
        exporters.write_site(folder / "site", [*switches, *many])
        first, second = (stack.enter_context(exporters.dcops(folder / "site")) for _ in range(2))
        ours, ours_two = Scraper([first], exporters.probe), Scraper([first, second], exporters.probe)
        theirs = Scraper([stack.enter_context(exporters.peer())], exporters.peer_probe)
        samples = [_compared(ours, theirs, ports[0]) for ports in (switches, many)]
        one, at_once, of_many = [], [], []
        for _ in range(ROUNDS + 1):
            one.append([_run(load, SCRAPES, each, switches[:1]) for each in (ours, theirs)])
            at_once.append([_run(load, SCRAPES_AT_ONCE, each, switches) for each in (ours, theirs, ours_two)])
            of_many.append([_run(load, SCRAPES_OF_MANY, each, many) for each in (ours, theirs)])
        memory = [each.exporters[0].memory_bytes for each in (ours, theirs)]
        for exporter in ours_two.exporters:
            _all_went_well(exporter)
    # The first round, in which both warm up, does not count.
    (mine, peers), (mine_40, peers_40, two_40), (mine_many, peers_many) = (
        list(zip(*runs[1:], strict=True)) for runs in (one, at_once, of_many)
    )
    return {
        "figures": {
            "samples": samples[0],
            "samples_500_ports": samples[1],
            "bytes": mine[0].bytes,
            "snmp_exporter_bytes": peers[0].bytes,
            **_figures("", mine, mine_40, mine_many),
            "scrapes_per_second_40_two_processes": median([each.per_second for each in two_40]),
            "memory_bytes": memory[0],
            **_figures("snmp_exporter_", peers, peers_40, peers_many),
            "snmp_exporter_memory_bytes": memory[1],
        },
        "ratios": {
            "cpu_snmp_exporter_over_dcops": _ratio(peers, mine, "cpu_seconds"),
            "p50_snmp_exporter_over_dcops": _ratio(peers, mine, "p50_seconds"),
            "throughput_dcops_over_snmp_exporter": _ratio(mine_40, peers_40, "per_second"),
            "throughput_two_dcops_over_snmp_exporter": _ratio(two_40, peers_40, "per_second"),
            "cpu_40_snmp_exporter_over_dcops": _ratio(peers_40, mine_40, "cpu_seconds"),
            "cpu_500_ports_snmp_exporter_over_dcops": _ratio(peers_many, mine_many, "cpu_seconds"),
            "p50_500_ports_snmp_exporter_over_dcops": _ratio(peers_many, mine_many, "p50_seconds"),
        },
        "peers": {exporters.PEER: debian_version(exporters.PEER)},
    }


def _figures(whose: str, one: Sequence[Run], at_once: Sequence[Run], many: Sequence[Run]) -> dict[str, float]:
    def middle(runs: Sequence[Run], what: str) -> float:
        return round(statistics.median(getattr(each, what) for each in runs), 5)

    return {
        f"{whose}cpu_seconds_per_scrape": middle(one, "cpu_seconds"),
        f"{whose}p50_seconds": middle(one, "p50_seconds"),
        f"{whose}scrapes_per_second_40": middle(at_once, "per_second"),
        f"{whose}cpu_seconds_per_scrape_500_ports": middle(many, "cpu_seconds"),
    }


def _ratio(first: Sequence[Run], second: Sequence[Run], what: str) -> float:
    return ratio([getattr(each, what) for each in first], [getattr(each, what) for each in second])


def _switches(stack: ExitStack, folder: Path, ports: int, count: int) -> list[int]:
    """Agents of so many switches alike, by their UDP ports."""
    walk = folder / f"{ports}.snmprec"
    agent.write_walk(walk, ports)
    first, _ = stack.enter_context(agent.serving(folder, walk, count))
    return list(range(first, first + count))


def _run(load: Load, total: int, scraper: Scraper, ports: Sequence[int]) -> Run:
    urls = scraper.urls(ports)
    found = load.run(scraper.exporters, urls, "-timeout=60s", f"-total={total}", f"-scrapers={len(urls)}")
    if found.missed:
        raise SystemExit(f"{len(found.missed)} scrapes failed, such as {found.missed[0]}")
    return Run(found.cpu_seconds / total, found.p50_seconds, total / found.wall_seconds, found.bytes // total)


def _compared(ours: Scraper, theirs: Scraper, port: int) -> int:
    """How many samples both give, each with the same labels and the same value."""
    mine, peers = (_samples(each.exporters[0].get(each.path(port))) for each in (ours, theirs))
    if mine != peers or not mine:
        different = sorted(mine.items() ^ peers.items())[:4]
        raise SystemExit(f"they do not tell the same: {len(mine)} and {len(peers)} samples, such as {different}")
    return len(mine)


def _samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith(COMPARED)
    }


def _all_went_well(exporter: Exporter) -> None:
    """An answer that lacks something is an answer still: the exporter itself counts what failed."""
    for family in text_string_to_metric_families(exporter.get("/metrics")):
        if family.name in ("dcops_exporter_probe_errors", "dcops_exporter_scrape_errors") and family.samples:
            raise SystemExit(f"scrapes failed: {family.samples}")
