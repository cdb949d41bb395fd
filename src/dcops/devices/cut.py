"""Cuts a connection from another thread."""

from __future__ import annotations

import socket
from contextlib import suppress

import urllib3


class Cut:
    """Remembers the newest connection of a pool, so that it can be cut while its thread waits for an answer.

    Closing a pool only closes the connections that lie idle in it.
    """

    def __init__(self, pool: urllib3.HTTPSConnectionPool) -> None:
        self._newest: socket.socket | None = None
        cut = self

        class Connection(urllib3.connection.HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                cut._newest = self.sock

        pool.ConnectionCls = Connection

    def now(self) -> None:
        """Cut it; never raises, never waits."""
        if self._newest is not None:
            with suppress(OSError):
                self._newest.shutdown(socket.SHUT_RDWR)
