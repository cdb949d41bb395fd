"""How a collector fares: when it last succeeded, how long it took, what went wrong."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from dcops.errors import DeviceError, ErrorKind


@dataclass(frozen=True, slots=True)
class Standing:
    """A collector at one moment."""

    name: str
    success: bool
    """Its last attempt was well, and what it told is not too old."""
    stale: bool
    """What it told is too old to be shown, or it never told anything."""
    last_success: float | None
    """Seconds since 1970."""
    seconds: float | None
    """How long its last attempt took."""
    updates: int
    errors: Mapping[str, int]
    """By reason."""
    problem: str
    """Why it does not work; empty when it does."""


class Record:
    """Kept by the collector's thread, read by scrapes."""

    def __init__(
        self,
        name: str,
        limit_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name = name
        self._limit = limit_seconds
        self._monotonic = monotonic
        self._clock = clock
        self._lock = Lock()
        self._told: float | None = None
        self._last_success: float | None = None
        self._seconds: float | None = None
        self._updates = 0
        self._errors: Counter[str] = Counter()
        self._problem = "nothing was told yet"
        self._failed = False

    def succeeded(self, seconds: float, updates: int) -> bool:
        """One cycle went well; gives whether the one before had not."""
        with self._lock:
            # By the monotonic clock, as nobody may make old data young by setting the other one.
            self._told = self._monotonic()
            self._last_success = self._clock()
            self._seconds = seconds
            self._updates += updates
            self._problem = ""
            was, self._failed = self._failed, False
            return was

    def failed(self, seconds: float, error: DeviceError) -> bool:
        """One cycle failed; gives whether the one before had failed for another reason, or not at all."""
        with self._lock:
            self._seconds = seconds
            self._errors[error.kind.value] += 1
            news = not self._failed or self._problem != str(error)
            self._failed, self._problem = True, str(error)
            return news

    def standing(self) -> Standing:
        """How it is now."""
        with self._lock:
            stale = self._told is None or self._monotonic() - self._told > self._limit
            late = f"no answer for more than {self._limit:g} s" if stale and not self._problem else ""
            return Standing(
                name=self.name,
                success=not stale and not self._failed,
                stale=stale,
                last_success=self._last_success,
                seconds=self._seconds,
                updates=self._updates,
                errors=dict(self._errors),
                problem=self._problem or late,
            )


def flaw(error: Exception) -> DeviceError:
    """An error of ours, as one of the device: it must not end a collector."""
    return DeviceError(
        ErrorKind.INTERNAL,
        f"{type(error).__name__} inside the exporter",
        next_step="Please report it with the log",
    )
