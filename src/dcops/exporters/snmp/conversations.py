"""Conversations with devices: never two with one device, and not too many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from dcops.errors import DeviceError, ErrorKind
from dcops.exporters.snmp.probe import Collector, Probe, probe
from dcops.exporters.snmp.roster import Entry
from dcops.snmp.client import Client

MOST = 200
"""At once. A device that is away holds one for some seconds; so many may be away before others have to wait."""
SHORTEST_SECONDS = 0.05


class Conversations:
    """For one event loop."""

    def __init__(self, most: int = MOST) -> None:
        self._client = Client()
        self._free = asyncio.Semaphore(most)
        self._turns: dict[str, asyncio.Lock] = {}
        self._running: dict[tuple[str, ...], asyncio.Task[Probe]] = {}

    async def probe(self, entry: Entry, collectors: Sequence[Collector], seconds: float) -> Probe:
        """Ask a device. Who asks the same while it is being asked gets the same answer.

        Who asks the device for something else waits: the small cards of UPS answer one question after the other.
        """
        names = tuple(collector.profile.name for collector in collectors)
        if isinstance(entry.target, DeviceError):
            return Probe.failed(names, entry.target)
        key = (entry.name, *names)
        running = self._running.get(key)
        if running is None:
            loop = asyncio.get_running_loop()
            running = loop.create_task(self._converse(entry, collectors, loop.time() + seconds))
            self._running[key] = running
            running.add_done_callback(lambda _: self._running.pop(key, None))
        try:
            return await asyncio.wait_for(asyncio.shield(running), seconds + SHORTEST_SECONDS)
        except TimeoutError:
            return Probe.failed(
                names, DeviceError(ErrorKind.TIMEOUT, "not all was answered before the deadline"), seconds
            )

    async def _converse(self, entry: Entry, collectors: Sequence[Collector], deadline: float) -> Probe:
        loop = asyncio.get_running_loop()
        turn = self._turns.setdefault(entry.name, asyncio.Lock())
        try:
            async with asyncio.timeout_at(deadline - SHORTEST_SECONDS) as waiting, turn, self._free:
                waiting.reschedule(None)
                assert not isinstance(entry.target, DeviceError)
                return await probe(self._client, entry.target, collectors, entry.places, seconds=deadline - loop.time())
        except TimeoutError:
            names = tuple(collector.profile.name for collector in collectors)
            return Probe.failed(names, DeviceError(ErrorKind.BUSY, "other probes took the time"))
