"""A collector: one thing that is asked again and again; what goes wrong is recorded and tried again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from dcops.errors import DeviceError
from dcops.exporters.vsphere.record import Record, flaw

log = logging.getLogger(__name__)

SHORTEST_PAUSE = 2.0
LONGEST_PAUSE = 60.0
"""After failures."""

Pace = Callable[[float], float]
"""From now, by the wall clock, how long until the next cycle is due."""


def at_once(_now: float) -> float:
    """The next cycle follows this one: the question itself waits for something to happen."""
    return 0.0


def every(seconds: float, offset: float = 0.0) -> Pace:
    """On a grid of the wall clock, so that cycles follow the samples that vCenter makes, and never drift."""
    return lambda now: seconds - (now - offset) % seconds


class Collector:
    """For one thread."""

    def __init__(self, vcenter: str, record: Record, cycle: Callable[[], int], pace: Pace) -> None:
        self.record = record
        self._name = f"{vcenter}: {record.name}"
        self._cycle = cycle
        self._pace = pace
        self._failures = 0
        self._is_ending = False

    def once(self) -> None:
        """One cycle."""
        begun = time.monotonic()
        try:
            updates = self._cycle()
        except DeviceError as error:
            self._failed(begun, error)
        except Exception as error:
            # Whatever it is, the next answer may be better.
            log.exception("%s: a flaw of the exporter, please report it", self._name)
            self._failed(begun, flaw(error))
        else:
            self._failures = 0
            if self.record.succeeded(time.monotonic() - begun, updates):
                log.warning("%s: well again", self._name)

    def pause(self, now: float) -> float:
        """How long until the next cycle; after failures longer and longer, so that nobody is hammered."""
        pause = self._pace(now)
        if self._failures:
            return max(pause, min(LONGEST_PAUSE, SHORTEST_PAUSE * 2.0 ** min(self._failures - 1, 10)))
        return pause

    def end(self) -> None:
        """What fails from now on is of our own making."""
        self._is_ending = True

    def _failed(self, begun: float, error: DeviceError) -> None:
        self._failures += 1
        if not self._is_ending and self.record.failed(time.monotonic() - begun, error):
            log.warning("%s: %s", self._name, error)
