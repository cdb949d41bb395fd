"""A shell on a device over SSH, with our own ideas of trust: known keys only, weak algorithms only by leave."""

from __future__ import annotations

import logging
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Self, cast

from dcops.devices.ssh.algorithms import LEGACY, offered
from dcops.devices.ssh.library import paramiko
from dcops.devices.ssh.stream import Stream
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret

CONNECT_SECONDS = 20.0
BANNER_SECONDS = 15.0
LOGIN_SECONDS = 30.0
LOG = logging.getLogger("dcops.paramiko")
"""What paramiko logs as an error (a device that hangs up) comes to us as an exception, and is told once."""
LOG.setLevel(logging.CRITICAL)
WIDTH, HEIGHT = 511, 1000
"""A screen on which lines are not wrapped and few answers need a pager, for devices that ask the terminal."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a device speaks SSH, and how: whom we take for it, and whether old algorithms are allowed."""

    host: str
    port: int
    host_keys: paramiko.HostKeys
    legacy: bool = False

    def client(self) -> paramiko.SSHClient:
        """A client that knows this device's host keys and refuses every other."""
        client = paramiko.SSHClient()
        client.set_log_channel(LOG.name)
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        name = self.host if self.port == 22 else f"[{self.host}]:{self.port}"
        # The file is read once per run and each session is given its own lines.
        known = self.host_keys.lookup(name)
        for kind in known or ():
            key = known[kind] if known else None
            if key is not None:
                client.get_host_keys().add(name, kind, key)
        return client

    def explained(self, error: Exception) -> Exception:
        """The error; when no algorithm is common, one that says which the device has."""
        if "Incompatible ssh" not in str(error) and not isinstance(
            error.__context__, paramiko.ssh_exception.IncompatiblePeer
        ):
            return error
        offer = offered(self.host, self.port)
        what = f": it offers {offer}" if offer else ""
        return DeviceError(
            ErrorKind.UNSUPPORTED,
            f"no SSH algorithm in common{what}",
            next_step=(
                "Update the device"
                if self.legacy
                else "Update the device, or allow its old algorithms: legacy_algorithms: {reason: …}"
            ),
        )


@dataclass(frozen=True, slots=True)
class Shell:
    """One login, and the one shell that most devices give it."""

    address: Address
    client: paramiko.SSHClient
    channel: paramiko.Channel

    @classmethod
    def open(cls, address: Address, username: str, password: Secret, *, limit_seconds: float) -> Self:
        """Connect and log in; raises what paramiko raises, or DeviceError when no algorithm is common."""
        client = address.client()
        try:
            connection = socket.create_connection(
                (address.host, address.port), timeout=min(CONNECT_SECONDS, limit_seconds)
            )
            client.connect(
                address.host,
                address.port,
                username,
                password.reveal(),
                timeout=min(CONNECT_SECONDS, limit_seconds),
                banner_timeout=min(BANNER_SECONDS, limit_seconds),
                auth_timeout=min(LOGIN_SECONDS, limit_seconds),
                channel_timeout=min(CONNECT_SECONDS, limit_seconds),
                disabled_algorithms=None if address.legacy else LEGACY,
                allow_agent=False,
                look_for_keys=False,
                sock=cast(socket.socket, Stream(connection)),
            )
            channel = client.invoke_shell(term="vt100", width=WIDTH, height=HEIGHT)
        except Exception as error:
            hang_up(client)
            if (explained := address.explained(error)) is error:
                raise
            raise explained from None
        return cls(address, client, channel)

    def close(self) -> None:
        """End the connection; never raises."""
        hang_up(self.client)


def hang_up(client: paramiko.SSHClient) -> None:
    """End a connection, from any thread; never raises, never waits for long."""
    transport = client.get_transport()
    if transport is None:
        return
    with suppress(Exception):
        # paramiko's reader looks up every 0.1 s: the end of its connection wakes it at once.
        transport.sock.shutdown(socket.SHUT_RDWR)
    with suppress(Exception):
        client.close()
