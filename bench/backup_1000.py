"""1,000 routers: what a backup costs beside bare SSH, and how long slow routers take beside the ideal."""

from __future__ import annotations

import json
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.lab_site import lab_fleet, lab_site, set_workers
from bench.measure import DCOPS, PYTHON, Usage, median, ratio, usage_of

LABS = 4
ROUTERS = 250
WORKERS = 40
ROUNDS = 3
SLOW_ROUNDS = 2

SLOW_ROUTERS = 40
SLOW_WORKERS = 20
COMMAND_SECONDS = 0.2
CONFIGURATION_SECONDS = 2.0
IDEAL_SECONDS = (SLOW_ROUTERS / SLOW_WORKERS) * (3 * COMMAND_SECONDS + 2 * CONFIGURATION_SECONDS)
"""Rounds, times the delays of `show version`, `show running-config` and `show startup-config`."""


def run() -> dict[str, Any]:
    """Alternate first runs of dcops with bare shells that ask the same; then slow routers."""
    ours: list[Usage] = []
    bare: list[Usage] = []
    with lab_fleet(LABS, ROUTERS) as site:
        set_workers(site, WORKERS)
        # Routers make their configurations and dcops its ledger when they are first asked: no part of any night.
        usage_of([PYTHON, "-m", "bench.bare_ssh", str(site), str(WORKERS)])
        _backup(site, "--device", "lab1-r0001")
        for _ in range(ROUNDS):
            mine, archived = _backup(site)
            if archived != LABS * ROUTERS:
                raise SystemExit(f"only {archived} of {LABS * ROUTERS} routers were archived")
            ours.append(mine)
            bare.append(usage_of([PYTHON, "-m", "bench.bare_ssh", str(site), str(WORKERS)]))
    walls = _slow()
    count = LABS * ROUTERS
    return {
        "figures": {
            "wall_seconds": median([one.wall_seconds for one in ours]),
            "cpu_seconds_per_device": round(median([one.cpu_seconds for one in ours]) / count, 5),
            "peak_memory_bytes": median([one.peak_memory_bytes for one in ours]),
            "bare_wall_seconds": median([one.wall_seconds for one in bare]),
            "bare_cpu_seconds_per_device": round(median([one.cpu_seconds for one in bare]) / count, 5),
            "slow_wall_seconds": median(walls),
            "slow_ideal_seconds": IDEAL_SECONDS,
        },
        "ratios": {
            "cpu_dcops_over_bare_ssh": ratio([o.cpu_seconds for o in ours], [o.cpu_seconds for o in bare]),
            "slow_wall_over_ideal": ratio(walls, [IDEAL_SECONDS] * len(walls)),
        },
        "peers": {"paramiko": version("paramiko")},
    }


def _slow() -> list[float]:
    delays = ("--delay", str(COMMAND_SECONDS), "--configuration-delay", str(CONFIGURATION_SECONDS))
    walls = []
    with lab_site("--scale", str(SLOW_ROUTERS), *delays) as lab:
        set_workers(lab.site, SLOW_WORKERS)
        _backup(lab.site, "--device", lab.devices[0])
        for _ in range(SLOW_ROUNDS):
            mine, archived = _backup(lab.site)
            if archived != SLOW_ROUTERS:
                raise SystemExit(f"only {archived} of {SLOW_ROUTERS} slow routers were archived")
            walls.append(mine.wall_seconds)
    return walls


def _backup(site: Path, *flags: str) -> tuple[Usage, int]:
    """One first run, into an empty archive, and how many devices it archived."""
    shutil.rmtree(site / "state" / "archive", ignore_errors=True)
    result = site / "state" / "result.json"
    result.parent.mkdir(exist_ok=True)
    usage = usage_of([DCOPS, "-C", str(site), "backup", "--quiet", "--format", "json", "--json", str(result), *flags])
    return usage, json.loads(result.read_text(encoding="utf-8"))["summary"]["changed"]
