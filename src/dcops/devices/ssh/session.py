"""netmiko's sessions with our own ideas of trust, or over a shell that is open already."""

from __future__ import annotations

from functools import cache
from typing import Any

import paramiko
from netmiko.base_connection import BaseConnection
from netmiko.channel import SSHChannel
from netmiko.cisco import CiscoIosSSH

from dcops.devices.ssh.algorithms import LEGACY
from dcops.devices.ssh.shell import Address, Shell


class Verified(BaseConnection):  # type: ignore[misc]
    """A netmiko connection that knows one device's host keys and refuses every other.

    Stands before netmiko's class of a system in the list of bases.
    """

    def __init__(self, *, host_keys: paramiko.HostKeys, legacy: bool, **netmiko: Any) -> None:
        self._host_keys = host_keys
        self._legacy = legacy
        netmiko["disabled_algorithms"] = None if legacy else LEGACY
        super().__init__(ssh_strict=True, use_keys=False, allow_agent=False, **netmiko)

    @property
    def _address(self) -> Address:
        return Address(self.host, self.port, self._host_keys, self._legacy)

    def _build_ssh_client(self) -> paramiko.SSHClient:
        # netmiko would read the whole known_hosts file for every connection.
        return self._address.client()

    def establish_connection(self, width: int = 511, height: int = 1000) -> None:
        """Connect; when no algorithm is common, say which ones the device has."""
        try:
            super().establish_connection(width, height)
        except Exception as error:
            if (explained := self._address.explained(error)) is error:
                raise
            raise explained from None


class CiscoSession(CiscoIosSSH):  # type: ignore[misc]
    """netmiko's IOS session over a shell that is open already: many a router gives one shell per login."""

    def __init__(self, shell: Shell, **netmiko: Any) -> None:
        self._shell = shell
        super().__init__(host=shell.address.host, port=shell.address.port, device_type="cisco_ios", **netmiko)

    def establish_connection(self, width: int = 511, height: int = 1000) -> None:  # noqa: ARG002  netmiko's signature
        """Take over the shell, whose login and host key are settled."""
        self.remote_conn_pre = self._shell.client
        self.remote_conn = self._shell.channel
        self.remote_conn.settimeout(self.blocking_timeout)
        self.channel = SSHChannel(conn=self.remote_conn, encoding=self.encoding)


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
