"""The clock of the devices' timers, which can run faster than ours."""

from __future__ import annotations

import asyncio
import time


class Clock:
    """Device time: boots, key lifetimes and later commits are measured on it. Their order never changes."""

    def __init__(self) -> None:
        self._rate = 1.0
        self._since = time.monotonic()
        self._elapsed = 0.0
        self._rate_changed = asyncio.Event()

    @property
    def rate(self) -> float:
        """How many device seconds pass in one of ours."""
        return self._rate

    def set_rate(self, rate: float) -> None:
        """Run `rate` times faster from now on; timers that run already follow."""
        self._elapsed = self.now()
        self._since = time.monotonic()
        self._rate = rate
        self._rate_changed.set()
        self._rate_changed = asyncio.Event()

    def now(self) -> float:
        """Device seconds since the lab started."""
        return self._elapsed + (time.monotonic() - self._since) * self._rate

    async def sleep(self, seconds: float) -> None:
        """Wait for so many device seconds."""
        deadline = self.now() + seconds
        while (left := deadline - self.now()) > 0:
            try:
                await asyncio.wait_for(self._rate_changed.wait(), left / self._rate)
            except TimeoutError:
                continue
