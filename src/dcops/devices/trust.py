"""Whom we believe: host keys, certificate authorities and pinned certificates of a site root."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dcops.devices.pins import ca_file_of, pins_of
from dcops.devices.ssh.library import paramiko
from dcops.errors import InvalidInput


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
        return cls(folder, host_keys, ca_file_of(folder), pins_of(folder))
