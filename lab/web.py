"""HTTPS for simulated devices: one server per connection, and what a fault makes of an answer on its way out."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from lab.device import Connection
from lab.faults import Kind

HANDSHAKE_SECONDS = 20
FLUSH_SECONDS = 0.1
PIECES = 16

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    body: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    is_configuration: bool = False
    """Faults that spoil a configuration spoil this answer."""


async def serve(connection: Connection, stream: socket.socket, context: ssl.SSLContext, handler: Handler) -> None:
    """Speak HTTP over TLS on an accepted connection, until it ends."""
    server = _Server(handler)
    connection.closed = server.closed
    transport, _ = await asyncio.get_running_loop().connect_accepted_socket(
        server, stream, ssl=context, ssl_handshake_timeout=HANDSHAKE_SECONDS
    )
    connection.transport = transport
    await server.closed.wait()


async def deliver(connection: Connection, request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    """Send an answer as the connection's fault lets it through."""
    fault = connection.fault()
    kind = fault.kind if fault else None
    half = answer.body[: len(answer.body) // 2]
    if answer.is_configuration and kind is Kind.TRUNCATE:
        answer = Answer(half, answer.content_type, answer.status, answer.headers)
    elif answer.is_configuration and kind is Kind.DROP_MID_ANSWER:
        return await _part(request, answer, half, _drop(connection))
    elif answer.is_configuration and kind is Kind.HANG:
        return await _part(request, answer, half, connection.closed.wait())
    elif fault and kind is Kind.SLOW:
        return await _trickle(request, answer, fault.delay_seconds)
    return web.Response(
        body=answer.body, status=answer.status, content_type=answer.content_type, headers=dict(answer.headers)
    )


async def _start(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=dict(answer.headers))
    response.content_type = answer.content_type
    response.content_length = len(answer.body)
    await response.prepare(request)
    return response


async def _part(request: web.BaseRequest, answer: Answer, part: bytes, then: Awaitable[object]) -> web.StreamResponse:
    """Promise the whole, send a part."""
    response = await _start(request, answer)
    await response.write(part)
    await then
    return response


async def _drop(connection: Connection) -> None:
    await asyncio.sleep(FLUSH_SECONDS)
    connection.abort()


async def _trickle(request: web.BaseRequest, answer: Answer, seconds: float) -> web.StreamResponse:
    response = await _start(request, answer)
    size = max(1, -(-len(answer.body) // PIECES))
    for start in range(0, len(answer.body), size):
        await response.write(answer.body[start : start + size])
        await asyncio.sleep(seconds / PIECES)
    await response.write_eof()
    return response


class _Server(web.Server):
    """An HTTP server for one connection, which says when that has ended."""

    def __init__(self, handler: Handler) -> None:
        super().__init__(handler, access_log=None)
        self.closed = asyncio.Event()

    def connection_lost(self, handler: object, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)  # type: ignore[arg-type]
        self.closed.set()
