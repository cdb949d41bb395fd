"""Starts the supervisor of a run and does not wait for it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from dcops.model.job import RunKey, RunTrigger
from dcops.model.moment import rfc3339
from dcops.scheduler.command import dcops


def starter(root: Path) -> Callable[[RunKey, RunTrigger, int], subprocess.Popen[bytes]]:
    """What starts supervisors for a site root, each in a session of its own: it outlives the daemon."""

    def start(key: RunKey, trigger: RunTrigger, attempt: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            dcops(
                root,
                *("jobs", "run", key.job, "--due", rfc3339(key.due), "--trigger", trigger.value),
                *("--attempt", str(attempt), "--quiet"),
            ),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    return start
