"""Brocade Fabric OS."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from lab.cli.commands import Command
from lab.cli.dialect import Dialect, leave, refused, refused_flash, running

if TYPE_CHECKING:
    from lab.cli.box import Box
    from lab.cli.shell import Session


class FosDialect(Dialect):
    """A Fibre Channel switch; the account has the role `user`. What is set is kept at once: there is no startup."""

    platform: ClassVar[str] = "fos"
    folders: ClassVar[Mapping[str, str]] = {"Brocade G620": "fos/g620", "Brocade 6505": "fos/6505"}
    ssh_version: ClassVar[str] = "OpenSSH_7.9"
    cuts_short: ClassVar[bool] = False
    forgets: ClassVar[bool] = False
    page: ClassVar[int] = 0
    denied: ClassVar[str] = "RBAC permission denied.\n"
    inserts_before: ClassVar[re.Pattern[str]] = re.compile(r"\[Banner\]")
    rogue_lines: ClassVar[Sequence[str]] = ("zone.contractor:10:00:00:00:5e:00:53:99;50:00:00:00:5e:00:53:01",)

    def greeting(self, box: Box) -> str:  # noqa: ARG002
        return "\nThis switch belongs to the data centre. Leave now unless you work here.\n\n"

    def prompt(self, session: Session) -> str:
        return f"{session.box.name}:FID128:{session.user}> "

    def complaint(self, line: str, place: int, prompt_width: int) -> str:  # noqa: ARG002
        word = line.split(maxsplit=1)[0] if line.split() else line
        return f"rbash: {word}: command not found\n"

    def invalid(self) -> str:
        return "Invalid operand: -all\n"

    def running(self, box: Box) -> str:
        head = (
            "[Configuration upload Information]\nConfiguration Format = 3.0\nMinimum Compatible Format = 3.0\n"
            f"Excluding Format = 0.0\ndate = {datetime.now(UTC):%a %b %d %H:%M:%S %Y}\n"
            f"FOS version = v{box.entry.get('software', '')}\nNumber of LS = 1\n"
        )
        return head + "\n".join(box.running) + "\n"

    def startup(self, box: Box) -> str:
        return self.running(box)

    @property
    def commands(self) -> Sequence[Command]:
        return (
            Command("configshow -all", running, gives_configuration=True),
            Command("userconfig --show <name>", _account),
            Command("exit", leave),
            Command("logout", leave),
            Command("configupload <what...>", refused),
            Command("configdownload <what...>", refused_flash),
            Command("configure", refused),
            Command("cfgsave", refused_flash),
            Command("cfgenable <what...>", refused),
            Command("zonecreate <what...>", refused),
            Command("switchdisable", refused),
            Command("reboot", refused),
            Command("userconfig --change <what...>", refused),
            Command("snmpconfig --set <what...>", refused),
            Command("passwd <what...>", refused),
        )


def _account(session: Session, arguments: Sequence[str]) -> str:
    if arguments[0] != session.user:
        return f"Account {arguments[0]} is not there.\n"
    return (
        f"Account name: {session.user}\nDescription: reads the configuration\nEnabled: Yes\n"
        "Password Last Change Date: Unknown\nPassword Expiration Date: Not Applicable\nLocked: No\n"
        "Home LF Role: user\nRole-LF List: user: 1-128\nChassis Role: user\nHome LF: 128\n"
    )
