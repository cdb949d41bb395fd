"""Cisco NX-OS."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from lab.cli.commands import Command
from lab.cli.dialect import Dialect, leave, nothing, refused, refused_flash, running, startup

if TYPE_CHECKING:
    from lab.cli.box import Box
    from lab.cli.shell import Session


class NxosDialect(Dialect):
    """A Nexus switch; the account has the role network-operator, which reads all and writes nothing."""

    platform: ClassVar[str] = "nxos"
    folders: ClassVar[Mapping[str, str]] = {"Nexus 3048": "nxos/n3048"}
    ssh_version: ClassVar[str] = "OpenSSH_8.3"
    denied: ClassVar[str] = "% Permission denied for the role\n"
    inserts_before: ClassVar[re.Pattern[str]] = re.compile(r"line console")
    rogue_lines: ClassVar[Sequence[str]] = (
        "username contractor password 5 $1$rOgU$Nq0W2mXv5c1Lz8Yb7Kd3e.  role network-admin",
    )

    def greeting(self, box: Box) -> str:
        return f"\nCisco NX-OS Software, release {box.entry.get('software', '')}\nOnly authorised staff may go on.\n"

    def prompt(self, session: Session) -> str:
        return f"{session.box.name}# "

    def complaint(self, line: str, place: int, prompt_width: int) -> str:  # noqa: ARG002
        return f"{' ' * (prompt_width + place)}^\n% Invalid command at '^' marker.\n"

    def running(self, box: Box) -> str:
        return (
            f"\n!Command: show running-config\n!Running configuration last done at: {_stamp(box.changed)}\n"
            f"!Time: {_stamp(datetime.now(box.changed.tzinfo))}\n\n" + "\n".join(box.running) + "\n\n"
        )

    def startup(self, box: Box) -> str:
        return (
            f"\n!Command: show startup-config\n!Time: {_stamp(datetime.now(box.changed.tzinfo))}\n"
            f"!Startup config saved at: {_stamp(box.saved)}\n\n" + "\n".join(box.startup) + "\n\n"
        )

    @property
    def commands(self) -> Sequence[Command]:
        return (
            Command("show running-config", running, gives_configuration=True),
            Command("show startup-config", startup, gives_configuration=True),
            Command("show user-account <name>", _account),
            Command("terminal length <lines>", _length),
            Command("terminal width <columns>", nothing),
            Command("terminal no monitor", nothing),
            Command("exit", leave),
            Command("configure terminal", refused),
            Command("copy <what...>", refused_flash),
            Command("write erase", refused_flash),
            Command("delete <what...>", refused_flash),
            Command("reload", refused),
            Command("clear <what...>", refused),
            Command("no <what...>", refused),
        )


def _length(session: Session, arguments: Sequence[str]) -> str:
    if not arguments[0].isdigit() or int(arguments[0]) > 511:
        return "% Invalid number\n"
    session.terminal.length = int(arguments[0])
    return ""


def _account(session: Session, arguments: Sequence[str]) -> str:
    if arguments[0] != session.user:
        return f"% User {arguments[0]} is not known\n"
    return f"user:{session.user}\n        this user account has no expiry date\n        roles:network-operator \n"


def _stamp(moment: datetime) -> str:
    return f"{moment:%a %b} {moment.day:>2} {moment:%H:%M:%S %Y}"
