"""40 routers, the same show commands and the same parallelism: dcops with validation and archive beside RANCID."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from bench import rancid
from bench.lab_site import lab_site
from bench.measure import DCOPS, Usage, median, ratio, usage_of

DEVICES = 40
WORKERS = 40
ROUNDS = 3


why_not = rancid.why_not


def run() -> dict[str, Any]:
    """Alternate first runs of both, each into an empty archive."""
    with lab_site("--scale", str(DEVICES)) as lab, tempfile.TemporaryDirectory(prefix="dcops-rancid-") as folder:
        Path(folder).chmod(0o755)
        peer = rancid.Rancid.of(lab, Path(folder) / "rancid", WORKERS)
        ours: list[Usage] = []
        theirs: list[Usage] = []
        for round_ in range(ROUNDS + 1):
            # RANCID keeps its repository and its logs as well: only the configurations are forgotten.
            shutil.rmtree(lab.site / "state" / "archive", ignore_errors=True)
            mine = usage_of([DCOPS, "-C", str(lab.site), "backup", "--quiet", "--format", "json"])
            peer.forget()
            other = usage_of(peer.command)
            if (got := peer.archived()) != DEVICES:
                raise SystemExit(f"RANCID has only {got} of {DEVICES} configurations: the two cannot be compared")
            if round_:
                ours.append(mine)
                theirs.append(other)
    return {
        "figures": {
            "wall_seconds": median([one.wall_seconds for one in ours]),
            "cpu_seconds": median([one.cpu_seconds for one in ours]),
            "rancid_wall_seconds": median([one.wall_seconds for one in theirs]),
            "rancid_cpu_seconds": median([one.cpu_seconds for one in theirs]),
        },
        "ratios": {
            "wall_rancid_over_dcops": ratio([o.wall_seconds for o in theirs], [o.wall_seconds for o in ours]),
            "cpu_rancid_over_dcops": ratio([o.cpu_seconds for o in theirs], [o.cpu_seconds for o in ours]),
        },
        "peers": {"rancid": rancid.version()},
    }
