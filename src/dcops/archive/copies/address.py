"""`[copy] to`: a folder, or a folder on a host over SSH."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dcops.errors import InvalidInput

PORT = 22
_LOOKS = "Write a folder (/mnt/dr/dcops), or ssh://user@host/absolute/path"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\$?")
_HOST = re.compile(r"[A-Za-z0-9_:][A-Za-z0-9_.:%-]*")


@dataclass(frozen=True, slots=True)
class SshAddress:
    """A folder on a host over SSH."""

    host: str
    path: str
    user: str = ""
    """Empty: the one that the credential names."""
    port: int = PORT

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port != PORT else ""
        return f"ssh://{user}{host}{port}{self.path}"

    @property
    def known_as(self) -> str:
        """The host's name in known_hosts."""
        return self.host if self.port == PORT else f"[{self.host}]:{self.port}"


def parse(text: str, root: Path) -> Path | SshAddress:
    """Where the copy goes; a folder is relative to the site root."""
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        raise InvalidInput("[copy] to holds a control character", next_step=_LOOKS)
    if not _SCHEME.match(text):
        return _folder(text, root)
    # The text itself is not repeated: it may hold a password.
    try:
        parts = urlsplit(text)
        port = PORT if parts.port is None else parts.port
    except ValueError:
        raise InvalidInput("[copy] to is no address", next_step=_LOOKS) from None
    if parts.password is not None:
        raise InvalidInput(
            "[copy] to holds a password", next_step="Take it out, and name a credential in [copy] credential"
        )
    if parts.scheme != "ssh" or not parts.hostname or parts.query or parts.fragment or not port:
        raise InvalidInput("[copy] to is no address that dcops knows", next_step=_LOOKS)
    user, path = unquote(parts.username or ""), unquote(parts.path).rstrip("/")
    if (user and not _USER.fullmatch(user)) or not _HOST.fullmatch(parts.hostname):
        raise InvalidInput("[copy] to names a user or a host that cannot be", next_step=_LOOKS)
    if not path.startswith("/") or any(part in ("", ".", "..", "~") for part in path.split("/")[1:]):
        raise InvalidInput("[copy] to must end in an absolute path of a folder of its own", next_step=_LOOKS)
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in path):
        raise InvalidInput("[copy] to holds a control character", next_step=_LOOKS)
    return SshAddress(parts.hostname, path, user, port)


def _folder(text: str, root: Path) -> Path:
    # `host:path` of scp would become a folder of that name here, and the copy would stay on this disk.
    if re.match(r"[^/]+:", text):
        raise InvalidInput(f"[copy] to = {text!r} is neither a folder nor an address", next_step=_LOOKS)
    return root / Path(text).expanduser()
