"""Writes events in a thread of its own: a slow disk never keeps the receiver waiting."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time

from dcops.exporters.traps.event import Event
from dcops.exporters.traps.store import Store

log = logging.getLogger(__name__)

MOST_WAITING = 5_000
AT_ONCE = 500
PATIENCE_SECONDS = 2.0


class Keeper:
    """Takes events and keeps them as soon as it can, several at once when there are several."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: queue.Queue[Event | None] = queue.Queue(MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="traps keeper", daemon=True)
        self.lost = 0
        """How many were not kept."""
        self.well = True

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def take(self, event: Event) -> None:
        """Keep an event some time soon; at once back."""
        try:
            self._waiting.put_nowait(event)
        except queue.Full:
            self.lost += 1

    def close(self) -> None:
        """Write what waits, for a few seconds at most."""
        try:
            self._waiting.put(None, timeout=PATIENCE_SECONDS)
        except queue.Full:
            return
        self._thread.join(PATIENCE_SECONDS * 2)

    def _run(self) -> None:
        ending = False
        while not ending:
            first = self._waiting.get()
            events = [first] if first else []
            ending = first is None
            while not ending and len(events) < AT_ONCE:
                try:
                    more = self._waiting.get_nowait()
                except queue.Empty:
                    break
                ending = more is None
                if more:
                    events.append(more)
            if events:
                self._write(events)

    def _write(self, events: list[Event]) -> None:
        for attempt in (1, 2):
            try:
                self._store.add(events, time.time())
            except (sqlite3.Error, OSError) as error:
                if attempt == 1:
                    time.sleep(0.5)
                    continue
                self.lost += len(events)
                if self.well:
                    log.warning("events cannot be kept in %s: %s", self._store.file, error)
                self.well = False
            else:
                if not self.well:
                    log.warning("events can be kept again in %s", self._store.file)
                self.well = True
                return
