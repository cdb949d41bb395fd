"""The other side of `steps`: a process of dcops that reads one vCenter when it is told to."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measure import PYTHON, ROOT


@dataclass(frozen=True)
class Step:
    """What one order took."""

    cpu_seconds: float
    wall_seconds: float
    calls: float = 0
    """HTTP calls to the vCenter."""
    page_bytes: float = 0


class Stepped:
    """Logged in, with nothing read yet."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._said()

    def do(self, order: str) -> Step:
        """`full` or `steady`."""
        assert self._process.stdin
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        return Step(**json.loads(self._said()))

    def _said(self) -> str:
        assert self._process.stdout
        if line := self._process.stdout.readline():
            return line
        raise SystemExit("the process that reads a vCenter has ended")


@contextmanager
def stepped(root: Path) -> Iterator[Stepped]:
    """A fresh one on a site root."""
    with subprocess.Popen(
        [PYTHON, "-m", "bench.vcenter.steps", root],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            yield Stepped(process)
        finally:
            assert process.stdin
            process.stdin.close()
