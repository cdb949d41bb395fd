"""A PAN-OS firewall: two configuration trees, its API keys, its jobs, and the door with its certificate."""

from __future__ import annotations

import asyncio
import copy
import functools
import secrets
import socket
import ssl
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import jinja2
from aiohttp import web
from lxml import etree

from lab.clock import Clock
from lab.device import BadChange, Connection, Device
from lab.faults import OVER_TLS, Kind, Options
from lab.panos import tree
from lab.panos.secrets import Secrets
from lab.planted import weaknesses
from lab.topology import Surroundings

if TYPE_CHECKING:
    from lab.panos.api import Api

DATA = Path(__file__).parent.parent / "devices" / "panos"

CHANGE_KEYS = {"xpath", "element", "committed", "user"}
VSYS = "/config/devices/entry[@name='localhost.localdomain']/vsys/entry[@name='vsys1']"
ROGUE_RULE = """<entry name="temp-allow"><from><member>any</member></from><to><member>any</member></to>
<source><member>any</member></source><destination><member>any</member></destination>
<application><member>any</member></application><service><member>any</member></service>
<action>allow</action><tag><member>temporary</member></tag></entry>"""
HANDSHAKE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Login:
    """The account that the lab gives to its site root."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What the inventory says about the firewall and its answers repeat."""

    hostname: str
    model: str
    serial: str
    software: str
    site: str
    ipv4: str
    ipv6: str | None = None
    domain: str = "dc.example.test"
    peer: str | None = None
    """The other member of its high-availability pair."""
    is_first: bool = True

    @property
    def number(self) -> int:
        """A number that is always the same for this firewall."""
        return zlib.crc32(self.hostname.encode())

    @property
    def major(self) -> int:
        """`10` of `10.1.11`."""
        return int(self.software.split(".")[0])


@dataclass(slots=True)
class Key:
    """An API key that was given out."""

    issued: float
    """On the lab's clock."""
    is_doomed: bool = False
    """It expires at its first use: the fault `session_expired`."""


@dataclass(frozen=True, slots=True)
class Job:
    """A finished job."""

    number: int
    kind: str
    user: str
    done: datetime
    description: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A change in the candidate that nobody has committed."""

    xpath: str
    user: str
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))


class Firewall(Device):
    """One simulated device of the platform `panos`."""

    platform: ClassVar[str] = "panos"
    faults: ClassVar[frozenset[Kind]] = OVER_TLS
    fault_options: ClassVar[Options] = {
        Kind.HANG: {"where": ("connect", "answer")},
        Kind.ERROR_DOCUMENT: {"variant": ("error", "html"), "code": ("13", "1", "2", "16", "17", "403")},
        Kind.SESSION_EXPIRED: {"every_key": (False, True)},
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
        document: bytes | None = None,
    ) -> None:
        super().__init__(name, address, port, clock)
        self.identity = identity
        self.login = login
        self.certificate = certificate
        self.wrong_certificate = wrong_certificate
        self._document = document
        self.surroundings = Surroundings()
        self.started = datetime.now(UTC) - timedelta(minutes=identity.number % (60 * 24 * 200) + 60 * 24 * 3)
        self.keys: dict[str, Key] = {}
        self.key_replaces_expired = False
        self.pending: list[Pending] = []
        self.jobs = [Job(1, "AutoCom", "", self.started + timedelta(minutes=4))]
        self._dirty = 0

    # ---- configurations ------------------------------------------------------------------------

    @functools.cached_property
    def running(self) -> etree._Element:
        """The committed configuration."""
        return tree.parse(self.export())

    @functools.cached_property
    def candidate(self) -> etree._Element:
        """The configuration that administrators work on."""
        return copy.deepcopy(self.running)

    def export(self) -> bytes:
        """The running configuration as a bare file, byte for byte the same until it changes."""
        if self._document is None:
            self._document = self._first_configuration()
        return self._document

    def _first_configuration(self) -> bytes:
        identity = self.identity
        text = (
            _templates()
            .get_template("running.xml.j2")
            .render(
                name=identity.hostname,
                n=identity.number % 100_000,
                site=identity.site,
                ipv4=identity.ipv4,
                ipv6=identity.ipv6,
                domain=identity.domain,
                software=identity.software,
                major=".".join(identity.software.split(".")[:2]),
                major_number=identity.major,
                detail=identity.major >= 10,
                ha={"is_first": identity.is_first} if identity.peer else None,
                planted=weaknesses(identity.hostname),
                s=Secrets(identity.hostname),
                # Both members of a pair carry one policy.
                pair=Secrets(min(identity.hostname, identity.peer or identity.hostname)),
            )
        )
        return tree.serialise(tree.parse(text.encode()))

    # ---- other people --------------------------------------------------------------------------

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        if unknown := sorted(set(request) - CHANGE_KEYS):
            raise BadChange(f"unknown key {unknown[0]!r}; a change of panos has {', '.join(sorted(CHANGE_KEYS))}")
        xpath, element = request.get("xpath"), request.get("element")
        user, committed = request.get("user", "admin"), request.get("committed", False)
        if not isinstance(xpath, str) or not isinstance(element, str):
            raise BadChange('a change needs "xpath" of the parent and "element", the XML to merge below it')
        if not isinstance(user, str) or not user or not isinstance(committed, bool):
            raise BadChange('"user" must be a name and "committed" true or false')
        try:
            # The candidate is taken first: before the first change it is a copy of the running tree.
            touched = tree.set_at(self.candidate, xpath, element)
            if committed:
                tree.set_at(self.running, xpath, element)
        except tree.BadXPath:
            raise BadChange(f"xpath cannot be used: {xpath}") from None
        except tree.BadElement as error:
            raise BadChange(f"element is not XML: {error}") from None
        if committed:
            self._document = tree.serialise(self.running)
            self.jobs.append(Job(self.jobs[-1].number + 1, "Commit", user, datetime.now(UTC)))
        else:
            self._mark(touched, user)
            self.pending.append(Pending(xpath, user))
        return {"touched": len(touched), "user": user, "committed": committed}

    def _mark(self, touched: list[etree._Element], user: str) -> None:
        """PAN-OS notes in the candidate who left it dirty, and when."""
        self._dirty += 1
        for element in touched:
            element.set("admin", user)
            element.set("dirtyId", str(self._dirty))
            element.set("time", f"{datetime.now(UTC):%Y/%m/%d %H:%M:%S}")

    def rogue_change(self) -> Mapping[str, Any]:
        return self.change(
            {"xpath": f"{VSYS}/rulebase/security/rules", "element": ROGUE_RULE, "committed": True, "user": "intern"}
        )

    def forget_volatile(self) -> None:
        # The candidate lies on disk and survives; sessions do not, and a key is no session.
        self.started = datetime.now(UTC)
        self.jobs = [Job(1, "AutoCom", "", self.started)]

    @property
    def uptime_seconds(self) -> float:
        """Since the last boot."""
        return (datetime.now(UTC) - self.started).total_seconds()

    # ---- keys ----------------------------------------------------------------------------------

    def new_key(self, *, is_doomed: bool) -> str:
        """Give out an API key."""
        key = "LUFRPT1" + secrets.token_urlsafe(60).replace("-", "x").replace("_", "y") + "=="
        self.keys[key] = Key(self.clock.now(), is_doomed)
        return key

    def key_has_expired(self, key: Key) -> bool:
        """The key lifetime that the configuration sets (minutes, from 9.0) has run out."""
        minutes = self.running.findtext("devices/entry/deviceconfig/setting/management/api/key/lifetime", default="0")
        return minutes.isdigit() and int(minutes) > 0 and self.clock.now() - key.issued > int(minutes) * 60

    # ---- the door ------------------------------------------------------------------------------

    def api(self, connection: Connection) -> Api:
        """What one connection meets."""
        from lab.panos.api import Api

        return Api(self, connection)

    async def serve(self, connection: Connection, stream: socket.socket) -> None:
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
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
