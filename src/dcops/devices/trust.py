"""Whom we believe: host keys, certificate authorities and pinned certificates of a site root."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dcops.devices.ssh.library import paramiko
from dcops.errors import InvalidInput

PIN = re.compile(r"sha256:([0-9a-fA-F]{64})")


@dataclass(frozen=True, slots=True)
class Trust:
    """What `trust/` of a site root says. An empty Trust believes nobody."""

    folder: Path
    host_keys: paramiko.HostKeys = field(default_factory=paramiko.HostKeys, repr=False)
    ca_file: Path | None = None
    pins: Mapping[str, str] = field(default_factory=dict)
    """Device name to the SHA-256 of its certificate (DER), lower-case hex."""

    @classmethod
    def load(cls, folder: Path) -> Trust:
        """Read `known_hosts`, `ca.pem` and `pins`; a file that is not there believes nobody."""
        host_keys = paramiko.HostKeys()
        known_hosts = folder / "known_hosts"
        if known_hosts.is_file():
            try:
                host_keys.load(str(known_hosts))
            except (OSError, ValueError, paramiko.SSHException) as error:
                raise InvalidInput(f"{known_hosts} cannot be read: {error}") from None
        ca_file = folder / "ca.pem"
        has_ca = ca_file.is_file() and b"-----BEGIN CERTIFICATE-----" in ca_file.read_bytes()
        return cls(folder, host_keys, ca_file if has_ca else None, _pins(folder / "pins"))


def _pins(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    pins = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        match = PIN.fullmatch(words[1]) if len(words) == 2 else None
        if match is None:
            raise InvalidInput(f"{file}:{number}: a pin is written `DEVICE sha256:HEX` with 64 hex digits")
        pins[words[0]] = match[1].lower()
    return pins
