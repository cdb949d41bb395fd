"""The engine of an agent: the name, the boots and the time that SNMPv3 binds its messages to."""

from __future__ import annotations

import time

ENTERPRISE = (0x80000000 | 32473).to_bytes(4, "big")
"""The number that RFC 5612 keeps for examples, so that no maker's engine is pretended."""
TEXT = b"\x04"
LONGEST = 32
LAST_SECOND = 0x7FFFFFFF


class Engine:
    """Named after the device.

    Its time runs as ours, however fast the lab's clock runs: a manager measures it with a real clock, and would be
    outside of every window.
    """

    def __init__(self, name: str, *, boots: int = 1, seconds: float = 0.0) -> None:
        self.id = (ENTERPRISE + TEXT + name.encode())[:LONGEST]
        self.boots = boots
        self._booted_at = time.monotonic() - seconds

    def restart(self) -> None:
        """One boot more, and time from the beginning."""
        self.boots += 1
        self._booted_at = time.monotonic()

    @property
    def seconds(self) -> int:
        """Since it booted."""
        return min(int(time.monotonic() - self._booted_at), LAST_SECOND)
