"""The inside of a run: the locks, the job, and the result for whoever watches over it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

from dcops.errors import CannotRun, DcopsError
from dcops.jobs.catalog import Job
from dcops.jobs.context import Call, Progress, Site
from dcops.jobs.runs import artefacts
from dcops.jobs.runs.locks import owner_of, with_locks
from dcops.jobs.runs.processes import die_with
from dcops.jobs.runs.result import Ended, shortened
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.job import RunKey, RunState
from dcops.model.run import JobRun


@dataclass(frozen=True, slots=True)
class Errand:
    """Which attempt a worker is to do, and for whom."""

    key: RunKey
    attempt: int
    node: str
    folder: Path
    """Where the result goes."""
    parent: int
    """The supervisor, without which nobody would write down what came of it."""


def work(
    job: Job,
    site: Site,
    errand: Errand,
    progress: Progress,
    *,
    clock: Callable[[], datetime],
    say: Callable[[str], None],
    done: Callable[[JobRun], None] = lambda _run: None,
) -> int:
    """Do an attempt in this process and leave its result in the folder; gives the exit code.

    SIGTERM means: ask no further device, and report what there is. `done` is told of a run that came to its end.
    """
    die_with(errand.parent)
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    call = Call(progress, stopping.is_set)
    owner = owner_of(errand.key, errand.attempt, errand.node)
    try:
        devices = site.devices(job.name) if job.on_devices else ()
        ledger = _ledger_of(site, job, say)
        run = perform(job, ledger, devices, owner, clock, lambda free: job.run(site, free, call), say)
        ended = Ended.of(run)
        done(run)
    except DcopsError as error:
        say(str(error))
        ended = Ended(RunState.FAILED, shortened(str(error)), error.exit_code)
    ended.write(errand.folder / artefacts.RESULT)
    return ended.exit_code or 0


def perform(
    job: Job,
    ledger: Ledger | None,
    devices: Sequence[Device],
    owner: str,
    clock: Callable[[], datetime],
    run: Callable[[Sequence[Device]], JobRun],
    say: Callable[[str], None],
) -> JobRun:
    """Run a job under the locks of its devices, whoever asked for it.

    A job that only reads is worth more than its locks: when the ledger cannot be reached it runs, and says so.
    """
    if not job.on_devices or not job.holds_locks or ledger is None:
        return run(devices)
    return with_locks(ledger, devices, owner, clock, run, else_say=None if job.changes_devices else say)


def _ledger_of(site: Site, job: Job, say: Callable[[str], None]) -> Ledger | None:
    try:
        return site.ledger
    except CannotRun as error:
        if job.changes_devices:
            raise
        say(f"no device could be locked, another run may talk to the same ones: {error}")
        return None
