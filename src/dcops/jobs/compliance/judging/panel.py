"""Several judging processes side by side, each device with a limit that is kept from outside of the process."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dcops.audit.subject import Subject
from dcops.jobs.compliance.judging import wire
from dcops.jobs.compliance.profiles import Fresh
from dcops.model.finding import Finding
from dcops.model.source import Source

WORKER = "dcops.jobs.compliance.judging.worker"
FIRST_SECONDS = 60.0
"""A process that was just started reads all rules before its first device."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What came of judging one device."""

    subject: Subject
    findings: Mapping[str, tuple[Finding, ...]]
    """By the pack of the profile; empty when there is a problem."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Bench:
    """What every judging process is told first."""

    shipped: Path
    site: Path | None
    packs: tuple[str, ...]
    today: date
    fresh: Fresh

    @property
    def setup(self) -> dict[str, Any]:
        """As it crosses."""
        return {
            "shipped": str(self.shipped),
            "site": str(self.site) if self.site else "",
            "packs": list(self.packs),
            "today": self.today.isoformat(),
            "fresh": {kind.value: limit.total_seconds() for kind, limit in self.fresh.items()},
        }


@dataclass(frozen=True, slots=True)
class Case:
    """A device that waits to be judged."""

    subject: Subject
    sources: tuple[Source, ...]


class Panel:
    """Judges devices as they are handed in; `close` says that no more will come."""

    def __init__(self, bench: Bench, *, workers: int, limit_seconds: float, command: Sequence[str] = ()) -> None:
        self._setup = bench.setup
        self._limit = limit_seconds
        self._command = [*(command or (sys.executable, "-P", "-m", WORKER)), str(os.getpid())]
        self._cases: queue.SimpleQueue[tuple[Case, datetime] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Verdicts | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"judge {number}", daemon=True) for number in range(workers)
        ]
        self._left = workers
        for thread in self._threads:
            thread.start()

    def hand_in(self, case: Case, now: datetime) -> None:
        """One more device."""
        self._cases.put((case, now))

    def verdicts(self) -> Iterator[Verdicts]:
        """What came of every device, as they are done; ends after the last one. No more may be handed in."""
        for _ in self._threads:
            self._cases.put(None)
        while self._left:
            verdicts = self._done.get()
            if verdicts is None:
                self._left -= 1
            else:
                yield verdicts

    def ready(self) -> Iterator[Verdicts]:
        """What came of those that are done already; waits for nobody."""
        with suppress(queue.Empty):
            while True:
                verdicts = self._done.get_nowait()
                if verdicts is None:
                    self._left -= 1
                else:
                    yield verdicts

    def close(self) -> None:
        """Judge no further device. Those that are being judged still come, or are ended at their limit."""
        with suppress(queue.Empty):
            while True:
                self._cases.get_nowait()
        for _ in self._threads:
            self._cases.put(None)

    def _work(self) -> None:
        # The kernel ends a process with the thread that started it: each thread starts, asks and ends its own.
        judge = self._started()
        try:
            while (next_one := self._cases.get()) is not None:
                case, now = next_one
                judge = judge or self._started()
                if judge is None:
                    self._done.put(Verdicts(case.subject, {}, "no judging process could be started"))
                    continue
                verdicts = judge.ask(case, now, self._limit)
                self._done.put(verdicts)
                if verdicts.problem:
                    judge.end()
                    judge = None
        finally:
            if judge is not None:
                judge.end()
            self._done.put(None)

    def _started(self) -> _Judge | None:
        with suppress(OSError):
            return _Judge(self._command, self._setup)
        return None


class _Judge:
    """One process."""

    def __init__(self, command: Sequence[str], setup: Mapping[str, Any]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._going, self._coming = self._process.stdin, self._process.stdout
        self._hearing = wire.Hearing()
        self._fresh = True
        with suppress(OSError):
            wire.send(self._going, setup)

    def ask(self, case: Case, now: datetime, limit: float) -> Verdicts:
        """What it says of a device, or why it says nothing."""
        seconds = limit + FIRST_SECONDS if self._fresh else limit
        late = threading.Event()

        def end() -> None:
            late.set()
            self._process.kill()

        watch = threading.Timer(seconds, end)
        watch.daemon = True
        watch.start()
        try:
            wire.send(self._going, wire.of_device(case.subject, case.sources, now))
            answer = wire.receive(self._coming)
        except (OSError, ValueError):
            answer = None
        finally:
            watch.cancel()
        if answer is None:
            why = f"judging took longer than {limit:g} s and was ended" if late.is_set() else self._said()
            return Verdicts(case.subject, {}, why)
        self._fresh = False
        return Verdicts(case.subject, {each["pack"]: self._hearing.of(each) for each in answer})

    def end(self) -> None:
        """Nothing more is asked."""
        with suppress(OSError):
            self._going.close()
        self._process.kill()
        self._process.wait()
        self._coming.close()

    def _said(self) -> str:
        self._process.kill()
        return f"the judging process ended by itself (code {self._process.wait()})"
