"""40 routers, one hangs and one refuses: the run ends at the hung one's limit, and the other 38 notice nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from typing import Any

from bench.lab_site import LabSite, lab_site
from bench.measure import DCOPS, ROOT, median, paired, ratio

DEVICES = 40
LIMIT_SECONDS = 20
ROUNDS = 5


def run() -> dict[str, Any]:
    """Alternate runs with and without faults, each into a new archive."""
    with lab_site("--scale", str(DEVICES)) as lab:
        _limit(lab, LIMIT_SECONDS)
        hung, refusing, *well = lab.devices
        walls: list[float] = []
        archived: list[int] = []

        def with_faults() -> float:
            lab.fault(hung, kind="hang")
            lab.fault(refusing, kind="refuse")
            wall, summary = _backup(lab, lab.devices)
            lab.heal(hung)
            lab.heal(refusing)
            walls.append(wall)
            archived.append(summary["changed"])
            return float(summary["read_seconds"])

        def without() -> float:
            _, summary = _backup(lab, well)
            return float(summary["read_seconds"])

        faulty, sound = paired(with_faults, without, ROUNDS)
    return {
        "figures": {
            "run_seconds": median(walls),
            "hung_limit_seconds": LIMIT_SECONDS,
            "archived": min(archived),
            "expected": len(well),
            "read_seconds_with_faults": median(faulty),
            "read_seconds_without": median(sound),
        },
        "ratios": {"wall_with_faults_over_without": ratio(faulty, sound)},
        "peers": {},
    }


def _limit(lab: LabSite, seconds: int) -> None:
    text = (lab.site / "dcops.toml").read_text(encoding="utf-8")
    if f"device_limit_seconds = {seconds}" not in text:
        raise SystemExit(f"the lab's dcops.toml no longer says device_limit_seconds = {seconds}")


def _backup(lab: LabSite, devices: tuple[str, ...] | list[str]) -> tuple[float, dict[str, Any]]:
    shutil.rmtree(lab.site / "state", ignore_errors=True)
    flags = [part for name in devices for part in ("--device", name)] if len(devices) < DEVICES else []
    command = [DCOPS, "-C", str(lab.site), "backup", "--format", "json", "--quiet", *flags]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    wall = time.perf_counter() - started
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode()[-2000:])
    return wall, json.loads(done.stdout)["summary"]
