"""The receiver as a service: its socket, its files, its metrics."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

from aiohttp import web
from prometheus_client import CollectorRegistry

from dcops.errors import CannotRun, DeviceError
from dcops.exporters.listen import Address
from dcops.exporters.traps.figures import Exposed, Figures
from dcops.exporters.traps.flood import Flood
from dcops.exporters.traps.keeper import Keeper
from dcops.exporters.traps.listener import Engine, Listener, Login
from dcops.exporters.traps.receiver import Address as Peer
from dcops.exporters.traps.receiver import Receiver
from dcops.exporters.traps.senders import Standing, Watch
from dcops.exporters.traps.store import FILE, Store
from dcops.exporters.traps.telling import Teller, queue_message

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
RECEIVE_BUFFER_BYTES = 4 << 20
ENGINE_PREFIX = (0x80000000 | 20408).to_bytes(4, "big") + b"\x05"
"""The enterprise number of pysnmp, and bytes of our own choice behind it (RFC 3411 section 5)."""


class Traps:
    """The kind `traps` of the HTTP server, and the receiver beside it."""

    def __init__(self, root: Path, address: Address, told: Callable[[str], None]) -> None:
        self._address = address
        self._told = told
        self._watch = Watch(root)
        self._store = Store(self._watch.standing.settings.paths.state / FILE)
        self._store.make()
        self._us = _engine(self._store)
        self._figures = Figures()
        self._figures.restore(self._store.last(), self._watch.standing.kinds)
        self._keeper = Keeper(self._store)
        self._teller = Teller(lambda news: queue_message(self._watch.standing.settings, news))
        self._receiver = Receiver(self._figures, self._keeper, self._teller, Flood())
        self._listeners: dict[Login, Listener] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="traps watch")
        self._use(self._watch.standing)

    def routes(self) -> list[web.RouteDef]:
        """None of its own: what it counts stands in /metrics."""
        return []

    def register(self, registry: CollectorRegistry) -> None:
        """Show what it counts."""
        exposed = Exposed(
            self._figures,
            lost=lambda: self._keeper.lost,
            untold=lambda: self._teller.untold,
            up=lambda: self._watch.up and self._keeper.well,
        )
        registry.register(exposed)

    def close(self) -> None:
        """Let go of what it holds."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def receive(self, _app: web.Application) -> AsyncIterator[None]:
        """Listen as long as the HTTP server runs."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Protocol(self._receiver), sock=_socket(self._address)
        )
        host, port, *_ = transport.get_extra_info("sockname")
        self._told(f"udp://{Address(host, port)}")
        self._keeper.start()
        self._teller.start()
        ticking = loop.create_task(self._tick())
        try:
            yield
        finally:
            ticking.cancel()
            transport.close()
            await loop.run_in_executor(None, self._keeper.close)
            await loop.run_in_executor(None, self._teller.close)

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        passed = 0.0
        while True:
            await asyncio.sleep(1.0)
            self._receiver.tick()
            passed += 1.0
            if passed >= LOOK_SECONDS:
                passed = 0.0
                if await loop.run_in_executor(self._thread, self._look):
                    self._use(self._watch.standing)

    def _look(self) -> bool:
        found = self._watch.look()
        if found:
            self._make(found)
        return found is not None

    def _make(self, found: Standing) -> None:
        """Make what reads new logins; slow, so not in the loop. What was learned of the others is kept."""
        wanted = {one.login for one in found.senders.values() if not isinstance(one.login, DeviceError)}
        self._listeners = {
            login: self._listeners.get(login) or Listener(login, self._us, self._receiver.send) for login in wanted
        }

    def _use(self, found: Standing) -> None:
        if not self._listeners:
            self._make(found)
        self._receiver.use(found.senders, found.kinds, self._listeners)


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Before Python 3.12 it is one without saying so.
        self._receiver.answer_with(cast(asyncio.DatagramTransport, transport).sendto)

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        self._receiver.take(data, addr)

    def error_received(self, exc: Exception) -> None:
        # Whom we answered is gone: that is their affair.
        log.debug("%s", type(exc).__name__)


def _socket(address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        made.bind((address.host, address.port))
    except OSError as error:
        made.close()
        raise CannotRun(
            f"nothing can listen on {address} (UDP): {error.strerror or error}",
            next_step=f"See who does: ss -lunp 'sport = :{address.port}', or choose another port with --listen",
        ) from None
    return made


def _engine(store: Store) -> Engine:
    """Our name, the same for ever, and one boot more: senders of informs refuse a time that goes back."""
    try:
        name = store.own("engine") or (ENGINE_PREFIX + secrets.token_bytes(8)).hex()
        boots = min(int(store.own("boots") or 0) + 1, 0x7FFFFFFF)
        store.remember("engine", name)
        store.remember("boots", str(boots))
    except sqlite3.Error as error:
        raise CannotRun(f"{store.file} cannot be written: {error}") from None
    return Engine(bytes.fromhex(name), boots)
