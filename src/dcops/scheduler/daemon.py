"""`dcops jobs serve`: looks at the timetables at every due time and once a minute, until it is told to end."""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from dcops.archive import durable
from dcops.errors import Busy, DcopsError
from dcops.jobs.runs.plan import Plan
from dcops.jobs.runs.reconcile import Looked, Reconciler
from dcops.model.job import RunKey
from dcops.model.moment import rfc3339
from dcops.scheduler.clock import Clock

LOOK_SECONDS = 60.0
LOCK_FILE = "scheduler.lock"
# Less than this is a clock being disciplined, not a clock being set.
STEP_SECONDS = 2.0

log = logging.getLogger(__name__)


class Daemon:
    """Looks, and wakes up in time to look again. The looking is done by one thread only."""

    def __init__(
        self,
        reconciler: Reconciler,
        plans: Sequence[Plan],
        *,
        clock: Callable[[], datetime],
        ended: Callable[[RunKey], None],
        looked: Callable[[], None] = lambda: None,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._reconciler = reconciler
        self._clock = clock
        self._ended = ended
        self._turned = looked
        self._look_seconds = look_seconds
        self._wake = threading.Event()
        self._done = False
        self._alarm = Clock(plans, self._wake.set)
        self._looked_at: float | None = None
        self._troubles: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """It looked a moment ago, the ledger answered, and nothing is overdue."""
        if self._looked_at is None or self._troubles:
            return False
        return time.monotonic() - self._looked_at < 3 * self._look_seconds

    def stop(self) -> None:
        """End soon; runs that are on their way go on without it."""
        self._done = True
        self._wake.set()

    def run(self) -> None:
        """Look until `stop` is called."""
        self._alarm.start()
        try:
            while not self._done:
                looked = self._look()
                self._turned()
                self._sleep(looked)
        finally:
            self._alarm.stop()

    def _look(self) -> Looked | None:
        now = self._clock()
        try:
            looked = self._reconciler.look(now)
            self._looked_at, self._troubles = time.monotonic(), looked.troubles
        except DcopsError as error:
            log.error("%s", error)
            return None
        for trouble in looked.troubles:
            log.error("%s", trouble)
        for key in looked.lost:
            log.error("%s of %s was lost", key.job, rfc3339(key.due))
        for key in (*looked.lost, *looked.skipped):
            self._ended(key)
        return looked

    def _sleep(self, looked: Looked | None) -> None:
        """Wait for the next due time, for a run's jitter, or for the minute to be over, by a clock nobody sets."""
        seconds = self._look_seconds
        before, began = self._clock(), time.monotonic()
        if looked and looked.look_again:
            seconds = min(seconds, max(0.1, (looked.look_again - before).total_seconds()))
        self._wake.wait(seconds)
        self._wake.clear()
        step = (self._clock() - before) - timedelta(seconds=time.monotonic() - began)
        if abs(step.total_seconds()) > STEP_SECONDS:
            log.warning("the clock of this host was put %+.0f s", step.total_seconds())
            self._alarm.arm_again()


@contextmanager
def the_only_one(state: Path) -> Iterator[None]:
    """Hold the lock by which a state folder has one scheduler; the kernel frees it whatever happens."""
    durable.make_folder(state)
    handle = os.open(state / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
            raise Busy(
                f"another scheduler (process {other}) works on {state}",
                next_step="One is enough: see it with systemctl status dcops-scheduler",
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
