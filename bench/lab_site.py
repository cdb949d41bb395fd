"""A lab for the length of a benchmark, spoken to as a user would: its command line and its control address."""

from __future__ import annotations

import json
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import PYTHON, ROOT


@dataclass(frozen=True)
class LabSite:
    """A running lab and its site root."""

    site: Path
    control: str
    devices: tuple[str, ...]

    def fault(self, device: str, **fault: Any) -> None:
        """Give a device a fault."""
        self._call("POST", f"/devices/{device}/fault", fault)

    def heal(self, device: str) -> None:
        """Take its fault away."""
        self._call("DELETE", f"/devices/{device}/fault")

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.control + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            answer.read()


@contextmanager
def lab_site(*arguments: str) -> Iterator[LabSite]:
    """`python -m lab up …` in a temporary folder, and `down` at the end."""
    with tempfile.TemporaryDirectory(prefix="dcops-bench-") as folder:
        lab = [PYTHON, "-m", "lab"]
        subprocess.run([*lab, "up", "--state", folder, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        try:
            endpoints = json.loads((Path(folder) / "endpoints.json").read_text(encoding="utf-8"))
            names = tuple(device["name"] for device in endpoints["devices"])
            yield LabSite(Path(endpoints["site"]), endpoints["control"], names)
        finally:
            subprocess.run([*lab, "down", "--state", folder], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
