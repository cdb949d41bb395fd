"""The signs of life of a run: written to the ledger from a thread, so that a slow ledger delays no limit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from dcops.errors import CannotRun
from dcops.jobs.runs.lost import HEARTBEAT_SECONDS
from dcops.ledger.ledger import Ledger
from dcops.model.job import RunKey, RunState


class Pulse:
    """Tells the ledger that a claimed run began, and then every ten seconds that it still goes on."""

    def __init__(
        self,
        ledger: Ledger,
        key: RunKey,
        attempt: int,
        *,
        process_group: int,
        artefact: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._key = key
        self._attempt = attempt
        self._process_group = process_group
        self._artefact = artefact
        self._clock = clock
        self._began = clock()
        self._started = False
        self._done = threading.Event()
        self._disowned = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join(timeout=HEARTBEAT_SECONDS)

    @property
    def disowned(self) -> bool:
        """Somebody else wrote down that this run has ended."""
        return self._disowned.is_set()

    def _beat(self) -> None:
        self._sign()
        while not self._done.wait(HEARTBEAT_SECONDS):
            self._sign()

    def _sign(self) -> None:
        try:
            if not self._started:
                self._started = self._ledger.start(
                    self._key,
                    now=self._began,
                    run="",
                    process_group=self._process_group,
                    artefact=self._artefact,
                    attempt=self._attempt,
                )
                if self._started:
                    return
            if self._ledger.heartbeat(self._key, now=self._clock(), attempt=self._attempt):
                self._started = True
                return
            row = self._ledger.get(self._key)
            if row is not None and (row.state.ended or row.attempt != self._attempt):
                self._disowned.set()
            elif row is not None and row.state is RunState.QUEUED:
                self._started = False
        except CannotRun:
            # The run is worth more than its sign of life, and the next sign may get through.
            return
