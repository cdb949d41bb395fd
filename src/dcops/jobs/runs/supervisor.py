"""Watches over one run: claims its row, starts its worker, holds it to its limits, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import FrameType

from dcops.errors import CannotRun, DcopsError
from dcops.jobs.runs import artefacts
from dcops.jobs.runs.locks import owner_of
from dcops.jobs.runs.processes import MARK, adopt_orphans, descendants, end_all, marked
from dcops.jobs.runs.pulse import Pulse
from dcops.jobs.runs.record import write_down
from dcops.jobs.runs.result import Ended, shortened
from dcops.ledger.ledger import Ledger
from dcops.model.job import RunKey, RunState, RunTrigger

LOOK_SECONDS = 0.1
# A person who stops a run waits for it; a run that reached its soft limit has until its hard one.
GRACE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a run may take."""

    soft_seconds: float = 3600.0
    """Then it is asked to stop and to report what it has."""
    hard_seconds: float = 4500.0
    """Then all its processes are killed."""
    grace_seconds: float = GRACE_SECONDS
    """How long it has to report after a person stopped it."""


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Does attempts at due times; each in a process of its own, which `command` names."""

    ledger: Ledger
    state: Path
    node: str
    clock: Callable[[], datetime]
    limits: Limits = Limits()
    tell: Callable[[bytes], None] = lambda _: None
    """Is given what the run writes to its log, as it comes."""

    def run(
        self, key: RunKey, trigger: RunTrigger, attempt: int, command: Callable[[Path], Sequence[str]]
    ) -> Ended | None:
        """Do an attempt to its end, however it ends; None when somebody else has it.

        `command` is given the folder for the result. CannotRun when the end could not be written to the ledger.
        Whoever calls this has no other child processes: all that are left at the end are taken to be the run's.
        """
        if not self.ledger.claim(key, node=self.node, trigger=trigger, now=self.clock(), attempt=attempt):
            return None
        adopt_orphans()
        with _signals() as asked:
            try:
                folder, doer = artefacts.make(self.state, key, attempt, hard_limit_seconds=self.limits.hard_seconds)
                worker = _spawn(command(folder), doer.mark, folder / artefacts.LOG)
            except (OSError, DcopsError) as error:
                ended = Ended(RunState.FAILED, shortened(f"it could not be started: {error}"), 3)
                write_down(self.ledger, key, attempt, ended, folder=None, finished=self.clock())
                return ended
            artefact = artefacts.relative(key, attempt)
            pulse = Pulse(self.ledger, key, attempt, process_group=worker.pid, artefact=artefact, clock=self.clock)
            with pulse:
                watch = _Watch(worker, self.limits, pulse, asked, self.tell, folder / artefacts.LOG)
                verdict = watch.until_it_ends()
                finished = self.clock()
                left = end_all(lambda: marked(doer.mark) | descendants(os.getpid()))
            ended = _ended(verdict, Ended.read(folder / artefacts.RESULT), left)
            if not pulse.disowned:
                write_down(self.ledger, key, attempt, ended, folder=folder, finished=finished)
            with suppress(CannotRun):
                self.ledger.unlock_devices(owner_of(key, attempt, self.node))
        return ended


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Why the worker ended, as its supervisor saw it."""

    code: int
    stopped: str = ""
    """Why it was asked to stop."""
    killed: str = ""
    """Why it was killed."""
    by_limit: bool = False


class _Watch:
    """Looks after one worker until it has ended."""

    def __init__(
        self,
        worker: subprocess.Popen[bytes],
        limits: Limits,
        pulse: Pulse,
        asked: Callable[[], str],
        tell: Callable[[bytes], None],
        log: Path,
    ) -> None:
        self._worker = worker
        self._limits = limits
        self._pulse = pulse
        self._asked = asked
        self._tell = tell
        self._log = log
        self._told = 0
        # A clock that nobody can set: a limit is a span of time, not a time of day.
        self._began = time.monotonic()

    def until_it_ends(self) -> _Verdict:
        stopped, by_limit = "", False
        kill_at = self._limits.hard_seconds
        while True:
            with suppress(subprocess.TimeoutExpired):
                code = self._worker.wait(LOOK_SECONDS)
                self._pass_on()
                return _Verdict(code, stopped, by_limit=by_limit)
            self._pass_on()
            elapsed = time.monotonic() - self._began
            if not stopped and (signal_name := self._asked()):
                stopped = f"stopped by {signal_name}"
                kill_at = min(kill_at, elapsed + self._limits.grace_seconds)
                self._worker.terminate()
            elif not stopped and elapsed >= self._limits.soft_seconds:
                stopped, by_limit = f"the soft limit of {_minutes(self._limits.soft_seconds)} was reached", True
                # Only the worker is asked: its children, git among them, are in the middle of what it must finish.
                self._worker.terminate()
            if self._pulse.disowned:
                return self._kill(stopped, "the ledger says that it ended before", by_limit=False)
            if elapsed >= kill_at:
                limit = elapsed >= self._limits.hard_seconds
                why = f"the hard limit of {_minutes(self._limits.hard_seconds)} was reached"
                return self._kill(stopped, why if limit else "it did not stop when it was asked to", by_limit=limit)

    def _kill(self, stopped: str, why: str, *, by_limit: bool) -> _Verdict:
        with suppress(ProcessLookupError):
            os.killpg(self._worker.pid, signal.SIGKILL)
        code = self._worker.wait()
        self._pass_on()
        return _Verdict(code, stopped, why, by_limit)

    def _pass_on(self) -> None:
        with suppress(OSError), self._log.open("rb") as stream:
            stream.seek(self._told)
            new = stream.read()
            self._told += len(new)
            if new:
                self._tell(new)


def _ended(verdict: _Verdict, result: Ended | None, left: int) -> Ended:
    """How the run ended: what its worker says, unless it could not say it."""
    if verdict.killed:
        state = RunState.TIMEOUT if verdict.by_limit else RunState.FAILED
        why = f"{verdict.stopped}; {verdict.killed}" if verdict.stopped else verdict.killed
        ended = Ended(state, why, 3)
    elif result is None and verdict.stopped:
        state = RunState.TIMEOUT if verdict.by_limit else RunState.FAILED
        ended = Ended(state, f"{verdict.stopped}; it ended without a result", 3)
    elif result is None and verdict.code < 0:
        name = signal.Signals(-verdict.code).name
        ended = Ended(RunState.LOST, f"its process was killed from outside by {name}", 3)
    elif result is None:
        ended = Ended(RunState.FAILED, f"it ended with exit code {verdict.code} and without a result: see its log", 3)
    elif verdict.stopped and result.state is not RunState.OK:
        late = verdict.by_limit and result.state is RunState.FAILED
        reason = f"{verdict.stopped}; {result.reason}" if result.reason else verdict.stopped
        ended = replace(result, state=RunState.TIMEOUT if late else result.state, reason=reason)
    else:
        ended = result
    if left:
        words = f"{left} of its processes were left behind and have been ended"
        reason = f"{ended.reason}; {words}" if ended.reason else words
        ended = replace(ended, reason=reason, summary={**ended.summary, "left_behind": left})
    return replace(ended, reason=shortened(ended.reason))


def _spawn(command: Sequence[str], mark: str, log: Path) -> subprocess.Popen[bytes]:
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=handle,
            env={**os.environ, MARK: mark, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
    finally:
        os.close(handle)


@contextmanager
def _signals() -> Iterator[Callable[[], str]]:
    """Ask the run to stop instead of ending at once; a closed terminal ends nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: ""
        return
    asked: list[str] = []

    def remember(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        asked.append(signal.Signals(number).name)

    before = {number: signal.signal(number, remember) for number in (signal.SIGTERM, signal.SIGINT)}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield lambda: asked[0] if asked else ""
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"
