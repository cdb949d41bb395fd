"""The SSH server of a recorded device: one account, current algorithms."""

from __future__ import annotations

import asyncio
import hmac
import socket
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import asyncssh

from lab.device import BadChange, Connection, Device
from lab.faults import Kind, Options
from lab.platform import Account
from lab.recorded.transcript import Transcript


class RecordedSsh(Device):
    """Lets the lab's account in; subclasses say what is answered."""

    faults: ClassVar[frozenset[Kind]] = frozenset(
        {Kind.REFUSE, Kind.AUTH_FAIL, Kind.HANG, Kind.HOST_KEY_CHANGED, Kind.REBOOT}
    )
    fault_options: ClassVar[Options] = {Kind.HANG: {"where": ("connect",)}}

    def __init__(
        self,
        *place: Any,
        transcript: Transcript,
        account: Account,
        host_key: Callable[[bool], asyncssh.SSHKey],
    ) -> None:
        super().__init__(*place)
        # The class is one for all of them; what it speaks stands in the recording.
        self.platform = transcript.platform  # type: ignore[misc]
        self.transcript = transcript
        self.account = account
        self._host_key = host_key

    async def _channel(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        raise NotImplementedError

    async def serve(self, connection: Connection, stream: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        server = _Server(self, connection)
        options = asyncssh.SSHServerConnectionOptions(
            server_factory=lambda: server,
            server_host_keys=[self._host_key(connection.has(Kind.HOST_KEY_CHANGED) is not None)],
            process_factory=self._channel,
            encoding=None,
            line_editor=False,
            public_key_auth=False,
            allow_scp=False,
        )
        transport, _ = await loop.connect_accepted_socket(lambda: asyncssh.SSHServerConnection(loop, options), stream)
        connection.transport = transport
        await server.closed.wait()

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG002  the shape of every device
        raise BadChange("a recording does not change")

    def rogue_change(self) -> Mapping[str, Any]:
        raise BadChange("a recording does not change")


class _Server(asyncssh.SSHServer):
    """One SSH connection before the shell."""

    def __init__(self, device: RecordedSsh, connection: Connection) -> None:
        self._device = device
        self._connection = connection
        self.closed = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncssh names it
        self.closed.set()

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002  asyncssh names it
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        account = self._device.account
        right = hmac.compare_digest(username.encode(), account.username.encode()) and hmac.compare_digest(
            password.encode(), account.password.encode()
        )
        if not right or self._connection.has(Kind.AUTH_FAIL):
            self._device.counters.failed_logins += 1
            return False
        self._device.counters.logins += 1
        return True
