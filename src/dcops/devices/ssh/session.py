"""netmiko's IOS session with our own ideas of trust: known keys only, weak algorithms only by leave."""

from __future__ import annotations

from typing import Any

import paramiko
from netmiko.cisco import CiscoIosSSH

from dcops.devices.ssh.algorithms import LEGACY, offered
from dcops.errors import DeviceError, ErrorKind


class CiscoSession(CiscoIosSSH):  # type: ignore[misc]
    """A netmiko connection that knows one device's host keys and refuses every other.

    netmiko would read the whole known_hosts file for every connection; here the file is read once per run and
    each session is given its own lines.
    """

    def __init__(self, *, host_keys: paramiko.HostKeys, legacy: bool, **netmiko: Any) -> None:
        self._host_keys = host_keys
        self._legacy = legacy
        netmiko["disabled_algorithms"] = None if legacy else LEGACY
        super().__init__(ssh_strict=True, use_keys=False, allow_agent=False, **netmiko)

    def _build_ssh_client(self) -> paramiko.SSHClient:
        client: paramiko.SSHClient = super()._build_ssh_client()
        name = self.host if self.port == 22 else f"[{self.host}]:{self.port}"
        known = self._host_keys.lookup(name)
        for kind in known or ():
            key = known[kind] if known else None
            if key is not None:
                client.get_host_keys().add(name, kind, key)
        return client

    def establish_connection(self, width: int = 511, height: int = 1000) -> None:
        """Connect; when no algorithm is common, say which ones the device has."""
        try:
            super().establish_connection(width, height)
        except Exception as error:
            if "Incompatible ssh" not in str(error) and not isinstance(
                error.__context__, paramiko.ssh_exception.IncompatiblePeer
            ):
                raise
            offer = offered(self.host, self.port)
            what = f": it offers {offer}" if offer else ""
            raise DeviceError(
                ErrorKind.UNSUPPORTED,
                f"no SSH algorithm in common{what}",
                next_step=(
                    "Update the device"
                    if self._legacy
                    else "Update the device, or allow its old algorithms: legacy_algorithms: {reason: …}"
                ),
            ) from None
