"""The SSH server of a router: old or new algorithms, one account, banners."""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import asyncssh

from lab.device import Connection
from lab.faults import Kind
from lab.ios.models import Model

if TYPE_CHECKING:
    from lab.ios.router import Router

LOGIN_SECONDS = 120


class Server(asyncssh.SSHServer):
    """One SSH connection before the shell."""

    def __init__(self, router: Router, connection: Connection) -> None:
        self._router = router
        self._connection = connection
        self._ssh: asyncssh.SSHServerConnection | None = None
        self.closed = asyncio.Event()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._ssh = conn

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncssh names it
        self.closed.set()

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002  asyncssh names it
        banner = self._router.banner("login")
        if banner and self._ssh:
            self._ssh.send_auth_banner(banner.replace("\n", "\r\n"))
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        login = self._router.login
        right = hmac.compare_digest(username.encode(), login.username.encode()) and hmac.compare_digest(
            password.encode(), login.password.encode()
        )
        if not right or self._connection.has(Kind.AUTH_FAIL):
            self._router.counters.failed_logins += 1
            return False
        self._router.counters.logins += 1
        return True


def options(
    model: Model,
    host_key: asyncssh.SSHKey,
    server: Server,
    process: Callable[[asyncssh.SSHServerProcess[bytes]], Awaitable[None]],
) -> asyncssh.SSHServerConnectionOptions:
    """What the model's SSH server offers, for one connection."""
    algorithms = model.algorithms
    offered = asyncssh.SSHServerConnectionOptions(
        server_factory=lambda: server,
        server_host_keys=[host_key],
        server_version=model.ssh_version,
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
