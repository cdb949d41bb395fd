"""The SSH server of a device with a terminal: old or new algorithms, one account, banners."""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Protocol

import asyncssh

from lab.counters import Counters
from lab.device import Connection
from lab.faults import Kind
from lab.ssh.algorithms import Algorithms

LOGIN_SECONDS = 120


class Login(Protocol):
    """Who may come in."""

    @property
    def username(self) -> str: ...

    @property
    def password(self) -> str: ...


class Host(Protocol):
    """A device behind the server."""

    counters: Counters

    @property
    def login(self) -> Login: ...

    def banner(self, kind: str) -> str:
        """The text before the login (`login`), empty when there is none."""


class Server(asyncssh.SSHServer):
    """One SSH connection before the shell."""

    def __init__(self, host: Host, connection: Connection) -> None:
        self._host = host
        self._connection = connection
        self._ssh: asyncssh.SSHServerConnection | None = None
        self.closed = asyncio.Event()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._ssh = conn

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncssh names it
        self.closed.set()

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002  asyncssh names it
        banner = self._host.banner("login")
        if banner and self._ssh:
            self._ssh.send_auth_banner(banner.replace("\n", "\r\n"))
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        login = self._host.login
        right = hmac.compare_digest(username.encode(), login.username.encode()) and hmac.compare_digest(
            password.encode(), login.password.encode()
        )
        if not right or self._connection.has(Kind.AUTH_FAIL):
            self._host.counters.failed_logins += 1
            return False
        self._host.counters.logins += 1
        return True


def options(
    algorithms: Algorithms,
    version: str,
    host_key: asyncssh.SSHKey,
    server: Server,
    process: Callable[[asyncssh.SSHServerProcess[bytes]], Awaitable[None]],
) -> asyncssh.SSHServerConnectionOptions:
    """What the device's SSH server offers, for one connection."""
    offered = asyncssh.SSHServerConnectionOptions(
        server_factory=lambda: server,
        server_host_keys=[host_key],
        server_version=version,
        kex_algs=list(algorithms.key_exchange),
        signature_algs=list(algorithms.host_key_signatures),
        encryption_algs=list(algorithms.ciphers),
        mac_algs=list(algorithms.macs),
        compression_algs=["none"],
        process_factory=process,
        encoding=None,
        line_editor=False,
        login_timeout=LOGIN_SECONDS,
        public_key_auth=False,
        agent_forwarding=False,
        x11_forwarding=False,
        allow_scp=False,
    )
    # asyncssh offers an RSA key with every signature it knows, whatever `signature_algs` says: that is for users' keys.
    by_signature = offered.server_host_keys
    names = [name.encode() for name in algorithms.host_key_signatures]
    offered.server_host_keys = OrderedDict((name, by_signature[name]) for name in names)
    return offered
