"""Timing whole commands, paired with a peer in alternation so that a drifting machine hits both."""

from __future__ import annotations

import ctypes
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Usage:
    """What one command took, with everything that it started."""

    wall_seconds: float
    cpu_seconds: float
    """User and system."""
    peak_memory_bytes: int
    """Of the largest process."""


def usage_of(command: Sequence[str], *, expect: Sequence[int] = (0,)) -> Usage:
    """Wall and CPU of one run of a command. Grandchildren that it leaves behind are waited for and counted too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    with (
        _adopting(),
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT) as process,
    ):
        error = process.stderr.read() if process.stderr else b""
        _, status, own = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        while True:
            try:
                os.wait()
            except ChildProcessError:
                break
    wall = time.perf_counter() - started
    if process.returncode not in expect:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{error.decode()[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return Usage(wall, cpu, own.ru_maxrss * 1024)


@contextmanager
def _adopting() -> Iterator[None]:
    """Orphans come to us instead of to init, or their time would be lost; afterwards they do not: a lab is one too."""
    prctl = ctypes.CDLL(None).prctl
    prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    try:
        yield
    finally:
        prctl(36, 0, 0, 0, 0)


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


def debian_version(package: str) -> str:
    """Of an installed package."""
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", package], stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout
