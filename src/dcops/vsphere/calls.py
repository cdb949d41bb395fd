"""What was asked of a vCenter, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts at one moment; they only grow."""

    methods: Mapping[str, int]
    """Calls by method, those included that failed."""
    seconds: Mapping[str, float]
    """Time from the question to the last byte of its answer, by method."""
    failures: Mapping[str, int]
    """By the kind of error."""
    sent_bytes: int
    received_bytes: int
    """Bodies as they came over the line, packed or not."""
    unpacked_bytes: int
    connections: int
    logins: int
    refusals: int
    """Logins that were refused."""
    fallbacks: int
    """Answers that our own reader did not understand, and pyvmomi's did."""

    @property
    def total(self) -> int:
        """All calls."""
        return sum(self.methods.values())


@dataclass(slots=True)
class Calls:
    """Counts for one vCenter, from all its threads."""

    above: Calls | None = None
    """Where everything is counted once more: those of the whole vCenter."""
    _lock: Lock = field(default_factory=Lock)
    _methods: Counter[str] = field(default_factory=Counter)
    _seconds: Counter[str] = field(default_factory=Counter)
    _failures: Counter[str] = field(default_factory=Counter)
    _numbers: Counter[str] = field(default_factory=Counter)

    def asked(self, method: str, seconds: float, sent: int, received: int, unpacked: int) -> None:
        """One call has ended, well or not."""
        with self._lock:
            self._methods[method] += 1
            self._seconds[method] += seconds  # type: ignore[assignment]
            self._numbers["sent_bytes"] += sent
            self._numbers["received_bytes"] += received
            self._numbers["unpacked_bytes"] += unpacked
        if self.above is not None:
            self.above.asked(method, seconds, sent, received, unpacked)

    def failed(self, kind: str) -> None:
        """One call, connection or login failed."""
        with self._lock:
            self._failures[kind] += 1
        if self.above is not None:
            self.above.failed(kind)

    def count(self, what: str) -> None:
        """One more of `connections`, `logins`, `refusals` or `fallbacks`."""
        with self._lock:
            self._numbers[what] += 1
        if self.above is not None:
            self.above.count(what)

    def now(self) -> Counted:
        """The counts as they are."""
        with self._lock:
            numbers = self._numbers
            return Counted(
                methods=dict(self._methods),
                seconds=dict(self._seconds),
                failures=dict(self._failures),
                sent_bytes=numbers["sent_bytes"],
                received_bytes=numbers["received_bytes"],
                unpacked_bytes=numbers["unpacked_bytes"],
                connections=numbers["connections"],
                logins=numbers["logins"],
                refusals=numbers["refusals"],
                fallbacks=numbers["fallbacks"],
            )
