"""Whose names are known: in SNMPv3 a trap counts in the name of its sender's engine, which nobody told us before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

MOST = 8
"""Of one address: its own, and those of cards that were replaced. Each costs memory."""


class Engines:
    """The engines that sent something, by address; those that never proved anything make room first.

    Anybody can forge an address. So a name that is new never drives out one that was proven, unless all are.
    """

    def __init__(self, learn: Callable[[bytes], None], forget: Callable[[bytes], None]) -> None:
        self._learn = learn
        self._forget = forget
        self._known: dict[str, OrderedDict[bytes, bool]] = {}
        self._users: dict[bytes, int] = {}
        """By engine: how many addresses have it."""

    def meet(self, source: str, engine: bytes) -> None:
        """A message came in the name of an engine; it is not proven yet."""
        known = self._known.setdefault(source, OrderedDict())
        if engine in known:
            return
        if len(known) >= MOST:
            oldest = next((name for name, proven in known.items() if not proven), next(iter(known)))
            del known[oldest]
            self._leave(oldest)
        known[engine] = False
        self._users[engine] = self._users.get(engine, 0) + 1
        if self._users[engine] == 1:
            self._learn(engine)

    def prove(self, source: str, engine: bytes) -> None:
        """The message was signed with the right password."""
        known = self._known[source]
        known[engine] = True
        known.move_to_end(engine)

    def _leave(self, engine: bytes) -> None:
        self._users[engine] -= 1
        if not self._users[engine]:
            del self._users[engine]
            self._forget(engine)
