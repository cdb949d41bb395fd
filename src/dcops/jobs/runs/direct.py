"""A run that a person started in the foreground: it has a row and locks like any other."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from dcops.errors import CannotRun, DcopsError
from dcops.jobs.catalog import Job
from dcops.jobs.runs import artefacts, lost
from dcops.jobs.runs.locks import owner_of
from dcops.jobs.runs.pulse import Pulse
from dcops.jobs.runs.record import write_down
from dcops.jobs.runs.result import Ended, shortened
from dcops.jobs.runs.work import perform
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.job import RunKey, RunState, RunTrigger
from dcops.model.run import JobRun

# A person waits at the terminal: a ledger that is away is told of soon.
KNOCK_SECONDS = 5.0
# Nobody kills what a person watches; this only bounds how long a row can be believed.
LIMIT_SECONDS = 24 * 3600.0
# Two runs in one second get two seconds.
SECONDS_TO_TRY = 10


@dataclass(frozen=True, slots=True)
class Direct:
    """Runs jobs in this process, with their row and their locks as far as the ledger can be reached."""

    ledger: Ledger | None
    state: Path
    node: str
    clock: Callable[[], datetime]
    say: Callable[[str], None]
    """Is told what could not be written down or locked: the run is worth more than its row."""
    ended: Callable[[RunKey], None] = lambda _: None
    """Is called when the row of the run has ended."""

    def run(self, job: Job, devices: Sequence[Device], run: Callable[[Sequence[Device]], JobRun]) -> JobRun:
        """Run a job on devices; the outcome is the same with and without a ledger."""
        self._sweep()
        key = self._claim(job)
        if self.ledger is None or key is None:
            if job.changes_devices:
                raise CannotRun(f"{job.name} changes devices and does not begin without the ledger")
            return run(devices)
        ledger, folder = self.ledger, self._folder(key)
        artefact = artefacts.relative(key, 1) if folder else ""
        outcome = Ended(RunState.FAILED, "stopped by the person who started it", 3)
        with ExitStack() as stack:
            stack.callback(lambda: self._end(ledger, key, outcome, folder))
            stack.enter_context(Pulse(ledger, key, 1, process_group=os.getpgrp(), artefact=artefact, clock=self.clock))
            try:
                owner = owner_of(key, 1, self.node)
                done = perform(job, ledger, devices, owner, self.clock, run, self.say)
            except DcopsError as error:
                outcome = Ended(RunState.FAILED, shortened(str(error)), error.exit_code)
                raise
            except Exception as error:
                outcome = Ended(RunState.FAILED, f"it ended by {type(error).__name__}", 3)
                raise
            outcome = Ended.of(done)
            return done

    def _sweep(self) -> None:
        """Free what a run that was killed still holds: whoever starts it anew need not wait for its locks to fall."""
        if self.ledger is None:
            return
        with suppress(CannotRun):
            for row in lost.sweep(self.ledger, node=self.node, state=self.state, now=self.clock()):
                self.ended(row.key)

    def _claim(self, job: Job) -> RunKey | None:
        if self.ledger is None:
            return None
        now = self.clock()
        first = now.replace(microsecond=0)
        try:
            for seconds in range(SECONDS_TO_TRY):
                key = RunKey(job.name, first + timedelta(seconds=seconds))
                if self.ledger.claim(key, node=self.node, trigger=RunTrigger.MANUAL, now=now):
                    return key
        except CannotRun as error:
            self.say(f"this run has no row in the ledger, and its devices are not locked: {error}")
            return None
        self.say("this run has no row in the ledger: too many were started at the same time")
        return None

    def _folder(self, key: RunKey) -> Path | None:
        try:
            return artefacts.make(self.state, key, 1, hard_limit_seconds=LIMIT_SECONDS)[0]
        except DcopsError as error:
            self.say(f"what this run leaves behind cannot be kept: {error}")
            return None

    def _end(self, ledger: Ledger, key: RunKey, ended: Ended, folder: Path | None) -> None:
        try:
            write_down(ledger, key, 1, ended, folder=folder, finished=self.clock(), knock_seconds=KNOCK_SECONDS)
        except CannotRun as error:
            self.say(f"the row of this run could not be written: {error}")
            return
        with suppress(CannotRun):
            self.ended(key)
