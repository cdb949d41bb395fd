"""The UDP socket of an agent, read by the loop without a task or a future for each datagram."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

from lab.snmp.agent import Agent

LARGEST_DATAGRAM = 65535
RECEIVE_BUFFER = 1 << 20
AT_ONCE = 64
"""Datagrams that one agent is asked before the others have their turn."""


class Endpoint:
    """Serves one agent at one address."""

    def __init__(self, agent: Agent, host: str, port: int, *, elsewhere: str | None = None) -> None:
        """`elsewhere` is the address that the fault `wrong_source` answers from; else another port of the same."""
        self.agent = agent
        self.host = host
        self._elsewhere_host = elsewhere or host
        self._elsewhere: socket.socket | None = None
        self._loop = asyncio.get_running_loop()
        self._socket = _bound(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self._loop.add_reader(self._socket, self._read)

    def close(self) -> None:
        """Stop answering."""
        self._loop.remove_reader(self._socket)
        self._socket.close()
        if self._elsewhere:
            self._elsewhere.close()

    def send(self, data: bytes, to: Any) -> None:
        """Send something that nobody has asked for: a notification."""
        self._send(self._socket, data, to)

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            try:
                data, sender = self._socket.recvfrom(LARGEST_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                # Somebody to whom we answered had left: that is told here, and is no news.
                continue
            answer = self.agent.answer(data)
            if answer is None:
                continue
            way = self._other_socket() if answer.from_elsewhere else self._socket
            if answer.delay_seconds:
                self._loop.call_later(answer.delay_seconds, self._send, way, answer.data, sender)
            else:
                self._send(way, answer.data, sender)

    @staticmethod
    def _send(way: socket.socket, data: bytes, to: Any) -> None:
        # A datagram that does not go out is one that was lost on the way.
        with contextlib.suppress(OSError):
            way.sendto(data, to)

    def _other_socket(self) -> socket.socket:
        if self._elsewhere is None:
            self._elsewhere = _bound(self._elsewhere_host, 0)
        return self._elsewhere


def _bound(host: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        made.setblocking(False)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made
