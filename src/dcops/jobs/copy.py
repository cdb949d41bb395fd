"""Bring the second store up to date, and say how it compares with the first."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from dcops.archive.copies.comparison import Comparison
from dcops.archive.copies.progress import Tell, nobody
from dcops.archive.copies.store import Copied, SecondStore
from dcops.errors import CannotRun
from dcops.jobs.context import never
from dcops.model.moment import rfc3339
from dcops.model.run import JobRun, new_run_id

NAME = "copy"
VERIFIED_NOTE = "copy:verified"
"""When every hash at the second store was recomputed last and found right."""

Note = Callable[[str, str], object]


def run(
    store: SecondStore,
    *,
    note: Note,
    stopping: Callable[[], bool] = never,
    tell: Tell = nobody,
    start_over: bool = False,
    verify: bool | None = None,
    done: Callable[[Copied], None] = lambda _: None,
) -> JobRun:
    """Copy what is missing and compare; with every hash recomputed there when that is due, or `verify` asks for it.

    The run has failed unless the two stores are equal in the end. `done` is told what came of it in detail.
    """
    started = store.clock()
    copied = store.copy(stopping=stopping, tell=tell, start_over=start_over, verify=verify)
    note_verified(store, copied.comparison, note)
    done(copied)
    return JobRun(
        command=NAME,
        run=new_run_id(started),
        started=started,
        finished=store.clock(),
        outcomes=(),
        extra={
            "copied": copied.files,
            "bytes": copied.bytes,
            **figures(copied.comparison),
            "notes": list(copied.notes),
        },
        failure=failure(copied),
    )


def figures(found: Comparison) -> dict[str, Any]:
    """A comparison in numbers."""
    return {
        "place": found.place,
        "recomputed": found.recomputed,
        "equal": found.equal,
        "missing": len(found.missing),
        "damaged": len(found.damaged),
        "damaged_here": len(found.rotten),
        "extra": len(found.extra),
        "kept": found.kept,
        "lag_seconds": round(found.lag_seconds, 3),
        "versions": found.versions,
        "versions_there": found.versions_there,
        "sealed_files": found.sealed_files,
        "sealed_files_there": found.sealed_files_there,
    }


def failure(copied: Copied) -> str:
    """Why a copy did not reach its end; empty when both stores are equal."""
    found = copied.comparison
    if found.equal:
        return ""
    words = list(found.faults)
    if copied.stopped:
        words.insert(0, f"stopped before its end, {len(found.missing)} files are left: the next run goes on")
    return "; ".join(words) or f"{len(found.missing)} files and {found.waiting} versions are not there yet"


def note_verified(store: SecondStore, found: Comparison, note: Note) -> None:
    """Let the ledger know when everything there was found right; one that is away stops nothing."""
    if found.recomputed and not (found.damaged or found.history):
        with suppress(CannotRun):
            note(VERIFIED_NOTE, rfc3339(store.clock()))
