"""A Sophos firewall: its entities, one account that reads, and the door with its certificate."""

from __future__ import annotations

import functools
import socket
import ssl
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import jinja2
from lxml import etree

from lab import web
from lab.clock import Clock
from lab.device import BadChange, Connection, Device
from lab.faults import OVER_TLS, Kind, Options
from lab.planted import weaknesses
from lab.sfos.secrets import Secrets
from lab.sfos.store import Store, parse

if TYPE_CHECKING:
    from lab.sfos.api import Api

DATA = Path(__file__).parent.parent / "devices" / "sfos"

CHANGE_KEYS = {"xml", "entity", "element", "user"}
ROGUE_RULE = """<Set operation="add"><FirewallRule><Name>temp-allow</Name><Description>until monday</Description>
<IPFamily>IPv4</IPFamily><Status>Enable</Status><Position>Top</Position><PolicyType>Network</PolicyType>
<NetworkPolicy><Action>Accept</Action><LogTraffic>Disable</LogTraffic></NetworkPolicy></FirewallRule></Set>"""


@dataclass(frozen=True, slots=True)
class Login:
    """The account that the lab gives to its site root."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What the inventory says about the firewall and its answers repeat."""

    hostname: str
    software: str
    ipv4: str
    ipv6: str | None = None
    domain: str = "dc.example.test"

    @property
    def number(self) -> int:
        """A number that is always the same for this firewall."""
        return zlib.crc32(self.hostname.encode())

    @property
    def major(self) -> int:
        """`19` of `19.5.3`."""
        return int(self.software.split(".")[0])

    @property
    def api_version(self) -> str:
        """`1905.1` of `19.5.3`."""
        major, minor, *_ = [*self.software.split("."), "0"]
        return f"{major}{int(minor):02d}.1"


class SophosFirewall(Device):
    """One simulated device of the platform `sfos`."""

    platform: ClassVar[str] = "sfos"
    # Each request carries its login: there is no session that could expire.
    faults: ClassVar[frozenset[Kind]] = OVER_TLS - {Kind.SESSION_EXPIRED}
    fault_options: ClassVar[Options] = {
        Kind.HANG: {"where": ("connect", "answer")},
        Kind.ERROR_DOCUMENT: {"variant": ("status", "529", "532", "534", "html")},
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
        self.identity = identity
        self.login = login
        self.certificate = certificate
        self.wrong_certificate = wrong_certificate

    @functools.cached_property
    def store(self) -> Store:
        """Its entities."""
        identity = self.identity
        text = (
            _templates()
            .get_template("entities.xml.j2")
            .render(
                name=identity.hostname,
                n=identity.number % 100_000,
                ipv4=identity.ipv4,
                ipv6=identity.ipv6,
                domain=identity.domain,
                s=Secrets(identity.hostname),
                planted=weaknesses(identity.hostname),
            )
        )
        return Store(text.encode(), identity.major)

    def set_the_clock(self) -> None:
        """What `Get` of `Time` gives beside the settings: the time of day."""
        time = self.store.element("Time")
        clock = None if time is None else time.find("SetDateTime")
        if clock is None:
            return
        now = datetime.now(UTC)
        for path, form in (("Date/Year", "%Y"), ("Date/Month", "%m"), ("Date/Day", "%d")):
            _write(clock, path, f"{now:{form}}")
        for path, form in (("Time/HH", "%H"), ("Time/MM", "%M"), ("Time/SS", "%S")):
            _write(clock, path, f"{now:{form}}")

    # ---- other people --------------------------------------------------------------------------

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Another administrator's change: it takes effect at once, as every change of SFOS does."""
        if unknown := sorted(set(request) - CHANGE_KEYS):
            raise BadChange(f"unknown key {unknown[0]!r}; a change of sfos has {', '.join(sorted(CHANGE_KEYS))}")
        statuses = []
        for operation, element in self._deeds(request):
            status = self.store.remove(element) if operation == "Remove" else self.store.set(element, operation)
            statuses.append({"entity": str(element.tag), "code": status[0], "text": status[1]})
        if failed := [each for each in statuses if not each["code"].startswith("2")]:
            raise BadChange("; ".join(f"{each['entity']}: {each['code']} {each['text']}" for each in failed))
        return {"statuses": statuses, "user": request.get("user", "admin")}

    def _deeds(self, request: Mapping[str, Any]) -> list[tuple[str, etree._Element]]:
        xml, entity, inner = request.get("xml"), request.get("entity"), request.get("element")
        if isinstance(entity, str) and isinstance(inner, str) and xml is None:
            xml = f"<Set><{entity}>{inner}</{entity}></Set>"
        elif not isinstance(xml, str) or entity is not None or inner is not None:
            raise BadChange('a change needs "xml", Set and Remove elements, or "entity" and "element", what is inside')
        try:
            root = parse(f"<Request>{xml}</Request>".encode("utf-8", "surrogateescape"))
        except etree.XMLSyntaxError as error:
            raise BadChange(f"it is no XML: {error}") from None
        if not len(root) or any(part.tag not in ("Set", "Remove") for part in root):
            raise BadChange('"xml" is made of Set and Remove elements')
        return [
            ("Remove" if part.tag == "Remove" else part.get("operation", ""), element)
            for part in root
            for element in part
        ]

    def rogue_change(self) -> Mapping[str, Any]:
        return self.change({"xml": ROGUE_RULE, "user": "intern"})

    # ---- the door ------------------------------------------------------------------------------

    def api(self, connection: Connection) -> Api:
        """What one connection meets."""
        from lab.sfos.api import Api

        return Api(self, connection)

    async def serve(self, connection: Connection, stream: socket.socket) -> None:
        context = self.wrong_certificate() if connection.has(Kind.WRONG_CERTIFICATE) else self.certificate()
        await web.serve(connection, stream, context, self.api(connection).handle)


def _write(root: etree._Element, path: str, text: str) -> None:
    element = root.find(path)
    if element is not None:
        element.text = text


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(DATA),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
