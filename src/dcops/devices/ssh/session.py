"""netmiko's sessions with our own ideas of trust: known keys only, weak algorithms only by leave."""

from __future__ import annotations

from functools import cache
from typing import Any

import paramiko
from netmiko.base_connection import BaseConnection
from netmiko.cisco import CiscoIosSSH

from dcops.devices.ssh.algorithms import LEGACY, offered
from dcops.errors import DeviceError, ErrorKind


class Verified(BaseConnection):  # type: ignore[misc]
    """A netmiko connection that knows one device's host keys and refuses every other.

    netmiko would read the whole known_hosts file for every connection; here the file is read once per run and
    each session is given its own lines. Stands before netmiko's class of a system in the list of bases.
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


class CiscoSession(Verified, CiscoIosSSH):  # type: ignore[misc]
    """netmiko's IOS session, verified."""


class _Unprepared(BaseConnection):  # type: ignore[misc]
    """Leaves the terminal alone after the login.

    What netmiko does there is guessed, timed and for some systems a change of the device (it writes `set output
    standard` into a FortiGate): a described platform says itself what is to be typed.
    """

    @property
    def took_the_prompt(self) -> bool:
        """Whether netmiko had questions to answer at the login, and has read the first prompt on the way."""
        return type(self).special_login_handler is not BaseConnection.special_login_handler

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """Do nothing."""


@cache
def bare_session(device_type: str) -> type[Any]:
    """netmiko's session of one of its device types, verified, and bare: logged in and nothing typed.

    What stays of the type is how its server is logged in to, and its key for the end of a line.
    """
    from netmiko.ssh_dispatcher import CLASS_MAPPER

    kind: type[Any] = CLASS_MAPPER[device_type]
    return type(f"Bare{kind.__name__}", (Verified, _Unprepared, kind), {})


def device_types() -> frozenset[str]:
    """The device types that netmiko can reach over SSH."""
    from netmiko.ssh_dispatcher import CLASS_MAPPER

    return frozenset(name for name in CLASS_MAPPER if not name.endswith(("_telnet", "_serial", "_ssh")))
