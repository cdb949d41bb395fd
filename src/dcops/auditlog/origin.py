"""Who is at work, and from where."""

from __future__ import annotations

import os
import pwd
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# The kernel's word for "nobody logged in": a service that was started at boot.
_NO_LOGIN = 2**32 - 1
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Origin:
    """The person or service behind a command. What is not known is empty."""

    user: str
    """The account that dcops runs as."""
    sudo_user: str
    """The account that called sudo. A claim of the environment, like `address`."""
    login_user: str
    """The account that logged in, as the kernel remembers it: neither su nor sudo changes it."""
    address: str
    """Address of the ssh client."""
    tty: str
    host: str
    pid: int

    @property
    def who(self) -> str:
        """The person first: `an.nguyen as dcops`."""
        person = self.sudo_user or self.login_user
        return f"{person} as {self.user}" if person and person != self.user else self.user

    @property
    def where(self) -> str:
        """`192.0.2.7 pts/3`, or `-` for a service."""
        return " ".join(part for part in (self.address, self.tty) if part) or "-"


def this_process(variables: Mapping[str, str] | None = None) -> Origin:
    """The origin of what this process does."""
    given = os.environ if variables is None else variables
    return Origin(
        user=_name_of(os.getuid()),
        sudo_user=_plain(given.get("SUDO_USER", "")),
        login_user=_login_user(),
        address=_plain(given.get("SSH_CONNECTION", "").partition(" ")[0]),
        tty=_terminal(),
        host=_plain(socket.gethostname()),
        pid=os.getpid(),
    )


def _name_of(uid: int) -> str:
    try:
        return _plain(pwd.getpwuid(uid).pw_name)
    except KeyError:
        return str(uid)


def _login_user() -> str:
    try:
        uid = int(Path("/proc/self/loginuid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return ""
    return "" if uid == _NO_LOGIN else _name_of(uid)


def _terminal() -> str:
    for stream in (0, 1, 2):
        with suppress(OSError):
            return _plain(os.ttyname(stream).removeprefix("/dev/"))
    return ""


def _plain(text: str) -> str:
    # The environment holds any bytes, and as many as somebody likes.
    return text.encode("utf-8", "backslashreplace").decode()[:_LONGEST]
