"""A Peplink Balance: its configurations, who is logged in, and the door with its certificate."""

from __future__ import annotations

import asyncio
import functools
import json
import socket
import ssl
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import jinja2
from aiohttp import web

from lab.clock import Clock
from lab.device import BadChange, Connection, Device, reset
from lab.faults import OVER_TLS, Kind, Options
from lab.peplink.configuration import BadPath, Configuration
from lab.peplink.secrets import Secrets
from lab.peplink.sessions import Sessions

if TYPE_CHECKING:
    from lab.peplink.api import Api

DATA = Path(__file__).parent.parent / "devices" / "peplink"

CHANGE_KEYS = {"path", "value", "applied", "user", "apply", "discard", "client"}
HANDSHAKE_SECONDS = 20
APPLY_SECONDS = 6.0
"""How long the web admin is away while it applies changes, in device time."""
LEASE_SECONDS = 3600.0
"""How often the providers give new addresses, in device time."""


@dataclass(frozen=True, slots=True)
class Login:
    """The account that the lab gives to its site root: it may read."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What the inventory says about the balancer and its answers repeat."""

    hostname: str
    model: str
    serial: str
    software: str
    site: str
    ipv4: str


class Balancer(Device):
    """One simulated device of the platform `peplink`."""

    platform: ClassVar[str] = "peplink"
    faults: ClassVar[frozenset[Kind]] = OVER_TLS
    fault_options: ClassVar[Options] = {
        Kind.HANG: {"where": ("connect", "answer")},
        Kind.ERROR_DOCUMENT: {"variant": ("error", "html")},
        Kind.SESSION_EXPIRED: {"form": ("body", "http"), "every_key": (False, True)},
    }

    def __init__(
        self,
        name: str,
        address: str,
        port: int,
        clock: Clock,
        *,
        identity: Identity,
        login: Login,
        certificate: Callable[[], ssl.SSLContext],
        wrong_certificate: Callable[[], ssl.SSLContext],
    ) -> None:
        super().__init__(name, address, port, clock)
        self.login = login
        self.certificate = certificate
        self.wrong_certificate = wrong_certificate
        self.model = identity.model
        self.serial = identity.serial
        self.firmware = f"{identity.software} build {4000 + zlib.crc32(identity.software.encode()) % 2000}"
        self._identity = identity
        self.sessions = Sessions(clock)
        self._away_until = 0.0
        self._up_since = clock.now() - zlib.crc32(name.encode()) % (86400 * 100)

    @functools.cached_property
    def configuration(self) -> Configuration:
        """What is applied and what is pending."""
        identity = self._identity
        text = (
            _templates()
            .get_template("balance580.json.j2")
            .render(
                name=identity.hostname,
                n=zlib.crc32(identity.hostname.encode()) % 100_000,
                site=identity.site,
                ipv4=identity.ipv4,
                s=Secrets(identity.hostname),
            )
        )
        return Configuration(json.loads(text))

    def file(self) -> bytes:
        """The applied configuration as the web admin gives it."""
        return self.configuration.file(self.model, self.firmware)

    @property
    def up_seconds(self) -> float:
        """Since the connections came up."""
        return self.clock.now() - self._up_since

    @property
    def leases(self) -> int:
        """How often the providers have given new addresses."""
        return int(self.up_seconds // LEASE_SECONDS)

    # ---- applying ------------------------------------------------------------------------------

    def apply(self, *, delay_seconds: float = 0.0) -> None:
        """Apply what is pending: every login is over, and for some seconds nobody is let in."""
        if not self.configuration.apply():
            return
        asyncio.get_running_loop().call_later(delay_seconds, self._restart_web_admin)

    def _restart_web_admin(self) -> None:
        self._away_until = self.clock.now() + APPLY_SECONDS
        self._up_since = self.clock.now()
        self.sessions.drop_cookies()
        self.drop_connections()

    # ---- other people --------------------------------------------------------------------------

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        if unknown := sorted(set(request) - CHANGE_KEYS):
            raise BadChange(f"unknown key {unknown[0]!r}; a change of peplink has {', '.join(sorted(CHANGE_KEYS))}")
        user, is_applied = request.get("user", "admin"), request.get("applied", True)
        if not isinstance(user, str) or not user or not isinstance(is_applied, bool):
            raise BadChange('"user" must be a name and "applied" true or false')
        if "client" in request:
            return self._new_client(request["client"])
        if request.get("apply") is True:
            was_pending = self.configuration.is_pending
            self.apply()
            return {"applied": was_pending, "user": user, "away_seconds": APPLY_SECONDS if was_pending else 0}
        if request.get("discard") is True:
            self.configuration.discard()
            return {"discarded": True, "user": user}
        path = request.get("path")
        if not isinstance(path, str) or not path or "value" not in request:
            raise BadChange('a change needs "path", such as wan.1.name, and its "value"')
        try:
            if is_applied:
                self.configuration.set(path, request["value"])
            else:
                self.configuration.stage(path, request["value"], user)
        except BadPath as error:
            raise BadChange(str(error)) from None
        return {"path": path, "user": user, "applied": is_applied, "pending_by": list(self.configuration.pending_by)}

    def _new_client(self, wanted: object) -> Mapping[str, Any]:
        if not isinstance(wanted, dict) or wanted.get("scope") not in ("api", "api.read-only"):
            raise BadChange('"client" must be {"name": …, "scope": "api" or "api.read-only"}')
        made = self.sessions.add_client(str(wanted.get("name", "dcops")), wanted["scope"])
        return {"clientId": made.client_id, "clientSecret": made.client_secret, "scope": made.scope}

    def rogue_change(self) -> Mapping[str, Any]:
        return self.change({"path": "wan.1.priority", "value": 3, "user": "intern"})

    def forget_volatile(self) -> None:
        # What nobody applied lies in memory only.
        self.configuration.discard()
        self.sessions.drop_cookies()
        self._up_since = self.clock.now()

    # ---- the door ------------------------------------------------------------------------------

    def api(self, connection: Connection) -> Api:
        """What one connection meets."""
        from lab.peplink.api import Api

        return Api(self, connection)

    async def serve(self, connection: Connection, stream: socket.socket) -> None:
        if self.clock.now() < self._away_until:
            reset(stream)
            return
        loop = asyncio.get_running_loop()
        context = self.wrong_certificate() if connection.has(Kind.WRONG_CERTIFICATE) else self.certificate()
        server = _Server(self.api(connection).handle)
        connection.closed = server.closed
        transport, _ = await loop.connect_accepted_socket(
            server, stream, ssl=context, ssl_handshake_timeout=HANDSHAKE_SECONDS
        )
        connection.transport = transport
        await server.closed.wait()


class _Server(web.Server):
    """An HTTP server for one connection, which says when that has ended."""

    def __init__(self, handler: Any) -> None:
        super().__init__(handler, access_log=None)
        self.closed = asyncio.Event()

    def connection_lost(self, handler: Any, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self.closed.set()


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(DATA),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
    )
