"""Chore: remove old folders of runs and old reports, never the newest of anything."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path

from dcops.archive import durable
from dcops.errors import CannotRun
from dcops.jobs.housekeeping import clock
from dcops.jobs.housekeeping.chore import Done, Rooms, counted
from dcops.jobs.runs import artefacts
from dcops.jobs.runs.result import Ended
from dcops.model.job import RunState

_DUE = re.compile(r"\d{8}T\d{6}Z")
_NIGHT = re.compile(r"\d{4}-\d{2}-\d{2}")


def do(rooms: Rooms) -> Done:
    """Remove what is older than the evidence that was asked for, and the many runs of a day that all went well."""
    now = rooms.clock()
    if why := clock.doubt(rooms.ledger(), now):
        return Done(f"kept everything: {why}", {"run_folders": 0, "reports": 0})
    old, quiet = now - rooms.wanted.keep_evidence, now - rooms.wanted.keep_quiet_runs
    runs = [folder for job in _folders(rooms.state / "runs") for folder in _runs_to_go(job, old, quiet)]
    oldest = old.astimezone(rooms.zone).date()
    reports = [folder for folder in _reports(rooms.state / "reports")[:-1] if _night(folder) < oldest]
    for folder in (*runs, *reports):
        if rooms.stopping():
            break
        with durable.explained(folder, "removed"):
            shutil.rmtree(folder)
    words = f"removed {counted(len(runs), 'folder')} of runs and {counted(len(reports), 'report')}"
    sentence = words if runs or reports else "no folder of a run and no report is older than it has to be"
    return Done(sentence, {"run_folders": len(runs), "reports": len(reports)})


def _runs_to_go(job: Path, old: datetime, quiet: datetime) -> Iterator[Path]:
    folders = sorted((path for path in _folders(job) if _DUE.fullmatch(path.name)), key=lambda path: path.name)
    # A job's newest run stays, and so does its last one that went well: there people begin to look.
    kept = {*folders[-1:]}
    kept.update([path for path in reversed(folders) if _ended_well(path)][:1] if folders[:1] else ())
    for _day, of_day in groupby(folders, key=lambda path: path.name[:8]):
        runs = list(of_day)
        well = [path for path in runs if _due(path) < quiet and _is_quiet(path)] if len(runs) > 1 else []
        # One of the day is left to show that it was done.
        spared = well[-1:] if len(well) == len(runs) else []
        for path in runs:
            if path not in kept and (_due(path) < old or (path in well and path not in spared)):
                yield path


def _reports(folder: Path) -> list[Path]:
    return sorted((path for path in _folders(folder) if _is_night(path)), key=lambda path: path.name)


def _folders(folder: Path) -> list[Path]:
    """The folders in a folder. Links are not followed: what lies elsewhere is not ours to remove."""
    if folder.is_symlink():
        raise CannotRun(
            f"{folder} is a link, and nothing outside of the state folder is removed",
            next_step="Let [paths] state of dcops.toml name the other place instead",
        )
    with durable.explained(folder, "read"):
        try:
            return [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
        except FileNotFoundError:
            return []


def _due(run: Path) -> datetime:
    return datetime.strptime(run.name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _is_night(folder: Path) -> bool:
    try:
        return bool(_NIGHT.fullmatch(folder.name)) and bool(_night(folder))
    except ValueError:
        return False


def _night(report: Path) -> date:
    return date.fromisoformat(report.name)


def _ended(run: Path) -> tuple[RunState | None, ...]:
    """How the attempts of a run ended; None for one that left no result."""
    found = [Ended.read(attempt / artefacts.RESULT) for attempt in _folders(run)]
    return tuple(ended.state if ended else None for ended in found)


def _ended_well(run: Path) -> bool:
    return any(state is not None and state.succeeded for state in _ended(run))


def _is_quiet(run: Path) -> bool:
    return all(state is RunState.OK for state in _ended(run))
