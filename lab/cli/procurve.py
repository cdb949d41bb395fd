"""HP ProCurve and Aruba ArubaOS-Switch."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import asyncssh

from lab.cli.commands import Command
from lab.cli.dialect import Dialect, leave, nothing, refused, refused_flash, running, startup
from lab.cli.painted import PaintedTerminal
from lab.device import Connection
from lab.faults import Kind
from lab.ssh.terminal import EndOfConfiguration, Interrupted, Terminal

if TYPE_CHECKING:
    from lab.cli.box import Box
    from lab.cli.shell import Session


class ProcurveDialect(Dialect):
    """A switch of the 2530 series: a login lands with the operator's right, and `enable` asks for a password."""

    platform: ClassVar[str] = "procurve"
    folders: ClassVar[Mapping[str, str]] = {"2530-48G": "procurve/2530-48g"}
    ssh_version: ClassVar[str] = "Mocana SSH 6.3"
    needs_enable: ClassVar[bool] = True
    denied: ClassVar[str] = "Not authorized to run this command.\n"
    inserts_before: ClassVar[re.Pattern[str]] = re.compile(r"vlan 1$")
    rogue_lines: ClassVar[Sequence[str]] = ('snmp-server community "freeforall" unrestricted',)

    def terminal(self, process: asyncssh.SSHServerProcess[bytes]) -> Terminal:
        return PaintedTerminal(process)

    def greeting(self, box: Box) -> str:
        return (
            f"\x1b[2J\x1b[?7l\x1b[3;23r\x1b[?6l\x1b[1;1HSwitch {box.entry['model']}\n"
            f"Software revision {box.entry.get('software', '')}\n\n"
            "Whoever goes on is an administrator of this switch or leaves now.\n\n"
            "\x1b[24;1HPress any key to continue\x1b[24;26H\x1b[?25h"
        )

    async def arrive(self, session: Session) -> None:
        await super().arrive(session)
        await session.terminal.any_key()
        await session.terminal.write("\x1b[1;24r\x1b[24;1H\x1b[2J\x1b[24;1H")

    def prompt(self, session: Session) -> str:
        return f"{session.box.name}{'#' if session.is_enabled else '>'} "

    def complaint(self, line: str, place: int, prompt_width: int) -> str:  # noqa: ARG002
        return f"Invalid input: {line[place:].split(' ', 1)[0]}\n"

    def invalid(self) -> str:
        return "Invalid input: running-config\n"

    def running(self, box: Box) -> str:
        return "\nRunning configuration:\n\n" + "\n".join(box.running) + "\n\n"

    def startup(self, box: Box) -> str:
        return f"\nStartup configuration: {box.context['n'] % 90 + 10}\n\n" + "\n".join(box.startup) + "\n\n"

    @property
    def commands(self) -> Sequence[Command]:
        return (
            Command("show running-config", running, gives_configuration=True, needs_right=True),
            Command("show config", startup, gives_configuration=True, needs_right=True),
            Command("enable", _enable),
            Command("no page", _no_page, needs_right=True),
            Command("terminal width <columns>", nothing),
            Command("exit", leave),
            Command("logout", leave),
            Command("configure", refused, needs_right=True),
            Command("configure terminal", refused, needs_right=True),
            Command("write memory", refused_flash, needs_right=True),
            Command("copy <what...>", refused_flash, needs_right=True),
            Command("erase <what...>", refused_flash, needs_right=True),
            Command("reload", refused, needs_right=True),
            Command("boot <what...>", refused, needs_right=True),
        )


def _no_page(session: Session, _arguments: Sequence[str]) -> str:
    session.terminal.length = 0
    return ""


async def _enable(session: Session, _arguments: Sequence[str]) -> str:
    await session.terminal.write("Password: ")
    try:
        given = await session.terminal.read_line(echo=False)
    except (Interrupted, EndOfConfiguration):
        return ""
    if not _right(session.connection, given, session.box.login.enable):
        return "Invalid password\n"
    session.is_enabled = True
    return ""


def _right(connection: Connection, given: str, wanted: str) -> bool:
    is_right = hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode())
    return is_right and not connection.has(Kind.AUTH_FAIL)
