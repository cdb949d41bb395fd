"""Timing whole commands, paired with a peer in alternation so that a drifting machine hits both."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
DCOPS = str(Path(sys.executable).with_name("dcops"))


def seconds_of(command: Sequence[str], *, expect: Sequence[int] = (0,)) -> float:
    """Wall seconds of one run of a command; raises when it ends with an unexpected code."""
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    took = time.perf_counter() - started
    if done.returncode not in expect:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}")
    return took


def paired(first: Callable[[], float], second: Callable[[], float], rounds: int) -> tuple[list[float], list[float]]:
    """Run both in turn, after one round that does not count."""
    first(), second()
    pairs = [(first(), second()) for _ in range(rounds)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def ratio(first: Sequence[float], second: Sequence[float]) -> float:
    """The median of the ratios pair by pair."""
    return round(statistics.median(a / b for a, b in zip(first, second, strict=True)), 3)


def median(values: Sequence[float]) -> float:
    """The median, rounded to milliseconds."""
    return round(statistics.median(values), 3)
