"""How much is taken in: whoever sends more, or forges what others send, fills neither disk nor processor."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

MOST_SOURCES = 2_000


@dataclass(slots=True)
class Bucket:
    """Tokens that come back at a rate."""

    per_second: float
    burst: float
    tokens: float
    filled: float

    def take(self, now: float) -> bool:
        """Take one; False when there is none."""
        self.tokens = min(self.burst, self.tokens + (now - self.filled) * self.per_second)
        self.filled = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second."""

    burst: float
    per_second: float

    def bucket(self, now: float) -> Bucket:
        """A full one."""
        return Bucket(self.per_second, self.burst, self.burst, now)


EACH = Rate(200, 20)
"""Of one device: a switch that loses its power supply tells of every port."""
ALL = Rate(1_000, 100)
STRANGERS = Rate(20, 2)
"""Of all addresses together that no device has."""


class Flood:
    """Decides for each datagram, before anything of it is looked at."""

    def __init__(self, clock: Callable[[], float] = monotonic, *, each: Rate = EACH, together: Rate = ALL) -> None:
        self._clock = clock
        self._each = each
        self._together = together.bucket(clock())
        self._strangers = STRANGERS.bucket(clock())
        self._sources: OrderedDict[str, Bucket] = OrderedDict()

    def takes(self, source: str) -> bool:
        """Whether one more of a device is looked at. Its own measure first: it takes nothing from the others'."""
        now = self._clock()
        bucket = self._sources.get(source)
        if bucket is None:
            bucket = self._sources[source] = self._each.bucket(now)
            if len(self._sources) > MOST_SOURCES:
                self._sources.popitem(last=False)
        return bucket.take(now) and self._together.take(now)

    def keeps_stranger(self) -> bool:
        """Whether one more of nobody we know is kept. All are counted."""
        return self._strangers.take(self._clock())
