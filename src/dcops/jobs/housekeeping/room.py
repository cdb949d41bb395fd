"""Chore: is there room on the disk for the next weeks?"""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

from dcops.archive import durable, packing
from dcops.jobs.housekeeping.chore import Done, Rooms, size
from dcops.ledger.ledger import Ledger
from dcops.model.finding import Finding, Severity, Status

SCANT = "ARC-002"
NAME = "housekeeping"
WEEKS = timedelta(weeks=4)
# From less than this no trend is read.
SHORTEST = timedelta(days=5)
MANY_ROWS = 60


def do(rooms: Rooms) -> Done:
    """Compare what is left with what the last weeks took, and with what packing the history needs."""
    now = rooms.clock()
    used = disk_bytes(rooms.state)
    with durable.explained(rooms.state, "looked at"):
        free = shutil.disk_usage(rooms.state).free
    per_day = _growth_per_day(rooms, used)
    once_more = packing.load(rooms.archive.folder).bytes if (rooms.archive.folder / "readable.git").is_dir() else 0
    need = max(rooms.wanted.least_free_bytes, once_more) + int((per_day or 0) * WEEKS.days)
    figures: dict[str, int | float] = {"state_bytes": used, "free_bytes": free}
    if per_day is None:
        trend = "how fast it grows is not known yet"
    else:
        figures["growth_bytes_per_day"] = round(per_day)
        trend = f"it grew by {size(per_day)} a day" if per_day > 0 else "it did not grow"
    sentence = f"{size(used)} in {rooms.state}, {trend}; {size(free)} are left"
    if free >= need:
        return Done(sentence, figures)
    finding = Finding(
        SCANT,
        Status.FAIL,
        Severity.CRITICAL if free < rooms.wanted.least_free_bytes else Severity.HIGH,
        "",
        "the disk of the state folder will soon be full",
        f"{sentence}, as of {now:%Y-%m-%d}; the next four weeks and a repack need {size(need)}",
        "Make room on that disk, or give the state folder a larger one",
        "R-MON-2",
    )
    return Done(f"{sentence}: too little for the next weeks", figures, (finding,))


def disk_bytes(folder: Path) -> int:
    """What the files of a folder take on the disk, in whole blocks. Files that vanish meanwhile do not count."""
    total = 0
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            try:
                total += os.lstat(Path(place, name)).st_blocks * 512
            except FileNotFoundError:
                continue
    return total


def _growth_per_day(rooms: Rooms, used: int) -> float | None:
    """How fast the state folder grows, by what earlier runs of this job measured."""
    earlier = _earlier(rooms.ledger(), rooms)
    if earlier is None:
        return None
    days, then = earlier
    return (used - then) / days


def _earlier(ledger: Ledger, rooms: Rooms) -> tuple[float, int] | None:
    now = rooms.clock()
    for run in reversed(ledger.runs(job=NAME, since=now - WEEKS, limit=MANY_ROWS)):
        measured = run.summary.get("state_bytes")
        if run.started and now - run.started >= SHORTEST and isinstance(measured, int):
            return (now - run.started) / timedelta(days=1), measured
    return None
