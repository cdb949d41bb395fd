"""The command lines that are sent to a server. None of them writes anything there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from dcops.devices.linux.paths import DEFAULT_PATHS, NEVER, outermost

# `env` works in every login shell. English answers, and the folders that an account without rights often lacks.
ENVIRONMENT = "env LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SUDOERS_SPECIAL = re.compile(r"([\\,:=*?\[\]!#\"'()])")


def asked(command: str) -> str:
    """A command as it is sent."""
    return f"{ENVIRONMENT} {command}"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which files of a server are read."""

    paths: Sequence[str] = DEFAULT_PATHS
    exclude: Sequence[str] = ()
    root: str = "/"
    """Where the paths begin; when it does not begin with `/`, at the account's home folder."""
    sudo: bool = False
    """Read them as root, by a line of sudoers."""

    def arguments(self) -> tuple[str, ...]:
        """The tar and its arguments; its order is part of the line in sudoers."""
        patterns = (*NEVER, *(pattern.strip("/") for pattern in self.exclude))
        return (
            # The one path that old and new systems share: sudo compares it to the letter.
            "/bin/tar" if self.sudo else "tar",
            "--create",
            "--file=-",
            "--format=gnu",
            f"--directory={self.root}",
            *(f"--exclude={pattern}" for pattern in patterns),
            "--",
            *outermost(self.paths),
        )

    def command(self) -> str:
        """The command that sends the files."""
        line = shlex.join(self.arguments())
        return asked(f"sudo -n {line}" if self.sudo else line)

    def sudoers(self, account: str) -> str:
        """The line that lets an account run exactly this tar as root, and no other."""
        program, *arguments = self.arguments()
        escaped = " ".join(_SUDOERS_SPECIAL.sub(r"\\\1", argument) for argument in arguments)
        return f"{account} ALL=(root) NOPASSWD: {program} {escaped}"
