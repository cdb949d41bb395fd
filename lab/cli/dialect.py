"""What differs between one command line and the next: prompt, greeting, pager, complaints, what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import asyncssh

from lab.cli.commands import Command
from lab.ssh.algorithms import CURRENT, Algorithms
from lab.ssh.terminal import Terminal

if TYPE_CHECKING:
    from lab.cli.box import Box
    from lab.cli.shell import Session


class Dialect:
    """One command line. A subclass is one operating system."""

    platform: ClassVar[str]
    folders: ClassVar[Mapping[str, str]]
    """Model to its folder below `lab/devices/`."""
    algorithms: ClassVar[Algorithms] = CURRENT
    ssh_version: ClassVar[str]
    cuts_short: ClassVar[bool] = True
    """`sh run` means `show running-config`."""
    needs_enable: ClassVar[bool] = False
    """A login lands at `>` and sees no configuration."""
    forgets: ClassVar[bool] = True
    """What was not saved is gone after a boot."""
    denied: ClassVar[str]
    """What the account is told when it may not."""
    inserts_before: ClassVar[re.Pattern[str]]
    """A change goes above the first line that matches, as the system sorts it."""
    rogue_lines: ClassVar[Sequence[str]]
    """What somebody changes without telling anybody."""

    page: ClassVar[int] = 24
    """Lines of a screen, whatever terminal the other side says it has; 0: it never stops."""

    def new_terminal(self, process: asyncssh.SSHServerProcess[bytes]) -> Terminal:
        """The line on which it speaks."""
        terminal = self.terminal(process)
        terminal.length = self.page
        return terminal

    def terminal(self, process: asyncssh.SSHServerProcess[bytes]) -> Terminal:
        """The kind of line."""
        return Terminal(process)

    def greeting(self, box: Box) -> str:
        """What is shown after the login."""
        raise NotImplementedError

    async def arrive(self, session: Session) -> None:
        """Show the greeting, and wait where the system waits."""
        await session.terminal.write(self.greeting(session.box))

    def prompt(self, session: Session) -> str:
        """The prompt of the present mode."""
        raise NotImplementedError

    def complaint(self, line: str, place: int, prompt_width: int) -> str:
        """What is said to a line that means nothing; the bad word begins at `place`."""
        raise NotImplementedError

    def invalid(self) -> str:
        """What is said to a command that the release does not know: the second form of the fault."""
        return self.complaint("show", 0, 10)

    def running(self, box: Box) -> str:
        """The configuration with what the system prints around it."""
        raise NotImplementedError

    def startup(self, box: Box) -> str:
        """The saved configuration with what the system prints around it."""
        raise NotImplementedError

    @property
    def commands(self) -> Sequence[Command]:
        """What it understands beside what its transcripts answer."""
        raise NotImplementedError


def refused(session: Session, _arguments: Sequence[str]) -> str:
    """A command that would change the device: this account only reads."""
    session.box.counters.writes += 1
    return session.dialect.denied


def refused_flash(session: Session, arguments: Sequence[str]) -> str:
    """A command that would write to the flash."""
    session.box.counters.flash_writes += 1
    return refused(session, arguments)


def leave(session: Session, _arguments: Sequence[str]) -> str:
    """The session ends."""
    session.is_over = True
    return ""


def nothing(_session: Session, _arguments: Sequence[str]) -> str:
    """A command that shows nothing."""
    return ""


def running(session: Session, _arguments: Sequence[str]) -> str:
    """The running configuration."""
    return session.dialect.running(session.box)


def startup(session: Session, _arguments: Sequence[str]) -> str:
    """The saved configuration."""
    return session.dialect.startup(session.box)
