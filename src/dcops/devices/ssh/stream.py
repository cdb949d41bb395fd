"""A socket for paramiko that takes what has arrived at once.

paramiko asks for the head and the rest of each packet by themselves. Each question is a system call during which Python
lets another thread run, and with 40 routers there always is one: half of them are not needed.
"""

from __future__ import annotations

import socket
from typing import Any

CHUNK = 32768


class Stream:
    """A connected socket, read in big pieces by one thread."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._waiting = b""

    def recv(self, size: int) -> bytes:
        """Up to so many bytes; empty at the end."""
        if not self._waiting:
            self._waiting = self._connection.recv(CHUNK)
        data, self._waiting = self._waiting[:size], self._waiting[size:]
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)
