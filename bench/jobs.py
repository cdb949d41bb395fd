"""A year of nights on a real ledger, how long a run takes to begin, and how many due times are claimed in a second."""

from __future__ import annotations

import logging
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.measure import DCOPS, PYTHON, ROOT, median
from bench.year import Year
from dcops.ledger.ledger import Ledger

ROUNDS = 5
RACERS, CLAIMS = 4, 200
RACER = """
import sys
from datetime import datetime, timedelta
from dcops.ledger.ledger import Ledger
from dcops.model.job import RunKey, RunTrigger
url, first, how_many = sys.argv[1], datetime.fromisoformat(sys.argv[2]), int(sys.argv[3])
with Ledger.open(url) as ledger:
    print("ready", flush=True)
    sys.stdin.readline()
    keys = [RunKey("race", first + timedelta(minutes=number)) for number in range(how_many)]
    print(sum(ledger.claim(key, node="n", trigger=RunTrigger.SCHEDULE, now=first) for key in keys))
"""


def run() -> dict[str, Any]:
    """Everything on SQLite, as a site has it that says nothing else."""
    logging.disable()
    with tempfile.TemporaryDirectory(prefix="dcops-bench-") as name:
        folder = Path(name)
        with Ledger.open(f"sqlite:///{folder}/year.sqlite") as ledger:
            began = time.perf_counter()
            figures = Year(ledger, folder, ZoneInfo("Asia/Ho_Chi_Minh"), seed=1, many=True).play()
            year = time.perf_counter() - began
        claims, won = _race(f"sqlite:///{folder}/race.sqlite")
        return {
            "figures": {
                "due": figures.due,
                "lost": len(figures.lost),
                "doubled": len(figures.doubled),
                "spawn_seconds": _spawn_seconds(folder),
                "claims_per_second": claims,
                "tried_again": figures.tries_again,
                "broken_rules": len(figures.broken_rules),
                "year_seconds": round(year, 1),
                "raced_for": CLAIMS,
                "won": won,
                **{f"ended_{state}": number for state, number in dict(figures.states).items()},
            },
            "ratios": {},
            "peers": {},
        }


def _race(url: str) -> tuple[float, int]:
    """Processes that all want the same due times; gives tries per second, and how many were won in all."""
    Ledger.open(url).close()
    command = [PYTHON, "-c", RACER, url, datetime(2026, 1, 14, tzinfo=UTC).isoformat(), str(CLAIMS)]
    racers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(RACERS)
    ]
    for racer in racers:
        assert racer.stdout
        racer.stdout.readline()
    began = time.perf_counter()
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = sum(int(racer.communicate()[0]) for racer in racers)
    return round(RACERS * CLAIMS / (time.perf_counter() - began), 1), won


def _spawn_seconds(folder: Path) -> float:
    """From the moment at which the daemon starts a supervisor to the moment at which the worker has been started."""
    site = folder / "site"
    subprocess.run([DCOPS, "init", str(site)], check=True, stdout=subprocess.DEVNULL)
    took = []
    with Ledger.open(f"sqlite:///{site}/state/ledger.sqlite") as ledger:
        for number in range(ROUNDS + 1):
            due = (datetime.now(UTC) - timedelta(minutes=number)).replace(microsecond=0)
            began = datetime.now(UTC)
            command = [DCOPS, "-C", str(site), "jobs", "run", "report", "--due", due.isoformat(), "--quiet"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            row = next(row for row in ledger.runs(job="report") if row.due == due)
            assert row.started
            took.append((row.started - began).total_seconds())
    # The first one finds nothing in the file cache.
    return median(took[1:])
