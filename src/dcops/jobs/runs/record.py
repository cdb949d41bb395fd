"""Writes down in the ledger how a run ended, and does not give up at the first closed door."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from dcops.errors import CannotRun
from dcops.jobs.runs import artefacts
from dcops.jobs.runs.result import Ended
from dcops.ledger.ledger import Ledger
from dcops.model.job import RunKey

# A database that is being restarted or fails over is back by then.
KNOCK_SECONDS = 600.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 20.0


def write_down(
    ledger: Ledger,
    key: RunKey,
    attempt: int,
    ended: Ended,
    *,
    folder: Path | None,
    finished: datetime,
    knock_seconds: float = KNOCK_SECONDS,
) -> bool:
    """Write the end of a run to its folder and to the ledger; False when the ledger holds another end already.

    While the ledger cannot be reached it is tried again. After `knock_seconds` the last CannotRun is raised; the end
    then stands in the folder, where the scheduler finds it when it looks for runs that fell silent.
    """
    if folder is not None:
        with suppress(CannotRun):
            ended.write(folder / artefacts.ENDED)
    until = time.monotonic() + knock_seconds
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return _write(ledger, key, attempt, ended, finished)
        except CannotRun:
            if time.monotonic() + pause > until:
                raise
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _write(ledger: Ledger, key: RunKey, attempt: int, ended: Ended, finished: datetime) -> bool:
    ledger.record_outcomes(key, ended.outcomes(key))
    return ledger.finish(
        key,
        ended.state,
        now=finished,
        reason=ended.reason,
        exit_code=ended.exit_code,
        summary=ended.row_summary,
        run=ended.run,
        attempt=attempt,
    )
