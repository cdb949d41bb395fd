"""Wakes the daemon when something is due. APScheduler is the clock and nothing more: it keeps no state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from dcops.jobs.runs.plan import Plan
from dcops.jobs.runs.timetable import Timetable

# A due time that the clock is late for is no lesser one: the ledger decides what becomes of it.
DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}


class DueTimes(BaseTrigger):  # type: ignore[misc]  # APScheduler 3 has no types
    """The due times of a timetable, as APScheduler asks for them."""

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next due time after the previous one, or after now."""
        return self._timetable.next(previous_fire_time or now)


class Clock:
    """Calls `wake` at every due time of the plans."""

    def __init__(self, plans: Sequence[Plan], wake: Callable[[], None]) -> None:
        self._plans = plans
        self._wake = wake
        self._scheduler: Any = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(max_workers=1)},
            job_defaults=DEFAULTS,
            timezone="UTC",
        )

    def start(self) -> None:
        """Begin to wake."""
        self._arm()
        self._scheduler.start()

    def arm_again(self) -> None:
        """Forget what it waits for and look at the time anew: it sleeps too long when the clock was put back."""
        self._scheduler.remove_all_jobs()
        self._arm()

    def stop(self) -> None:
        """Wake no more."""
        self._scheduler.shutdown(wait=False)

    def _arm(self) -> None:
        for plan in self._plans:
            if plan.timetable is not None:
                self._scheduler.add_job(self._wake, DueTimes(plan.timetable), id=plan.name)
