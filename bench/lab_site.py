"""A lab for the length of a benchmark, spoken to as a user would: its command line and its control address.

One lab is one process. More routers than one process can answer for are several labs, and one site root over all.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
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


@contextmanager
def lab_fleet(labs: int, routers: int, *arguments: str) -> Iterator[Path]:
    """Several labs with so many routers each, and a site root that knows them all."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dcops-bench-fleet-")))
        sites = [stack.enter_context(lab_site("--scale", str(routers), *arguments)).site for _ in range(labs)]
        yield _joined(folder / "site", sites)


def _joined(root: Path, sites: Sequence[Path]) -> Path:
    """A site root with the devices of all; the names and logins of each lab get its number."""
    shutil.copytree(sites[0], root)
    logins, known_hosts = [], []
    for number, site in enumerate(sites, 1):
        credential = f"ios-backup-{number}"
        devices = (site / "inventory" / "devices.yaml").read_text(encoding="utf-8")
        devices = re.sub(r"^- name: r", f"- name: lab{number}-r", devices, flags=re.MULTILINE)
        devices = re.sub(r"^( +serial: )FDO0", rf"\g<1>FDO{number}", devices, flags=re.MULTILINE)
        devices = devices.replace("credential: ios-backup", f"credential: {credential}")
        (root / "inventory" / "devices.yaml").unlink(missing_ok=True)
        (root / "inventory" / f"devices-{number}.yaml").write_text(devices, encoding="utf-8")
        login = (site / "credentials.toml").read_text(encoding="utf-8")
        logins.append(re.sub(r'^\["?ios-backup"?\]', f'["{credential}"]', login, flags=re.MULTILINE))
        known_hosts.append((site / "trust" / "known_hosts").read_text(encoding="utf-8"))
    names = "".join(
        f"- name: ios-backup-{number}\n  purpose: login on the routers of lab {number}\n"
        for number in range(1, len(sites) + 1)
    )
    (root / "inventory" / "credentials.yaml").write_text(f"credentials:\n{names}", encoding="utf-8")
    secret = root / "credentials.toml"
    secret.write_text("\n".join(logins), encoding="utf-8")
    secret.chmod(0o600)
    (root / "trust" / "known_hosts").write_text("".join(known_hosts), encoding="utf-8")
    return root


def set_workers(site: Path, workers: int) -> None:
    """How many devices dcops reads at once there."""
    file = site / "dcops.toml"
    text, changed = re.subn(r"^workers = \d+$", f"workers = {workers}", file.read_text(encoding="utf-8"), flags=re.M)
    if changed != 1:
        raise SystemExit(f"{file} no longer says how many workers there are")
    file.write_text(text, encoding="utf-8")
