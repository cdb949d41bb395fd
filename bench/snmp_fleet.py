"""The reference site, two of its devices dead, at the pace of Prometheus; then 2,000 switches on one process."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.lab_site import lab_site
from bench.snmp import agent, exporters
from bench.snmp.exporters import Exporter
from bench.snmp.load import SUCCESS, Load, Scrapes

TARGETS, DEAD = 75, 2
CYCLES = 7
INTERVAL_SECONDS = 30
INTERVALS = 3
SWITCHES, PORTS, PROFILE = 2_000, 48, "interfaces"
SCRAPERS = 40


def why_not() -> str:
    """What is missing here; empty when nothing is."""
    missing = [name for name in ("gcc", "go") if shutil.which(name) is None]
    return f"{', '.join(missing)} not installed" if missing else ""


def run() -> dict[str, Any]:
    """First the site, then the switches."""
    with tempfile.TemporaryDirectory(prefix="dcops-bench-") as name:
        folder = Path(name)
        load = Load(folder)
        return {"figures": {**_site(load), **_switches(load, folder)}, "ratios": {}, "peers": {}}


def _site(load: Load) -> dict[str, float]:
    """All at once, as after a start of Prometheus; then evenly spread, as it goes on."""
    with lab_site("--scale", "reference") as lab, exporters.dcops(lab.site) as exporter:
        groups = json.loads(exporter.get("/sd/snmp"))
        there = sorted(target for group in groups for target in group["targets"])
        if len(there) < TARGETS:
            raise SystemExit(f"the reference site has {len(there)} targets, not {TARGETS}")
        # Of every kind some: names say what a device is.
        names = [there[number * len(there) // TARGETS] for number in range(TARGETS)]
        urls = [f"{exporter.url}/probe?target={name}" for name in names]
        dead = names[:: TARGETS // DEAD][:DEAD]
        all_at_once = (f"-scrapers={TARGETS}", f"-total={TARGETS}")
        _cycle(load, exporter, urls, 0, *all_at_once)
        for name in dead:
            lab.fault(name, kind="hang")
        cycles = [_cycle(load, exporter, urls, DEAD, *all_at_once) for _ in range(CYCLES)]
        spread = [_cycle(load, exporter, urls, DEAD, f"-over={INTERVAL_SECONDS}s") for _ in range(INTERVALS)]
        return {
            "targets": TARGETS,
            "dead": DEAD,
            "cycle_seconds": _middle([one.wall_seconds for one in cycles]),
            "cycle_seconds_without_dead": _middle([max(one.each) for one in cycles]),
            "cycle_cpu_seconds": _middle([one.cpu_seconds for one in cycles]),
            "core_share_30s": _middle([one.cpu_seconds / INTERVAL_SECONDS for one in spread]),
            "p50_seconds": _middle([one.p50_seconds for one in spread]),
            "memory_bytes": exporter.memory_bytes,
        }


def _cycle(load: Load, exporter: Exporter, urls: Sequence[str], missed: int, *options: str) -> Scrapes:
    found = load.run([exporter], urls, f"-success={SUCCESS}", *options)
    if len(found.missed) != missed:
        raise SystemExit(f"{len(found.missed)} targets told nothing, and {missed} should: {found.missed}")
    return found


def _switches(load: Load, folder: Path) -> dict[str, float]:
    """At the pace of Prometheus, and as fast as one process can."""
    walk = folder / "switch.snmprec"
    agent.write_walk(walk, PORTS)
    with ExitStack() as stack:
        first, _ = stack.enter_context(agent.serving(folder, walk, SWITCHES))
        ports = range(first, first + SWITCHES)
        exporters.write_site(folder / "site", ports, PROFILE)
        exporter = stack.enter_context(exporters.dcops(folder / "site"))
        urls = [f"{exporter.url}/probe?target=sw-{port}" for port in ports]
        started = exporter.memory_bytes
        spread = [
            load.run([exporter], urls, f"-over={INTERVAL_SECONDS}s", f"-success={SUCCESS}") for _ in range(INTERVALS)
        ]
        fast = load.run([exporter], urls, f"-scrapers={SCRAPERS}", f"-total={SWITCHES}")
        return {
            "switches_2000": SWITCHES,
            "missed_2000": max(len(one.missed) for one in spread),
            "core_share_2000": _middle([one.cpu_seconds / INTERVAL_SECONDS for one in spread]),
            "p50_seconds_2000": _middle([one.p50_seconds for one in spread]),
            "cycle_seconds_2000": _middle([fast.wall_seconds]),
            "memory_bytes_2000": exporter.memory_bytes,
            "memory_bytes_2000_before": started,
        }


def _middle(values: Sequence[float]) -> float:
    return round(statistics.median(values), 5)
