"""What the site wants of a job: when it runs, how long, and what happens to a night that was missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from dcops.jobs.runs.timetable import Timetable, Window


class CatchUp(StrEnum):
    """What happens to due times that passed while nothing ran."""

    LATEST = "latest"
    """The newest is made up for, the others are skipped."""
    ALL = "all"
    """Each is made up for, one after the other."""
    NONE = "none"
    """All are skipped."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One job of the catalogue as `[jobs.NAME]` wants it."""

    name: str
    timetable: Timetable | None = None
    """None: only by hand."""
    jitter_seconds: int = 0
    window: Window | None = None
    after: tuple[str, ...] = ()
    catch_up: CatchUp = CatchUp.LATEST
    max_lateness: timedelta = timedelta(hours=12)
    soft_limit_seconds: float = 3600.0
    hard_limit_seconds: float = 4500.0
    retries: int = 0


def circle(plans: dict[str, Plan]) -> tuple[str, ...]:
    """The names of jobs that wait for each other in a circle; empty when there is none."""
    done: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> tuple[str, ...]:
        if name in way:
            return (*way[way.index(name) :], name)
        if name in done or name not in plans:
            return ()
        for before in plans[name].after:
            if found := walk(before, (*way, name)):
                return found
        done.add(name)
        return ()

    for name in plans:
        if found := walk(name, ()):
            return found
    return ()
