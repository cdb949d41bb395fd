"""A walk of 50,000 variables: dcops beside gosnmp and pysnmp on the same agent, and SNMPv3 beside v2c."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import PYTHON, ROOT, debian_version, ratio
from bench.snmp import agent, golang
from lab.snmp import Serving, User, agents

PORTS = 1_220
"""Of the switch that is walked: 50,000 variables and a few."""
REPETITIONS = 25
ROUNDS = 9
WALKS = 4
"""In one process; the first, in which memory grows, does not count."""
USER, PASSWORD = "bench", "correct-horse-1"
PORTS_OF_V3 = 120
GOSNMP = "golang-github-gosnmp-gosnmp-dev"


@dataclass(frozen=True)
class Walked:
    """What one walk took: the median of a process."""

    rows: int
    wall_seconds: float
    cpu_seconds: float


def why_not() -> str:
    """What is missing here; empty when nothing is."""
    missing = [name for name in ("gcc", "go") if shutil.which(name) is None]
    if not (golang.SOURCES / "src/github.com/gosnmp").is_dir():
        missing.append(GOSNMP)
    return f"{', '.join(missing)} not installed" if missing else ""


def run() -> dict[str, Any]:
    """Walk in turn, each in a process of its own, so that a drifting machine hits all of them."""
    with tempfile.TemporaryDirectory(prefix="dcops-bench-") as name:
        folder = Path(name)
        gosnmp = golang.built("walk", folder)
        walk = folder / "walk.snmprec"
        expected = agent.write_walk(walk, PORTS)
        with agent.serving(folder, walk) as (port, _):
            pairs = [(_dcops(port), _walked([gosnmp, port, REPETITIONS, WALKS])) for _ in range(ROUNDS)]
            slow = [
                (_walked([PYTHON, "-m", "bench.snmp.walk_pysnmp", port, REPETITIONS, 1]), _dcops(port))
                for _ in range(3)
            ]
        ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
        for one in (*ours, *theirs, *(one for pair in slow for one in pair)):
            if one.rows != expected:
                raise SystemExit(f"{one.rows} variables of {expected} were walked")
        v2c, v3 = _versions(folder)
    cpu = statistics.median(one.cpu_seconds for one in ours)
    wall = statistics.median(one.wall_seconds for one in ours)
    return {
        "figures": {
            "varbinds": expected,
            "varbinds_per_second": round(expected / wall),
            "cpu_microseconds_per_varbind": round(cpu / expected * 1e6, 3),
            "gosnmp_cpu_microseconds_per_varbind": round(
                statistics.median(one.cpu_seconds for one in theirs) / expected * 1e6, 3
            ),
        },
        "ratios": {
            "wall_gosnmp_over_dcops": ratio([b.wall_seconds for b in theirs], [a.wall_seconds for a in ours]),
            "cpu_gosnmp_over_dcops": ratio([b.cpu_seconds for b in theirs], [a.cpu_seconds for a in ours]),
            "cpu_pysnmp_over_dcops": ratio([a.cpu_seconds for a, _ in slow], [b.cpu_seconds for _, b in slow]),
            "cpu_v3_over_v2c": ratio([one.cpu_seconds for one in v3], [one.cpu_seconds for one in v2c]),
        },
        "peers": {"gosnmp": debian_version(GOSNMP), "pysnmp": _pysnmp_version()},
    }


def _versions(folder: Path) -> tuple[list[Walked], list[Walked]]:
    """v2c and v3 (SHA-1, AES-128) in turn, on an agent that speaks both; what it needs itself is not counted."""
    walk = folder / "both.snmprec"
    agent.write_walk(walk, PORTS_OF_V3)
    user = User(USER, "sha1", PASSWORD, "aes128", PASSWORD)
    with agents([Serving(walk, users=[user])]) as (served,):
        pairs = [(_dcops(served.port), _dcops(served.port, USER, PASSWORD)) for _ in range(5)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _dcops(port: int, *who: str) -> Walked:
    return _walked([PYTHON, "-m", "bench.snmp.walk_dcops", port, REPETITIONS, WALKS, *who])


def _walked(command: Sequence[object]) -> Walked:
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, cwd=ROOT, check=True)
    told = json.loads(done.stdout)
    count = slice(1, None) if len(told["wall"]) > 1 else slice(None)
    return Walked(told["rows"], statistics.median(told["wall"][count]), statistics.median(told["cpu"][count]))


def _pysnmp_version() -> str:
    from importlib.metadata import version

    return version("pysnmp")
