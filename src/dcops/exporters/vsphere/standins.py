"""Values for where a counter of a whole object has none: made of those of its parts, until they are too old."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import TypeAlias

Values: TypeAlias = Mapping[str, Mapping[str, float]]
"""By metric and moid, in the unit of the metric."""


class StandIns:
    """Written by the collector of parts, read by that of samples."""

    def __init__(self, limit_seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit_seconds
        self._monotonic = monotonic
        self._lock = Lock()
        self._values: Values = {}
        self._since = 0.0

    def replace(self, values: Values) -> None:
        """These are new."""
        with self._lock:
            self._values, self._since = values, self._monotonic()

    def now(self) -> Values:
        """Nothing, when they are older than what they are made of may be shown."""
        with self._lock:
            return self._values if self._monotonic() - self._since <= self._limit else {}
