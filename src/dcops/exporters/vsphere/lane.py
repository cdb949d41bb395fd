"""A thread that runs collectors, one or several, each when it is due: what hangs in one lane delays no other."""

from __future__ import annotations

import time
from collections.abc import Sequence
from threading import Event, Thread

from dcops.exporters.vsphere.collector import Collector

_LOOK_SECONDS = 1.0
"""How often a lane that waits for another one to begin looks whether it has to end."""


class Lane:
    """Begins with `start`; with `first`, as soon as that has happened."""

    def __init__(self, name: str, collectors: Sequence[Collector], first: Event | None = None) -> None:
        self.collectors = tuple(collectors)
        self._first = first
        self._stop = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """No further cycle; one that waits for an answer is cut by whoever owns its connection."""
        self._stop.set()
        for one in self.collectors:
            one.end()

    def join(self, seconds: float) -> bool:
        """Wait for its end; gives whether it has come."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while self._first is not None and not self._first.wait(_LOOK_SECONDS):
            if self._stop.is_set():
                return
        due = dict.fromkeys(self.collectors, time.monotonic())
        while not self._stop.is_set():
            one = min(due, key=due.__getitem__)
            if self._stop.wait(max(0.0, due[one] - time.monotonic())):
                return
            one.once()
            due[one] = time.monotonic() + one.pause(time.time())
