"""A Cisco router or switch: its two configurations, who changed them, and how it is reached."""

from __future__ import annotations

import asyncio
import functools
import random
import socket
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import asyncssh
import jinja2

from lab.clock import Clock
from lab.device import BadChange, Connection, Device
from lab.faults import OVER_SSH, Kind, Options
from lab.ios import shell, show
from lab.ios.configuration import Configuration
from lab.ios.grammar import Command, Grammar
from lab.ios.models import Model
from lab.ios.secrets import Secrets
from lab.ios.times import stamp
from lab.planted import weaknesses
from lab.ssh.server import Server, options
from lab.topology import Surroundings

DATA = Path(__file__).parent.parent / "devices" / "ios"

CHANGE_KEYS = {"lines", "user", "save"}


@dataclass(frozen=True, slots=True)
class Login:
    """The account that the lab gives to its site root."""

    username: str
    password: str
    enable: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What the inventory says about the router and its configuration repeats."""

    hostname: str
    serial: str
    software: str
    site: str
    ipv4: str
    ipv6: str | None = None
    domain: str = "dc.example.test"
    provider: str = "isp-a"
    provider_as: int = 64601
    rate_mbps: int = 100

    @property
    def number(self) -> int:
        """A number that is always the same for this router."""
        return zlib.crc32(self.hostname.encode())


@dataclass(frozen=True, slots=True)
class Mark:
    """When somebody touched a configuration."""

    moment: datetime
    user: str

    def __str__(self) -> str:
        return f"{stamp(self.moment)} by {self.user}"


class Router(Device):
    """One simulated device of the platform `ios`."""

    platform: ClassVar[str] = "ios"
    faults: ClassVar[frozenset[Kind]] = OVER_SSH
    fault_options: ClassVar[Options] = {
        Kind.HANG: {"where": ("connect", "answer")},
        Kind.ERROR_DOCUMENT: {"variant": ("authorization", "invalid")},
    }

    def __init__(
        self,
        name: str,
        address: str,
        port: int,
        clock: Clock,
        *,
        model: Model,
        identity: Identity,
        login: Login,
        host_key: Callable[[bool], asyncssh.SSHKey],
    ) -> None:
        super().__init__(name, address, port, clock)
        self.model = model
        self.identity = identity
        self.login = login
        self.command_delay_seconds = 0.0
        self.configuration_delay_seconds = 0.0
        self.surroundings = Surroundings()
        self._host_key = host_key
        self._hostname: str | None = None
        self._grammars: dict[bool, Grammar] = {}
        dice = random.Random(name)
        now = datetime.now(UTC)
        self.started = now - timedelta(minutes=dice.randint(60 * 24 * 20, 60 * 24 * 300))
        self.changed: Mark | None = Mark(now - timedelta(minutes=dice.randint(60 * 24, 60 * 24 * 19)), "netadmin")
        self.saved = Mark(self.changed.moment + timedelta(seconds=dice.randint(20, 90)), "netadmin")
        self._startup_changed: Mark | None = self.changed

    # ---- configurations ------------------------------------------------------------------------

    @functools.cached_property
    def running(self) -> Configuration:
        """What the router does now; made from the model's template when it is first asked for."""
        return Configuration(self.first_configuration())

    @functools.cached_property
    def startup(self) -> str:
        """What it will do after the next boot."""
        return self.running.render()

    def first_configuration(self) -> str:
        """The configuration that the router comes up with."""
        identity = self.identity
        return (
            _templates()
            .get_template(f"{self.model.folder}/running.j2")
            .render(
                name=identity.hostname,
                n=identity.number % 100_000,
                serial=identity.serial,
                site=identity.site,
                ipv4=identity.ipv4,
                ipv6=identity.ipv6,
                domain=identity.domain,
                provider=identity.provider,
                provider_as=identity.provider_as,
                rate_mbps=identity.rate_mbps,
                planted=weaknesses(identity.hostname),
                s=Secrets(identity.hostname),
            )
        )

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        if self._hostname is None:
            self._hostname = self.running.value("hostname") or "Router"
        return self._hostname

    def running_text(self) -> str:
        """The running configuration as it is at this minute: IOS 15 corrects its clock period all the time."""
        text = self.running.render()
        period = self.running.value("ntp clock-period")
        if period is None:
            return text
        wander = int(self.clock.now() // 60) % 60
        return text.replace(f"ntp clock-period {period}\n", f"ntp clock-period {int(period) + wander}\n", 1)

    def header(self, changed: Mark | None) -> str:
        """The comment lines on top of a configuration."""
        last = (
            f"! Last configuration change at {changed}\n"
            if changed
            else "! No configuration change since last restart\n"
        )
        return f"!\n{last}! NVRAM config last updated at {self.saved}\n!\n"

    def startup_text(self) -> str:
        """The startup configuration with its header."""
        return self.header(self._startup_changed) + self.startup

    def touch(self, user: str) -> None:
        """Somebody left configuration mode: IOS notes it whether or not anything changed."""
        self.changed = Mark(datetime.now(UTC), user)

    def merge(self, lines: Sequence[str], user: str) -> None:
        """Change the running configuration; the startup configuration stays."""
        _ = self.startup  # taken before the change: it is made from the running one
        self.running.merge(lines)
        self._hostname = None
        self.touch(user)

    def save(self, user: str) -> None:
        """Copy running to startup."""
        self.startup = self.running.render()
        self.saved = Mark(datetime.now(UTC), user)
        self._startup_changed = self.changed

    # ---- other people --------------------------------------------------------------------------

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        if unknown := sorted(set(request) - CHANGE_KEYS):
            raise BadChange(f"unknown key {unknown[0]!r}; a change of ios has {', '.join(sorted(CHANGE_KEYS))}")
        lines, user, save = request.get("lines"), request.get("user", "netadmin"), request.get("save", False)
        if not isinstance(lines, list) or not lines or not all(isinstance(line, str) for line in lines):
            raise BadChange('a change needs "lines": a list of configuration lines')
        if not isinstance(user, str) or not user or not isinstance(save, bool):
            raise BadChange('"user" must be a name and "save" true or false')
        self.merge(lines, user)
        if save:
            self.save(user)
        return {"lines": len(lines), "user": user, "saved": save}

    def rogue_change(self) -> Mapping[str, Any]:
        return self.change(
            {
                "lines": [
                    "username contractor privilege 15 secret 5 $1$rOgU$Nq0W2mXv5c1Lz8Yb7Kd3e.",
                    "no ip ssh time-out",
                ],
                "user": "intern",
            }
        )

    def forget_volatile(self) -> None:
        self.running = Configuration(self.startup)
        self._hostname = None
        self.started = datetime.now(UTC)
        self.changed = None

    # ---- sessions ------------------------------------------------------------------------------

    async def serve(self, connection: Connection, stream: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        server = Server(self, connection)
        offered = options(
            self.model.algorithms,
            self.model.ssh_version,
            self._host_key(connection.has(Kind.HOST_KEY_CHANGED) is not None),
            server,
            functools.partial(shell.serve, self, connection),
        )
        transport, _ = await loop.connect_accepted_socket(lambda: asyncssh.SSHServerConnection(loop, offered), stream)
        connection.transport = transport
        await server.closed.wait()

    @property
    def uptime_seconds(self) -> float:
        """Since the last boot."""
        return (datetime.now(UTC) - self.started).total_seconds()

    @property
    def first_privilege(self) -> int:
        """The privilege that a login lands in."""
        return 1 if self.model.needs_enable else 15

    def banner(self, kind: str) -> str:
        """The text of `banner login`, `motd` or `exec`; empty when there is none."""
        for line in self.running.sections(f"banner {kind}"):
            text = line.text.removeprefix(f"banner {kind} ")
            delimiter = "^C" if text.startswith("^C") else text[:1]
            return text.removeprefix(delimiter).rpartition(delimiter)[0].removeprefix("\n")
        return ""

    @property
    def commands(self) -> Sequence[Command]:
        """Everything that this router understands."""
        return show.COMMANDS + (show.SWITCH_COMMANDS if self.model.is_switch else ()) + shell.COMMANDS

    def grammar(self, privilege: int) -> Grammar:
        """The commands of one privilege level."""
        is_enabled = privilege >= 15
        if is_enabled not in self._grammars:
            self._grammars[is_enabled] = Grammar(command for command in self.commands if command.privilege <= privilege)
        return self._grammars[is_enabled]


@functools.cache
def _templates() -> jinja2.Environment:
    # The output is a router's configuration and no web page: nothing may be escaped.
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(DATA),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
