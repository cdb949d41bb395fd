"""A device that is its transcripts, a configuration that others change, and the command line they are seen through."""

from __future__ import annotations

import asyncio
import functools
import random
import socket
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import asyncssh

from lab.cli import shell, transcripts
from lab.cli.commands import Command
from lab.cli.dialect import Dialect
from lab.clock import Clock
from lab.device import BadChange, Connection, Device
from lab.faults import OVER_SSH, Kind, Options
from lab.ios.secrets import Secrets
from lab.platform import Account
from lab.ssh.server import Server, options
from lab.topology import Surroundings

CHANGE_KEYS = {"lines", "user", "save"}


class Box(Device):
    """One simulated device with a command line."""

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
        dialect: Dialect,
        entry: Mapping[str, Any],
        management: Mapping[str, Any],
        login: Account,
        host_key: Callable[[bool], asyncssh.SSHKey],
    ) -> None:
        super().__init__(name, address, port, clock)
        # The class is one for all of them; what it speaks is the dialect's.
        self.platform = dialect.platform  # type: ignore[misc]
        self.dialect = dialect
        self.entry = entry
        self.management = management
        self.login = login
        self.surroundings = Surroundings()
        self.command_delay_seconds = 0.0
        self._host_key = host_key
        dice = random.Random(name)
        now = datetime.now(UTC)
        self.started = now - timedelta(minutes=dice.randint(60 * 24 * 20, 60 * 24 * 300))
        self.changed = now - timedelta(minutes=dice.randint(60 * 24, 60 * 24 * 19))
        self.saved = self.changed + timedelta(seconds=dice.randint(20, 90))

    # ---- configurations ------------------------------------------------------------------------

    @functools.cached_property
    def running(self) -> list[str]:
        """What it does now, as lines; made from the model's template when it is first asked for."""
        return transcripts.render(f"{self.folder}/-configuration.j2", self.context).splitlines()

    @functools.cached_property
    def startup(self) -> list[str]:
        """What it will do after the next boot."""
        return list(self.running)

    @property
    def folder(self) -> str:
        """Of its transcripts."""
        return self.dialect.folders[str(self.entry["model"])]

    @property
    def context(self) -> dict[str, Any]:
        """What a transcript may name."""
        return {
            "name": self.name,
            "n": zlib.crc32(self.name.encode()) % 100_000,
            "serial": str(self.entry.get("serial", "")),
            "software": str(self.entry.get("software", "")),
            "site": self.entry["site"],
            "ipv4": str(self.management.get("ipv4", "192.0.2.30")),
            "ipv6": self.management.get("ipv6"),
            "domain": "dc.example.test",
            "mac": self.surroundings.mac,
            "cables": self.surroundings.cables,
            "user": self.login.username,
            "uptime": datetime.now(UTC) - self.started,
            "now": datetime.now(UTC),
            "s": Secrets(self.name),
        }

    # ---- other people --------------------------------------------------------------------------

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        if unknown := sorted(set(request) - CHANGE_KEYS):
            raise BadChange(f"unknown key {unknown[0]!r}; a change here has {', '.join(sorted(CHANGE_KEYS))}")
        lines, user, save = request.get("lines"), request.get("user", "netadmin"), request.get("save", False)
        if not isinstance(lines, list) or not lines or not all(isinstance(line, str) for line in lines):
            raise BadChange('a change needs "lines": a list of configuration lines')
        if not isinstance(user, str) or not user or not isinstance(save, bool):
            raise BadChange('"user" must be a name and "save" true or false')
        _ = self.startup  # taken before the change: it is made from the running one
        new = [row for line in lines for row in line.split("\n")]
        place = next((at for at, row in enumerate(self.running) if self.dialect.inserts_before.search(row)), None)
        self.running[place:place] = new
        self.changed = datetime.now(UTC)
        if save or not self.dialect.forgets:
            self.startup = list(self.running)
            self.saved = self.changed
        return {"lines": len(lines), "user": user, "saved": save}

    def rogue_change(self) -> Mapping[str, Any]:
        return self.change({"lines": list(self.dialect.rogue_lines), "user": "intern"})

    def forget_volatile(self) -> None:
        self.running = list(self.startup)
        self.started = datetime.now(UTC)

    # ---- sessions ------------------------------------------------------------------------------

    def banner(self, kind: str) -> str:  # noqa: ARG002  none of them has one before the login
        """What is shown before the login."""
        return ""

    @functools.cached_property
    def commands(self) -> Sequence[Command]:
        """Everything that it understands."""
        written = [
            Command(command, functools.partial(_written, template), needs_right=False)
            for command, template in transcripts.commands(self.folder).items()
        ]
        return (*self.dialect.commands, *written)

    async def serve(self, connection: Connection, stream: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        server = Server(self, connection)
        offered = options(
            self.dialect.algorithms,
            self.dialect.ssh_version,
            self._host_key(connection.has(Kind.HOST_KEY_CHANGED) is not None),
            server,
            functools.partial(shell.serve, self, connection),
        )
        transport, _ = await loop.connect_accepted_socket(lambda: asyncssh.SSHServerConnection(loop, offered), stream)
        connection.transport = transport
        await server.closed.wait()


def _written(template: str, session: shell.Session, _arguments: Sequence[str]) -> str:
    return transcripts.render(template, session.box.context)
