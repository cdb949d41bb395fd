"""Opens conversations, and remembers between them what each agent has taught."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from dcops.snmp.session import Pace, Session
from dcops.snmp.target import Security, Target


class Client:
    """For one event loop, and as many agents as there are."""

    def __init__(self) -> None:
        self._paces: dict[str, Pace] = {}
        self._securities: dict[str, tuple[Target, Security]] = {}

    @asynccontextmanager
    async def session(self, target: Target, *, seconds: float) -> AsyncIterator[Session]:
        """A conversation that ends after so many seconds at the latest. Errors are DeviceErrors."""
        loop = asyncio.get_running_loop()
        session = Session(target, self._security(target), self._pace(target), loop=loop, deadline=loop.time() + seconds)
        try:
            yield session
        finally:
            session.close()

    def _pace(self, target: Target) -> Pace:
        limits = target.limits
        pace = self._paces.setdefault(target.name, Pace(limits.repetitions, limits.in_flight))
        pace.repetitions = min(pace.repetitions, limits.repetitions)
        pace.in_flight = min(pace.in_flight, limits.in_flight)
        return pace

    def _security(self, target: Target) -> Security:
        """What was learned of an engine is kept while the agent is the same."""
        known = self._securities.get(target.name)
        if known is None or (known[0] is not target and known[0] != replace(target, limits=known[0].limits)):
            known = (target, target.security())
            self._securities[target.name] = known
        return known[1]
