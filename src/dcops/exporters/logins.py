"""Basic authentication: names and bcrypt hashes of the web configuration file."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

log = logging.getLogger(__name__)

REMEMBERED = 100
MOST_WAITING = 20
LONGEST_PASSWORD = 72
"""bcrypt looks at no more."""
_NOBODY = "$2b$10$CwTycUXWue0Thq9StjUM0uJ8.fXZ4o2CJYaBqOLBuV3nBdxX8r8Aq"
"""What unknown names are compared with: whether a name exists must not be told by how long an answer takes."""


class Logins:
    """Who may ask. A bcrypt takes a twentieth of a second, so what was right once is remembered, as a keyed hash."""

    def __init__(self, users: Callable[[], Mapping[str, str]]) -> None:
        self._users = users
        self._key = secrets.token_bytes(32)
        self._known: dict[bytes, None] = {}
        # One thread: whoever guesses passwords keeps one core busy at the most, and never the loop.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bcrypt")
        self._waiting = 0

    async def allows(self, header: str) -> bool:
        """Whether an Authorization header names a user and their password."""
        name, password = _parts(header)
        stored = self._users().get(name)
        digest = hmac.digest(self._key, b"\0".join((name.encode(), (stored or "").encode(), password)), hashlib.sha256)
        if stored is not None and digest in self._known:
            return True
        if not header or len(password) > LONGEST_PASSWORD:
            return False
        if self._waiting >= MOST_WAITING:
            raise web.HTTPTooManyRequests(text="Too many logins at once.\n")
        self._waiting += 1
        try:
            right = await asyncio.get_running_loop().run_in_executor(self._thread, _fits, password, stored or _NOBODY)
        finally:
            self._waiting -= 1
        if not right or stored is None:
            return False
        while len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[digest] = None
        return True


def middleware(logins: Logins) -> Middleware:
    """Answers 401 to everybody else, whatever they ask for."""

    @web.middleware
    async def ask(request: web.Request, handler: Handler) -> web.StreamResponse:
        if await logins.allows(request.headers.get(hdrs.AUTHORIZATION, "")):
            return await handler(request)
        raise web.HTTPUnauthorized(text="Unauthorized\n", headers={hdrs.WWW_AUTHENTICATE: 'Basic realm="dcops"'})

    return ask


def _parts(header: str) -> tuple[str, bytes]:
    kind, _, encoded = header.partition(" ")
    try:
        plain = base64.b64decode(encoded.strip(), validate=True) if kind.lower() == "basic" else b""
        name, _, password = plain.partition(b":")
        return name.decode(), password
    except (binascii.Error, ValueError):
        return "", b""


def _fits(password: bytes, stored: str) -> bool:
    import bcrypt

    try:
        # NULs end a password for bcrypt, and would make different ones equal.
        return b"\0" not in password and bcrypt.checkpw(password, stored.encode())
    except ValueError:
        return False
