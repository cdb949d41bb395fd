"""OpenSSH's own server, started for one connection at a time on a socket of ours."""

from __future__ import annotations

import asyncio
import os
import pwd
import shlex
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

WRAPPER = Path(__file__).with_name("wrapper.py")
PRIVILEGE_SEPARATION = Path("/run/sshd")

CONFIG = """\
# Written by the lab. One process per connection (sshd -i), no port of its own.
UsePAM no
StrictModes no
AllowUsers {user}
PermitRootLogin prohibit-password
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
AllowTcpForwarding no
AllowAgentForwarding no
X11Forwarding no
PermitTunnel no
PermitTTY no
PermitUserEnvironment no
PrintMotd no
PrintLastLog no
UseDNS no
PidFile none
LoginGraceTime 20
LogLevel VERBOSE
"""


def program() -> str | None:
    """Where sshd is; it wants to be called by its full path."""
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/sbin")


def own_user() -> str:
    """The user whose login a server of the lab takes: without root's rights sshd lets in nobody else."""
    return pwd.getpwuid(os.geteuid()).pw_name


@dataclass(frozen=True, slots=True)
class Sshd:
    """What the processes of one server share."""

    folder: Path
    host_key: Path
    other_host_key: Path
    authorized_keys: Path

    def prepare(self) -> None:
        """Write the settings."""
        (self.folder / "sshd_config").write_text(CONFIG.format(user=own_user()), encoding="utf-8")
        if os.geteuid() == 0:
            PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)

    async def start(
        self, stream: socket.socket, desk: tuple[str, int], number: int, *, other_key: bool, nobody_enters: bool
    ) -> asyncio.subprocess.Process:
        """Serve one connection on this socket; commands are taken to the desk under the connection's number."""
        found = program()
        assert found is not None
        wrapper = [sys.executable, "-I", "-S", str(WRAPPER), desk[0], str(desk[1]), str(number)]
        return await asyncio.create_subprocess_exec(
            found,
            *("-i", "-e", "-f", str(self.folder / "sshd_config")),
            *("-h", str(self.other_host_key if other_key else self.host_key)),
            *("-o", f"AuthorizedKeysFile={'none' if nobody_enters else self.authorized_keys}"),
            *("-o", f"ForceCommand={shlex.join(wrapper)}"),
            stdin=stream,
            stdout=stream,
            stderr=asyncio.subprocess.PIPE,
            # A Ctrl-C at the lab's terminal is the lab's to answer.
            start_new_session=True,
        )
