"""Cuts whoever waits longer than it may: from outside, as one who waits in a socket cannot look at the clock."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from threading import Condition, Thread


@dataclass(slots=True)
class Patience:
    """How long one wait may take."""

    until: float
    """By `time.monotonic`."""
    cut: Callable[[], None] = field(repr=False)
    is_over: bool = False
    """It took too long, and was cut."""
    is_done: bool = False


class Watchdog:
    """One thread for all connections to one vCenter; it runs while anybody waits."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: list[tuple[float, int, Patience]] = []
        self._numbers = count()
        self._changed = Condition()
        self._thread: Thread | None = None

    @contextmanager
    def limit(self, seconds: float, cut: Callable[[], None]) -> Iterator[Patience]:
        """Call `cut`, once, if what happens inside is not over in time. `cut` must not raise and must not wait."""
        patience = Patience(time.monotonic() + seconds, cut)
        with self._changed:
            heapq.heappush(self._waiting, (patience.until, next(self._numbers), patience))
            if self._thread is None:
                self._thread = Thread(target=self._watch, name=f"watchdog {self._name}", daemon=True)
                self._thread.start()
            elif self._waiting[0][2] is patience:
                self._changed.notify()
        try:
            yield patience
        finally:
            with self._changed:
                patience.is_done = True
                # The last one to leave wakes it, so that no thread outlives what it watched.
                if all(waiting.is_done for _, _, waiting in self._waiting):
                    self._waiting.clear()
                    self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while self._waiting:
                until, _, patience = self._waiting[0]
                if patience.is_done:
                    heapq.heappop(self._waiting)
                elif (left := until - time.monotonic()) > 0:
                    self._changed.wait(left)
                else:
                    heapq.heappop(self._waiting)
                    patience.is_over = True
                    with suppress(Exception):
                        patience.cut()
            self._thread = None
