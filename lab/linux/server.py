"""A Linux server: the door is the lab's, behind it stands OpenSSH, and a desk decides what may be run."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import shutil
import socket
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

import asyncssh

from lab.clock import Clock
from lab.device import BadChange, Connection, Device, reset
from lab.faults import OVER_SSH, Kind, Options
from lab.linux import account, answers
from lab.linux.etc import Etc
from lab.linux.sshd import Sshd

EXPIRED = "WARNING: Your password has expired.\nPassword change required but no TTY available.\n"
REFUSED_STATUS = 126
FLUSH_SECONDS = 0.1
_PIECE = 1 << 16


class Server(Device):
    """One server. Its files are a pretend tree; what it tells of itself is true of the machine that runs the lab."""

    platform = "linux"
    faults = OVER_SSH
    fault_options: ClassVar[Options] = {
        Kind.HANG: {"where": ("connect", "answer")},
        Kind.ERROR_DOCUMENT: {"variant": ("message", "refused")},
    }

    def __init__(
        self, name: str, address: str, port: int, clock: Clock, *, folder: Path, etc: Etc, delay_seconds: float
    ) -> None:
        super().__init__(name, address, port, clock)
        self._folder = folder
        self._etc = etc
        self._delay_seconds = delay_seconds
        self._sshd = Sshd(folder, folder / "host_key", folder / "other_host_key", folder / "authorized_keys")
        self._numbers = itertools.count(1)
        self._guests: dict[int, Connection] = {}
        self._desk: asyncio.Server | None = None

    def settle(self, host_key: asyncssh.SSHKey, other_host_key: asyncssh.SSHKey, authorized: str) -> None:
        """Write everything that sshd and the commands will find."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for file, key in (("host_key", host_key), ("other_host_key", other_host_key)):
            (self._folder / file).touch(0o600)
            (self._folder / file).write_bytes(key.export_private_key("openssh"))
        (self._folder / "authorized_keys").write_text(f"{authorized}\n", encoding="utf-8")
        self._sshd.prepare()
        shutil.rmtree(self._folder / "root", ignore_errors=True)
        self._etc.write(self._folder / "root")

    # ---- a connection --------------------------------------------------------------------------

    async def serve(self, connection: Connection, stream: socket.socket) -> None:
        """Hand the connection to an sshd of its own, and carry bytes between the two until one of them leaves."""
        stream.setblocking(False)
        number = next(self._numbers)
        self._guests[number] = connection
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        process = None
        try:
            desk = await self._open_desk()
            process = await self._sshd.start(
                theirs,
                desk,
                number,
                other_key=connection.has(Kind.HOST_KEY_CHANGED) is not None,
                nobody_enters=connection.has(Kind.AUTH_FAIL) is not None,
            )
            theirs.close()
            await self._carry(stream, ours, process)
        except asyncio.CancelledError:
            reset(stream)
            raise
        finally:
            connection.closed.set()
            self._guests.pop(number, None)
            theirs.close()
            ours.close()
            stream.close()
            if process is not None:
                await _ended(process)

    async def _carry(self, stream: socket.socket, ours: socket.socket, process: asyncio.subprocess.Process) -> None:
        listening = asyncio.ensure_future(self._listen(process))
        ways = [asyncio.ensure_future(_pump(stream, ours)), asyncio.ensure_future(_pump(ours, stream))]
        try:
            # When sshd has said its last word the connection is over; when the client has, sshd may still answer.
            await ways[1]
        finally:
            for task in (*ways, listening):
                task.cancel()
            await asyncio.gather(*ways, listening, return_exceptions=True)

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Count logins by what sshd says of them."""
        assert process.stderr is not None
        while line := await process.stderr.readline():
            if line.startswith(b"Accepted publickey for "):
                self.counters.logins += 1
            elif line.startswith(b"Failed ") or b"authenticating user" in line:
                self.counters.failed_logins += 1
            if b"not allowed because" in line or line.startswith(b"fatal: "):
                # A locked account, a setting that this sshd does not know: whoever looks into the log should see it.
                print(f"{self.name}: sshd: {line.decode(errors='replace').strip()}", flush=True)

    async def close(self) -> None:
        """Stop listening, drop every connection, close the desk."""
        await super().close()
        if self._desk is not None:
            self._desk.close()

    # ---- the desk ------------------------------------------------------------------------------

    async def _open_desk(self) -> tuple[str, int]:
        """Where commands ask for leave; opened when the first connection comes."""
        if self._desk is None:
            self._desk = await asyncio.start_server(self._attend, self.address, 0)
        place: tuple[str, int] = self._desk.sockets[0].getsockname()[:2]
        return place

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One command: what it may run, and what will happen to its answer."""
        with contextlib.suppress(OSError, ValueError, asyncio.CancelledError):
            asked = json.loads(await reader.readline())
            connection = self._guests.get(asked["connection"])
            if connection is not None and not connection.has(Kind.SESSION_EXPIRED):
                verdict = self._verdict(asked["command"], connection)
                writer.write(json.dumps(verdict).encode() + b"\n")
                await writer.drain()
                await self._look_on(connection, reader)
            elif connection is not None:
                connection.abort()
        with contextlib.suppress(OSError):
            writer.close()

    def _verdict(self, command: str, connection: Connection) -> dict[str, Any]:
        verdict: dict[str, Any] = {
            "folder": str(self._folder),
            "command": [],
            "refusal": "",
            "status": 0,
            "delay": self._delay_seconds,
            "pause": 0.0,
            "fault": None,
            "text": EXPIRED,
            "said": None,
        }
        self.counters.commands += 1
        try:
            program, verdict["command"] = account.allowed(command)
        except account.NotAllowed as refusal:
            self.counters.requests["refused"] += 1
            self.counters.writes += 1
            return verdict | {"refusal": str(refusal), "status": 1 if "sudo" in str(refusal) else REFUSED_STATUS}
        self.counters.requests[program] += 1
        pretended = answers.said(self.name, verdict["command"][verdict["command"].index(program) :])
        if pretended is not None:
            verdict["said"] = asdict(pretended)
        fault = connection.fault()
        match fault.kind if fault else None:
            case Kind.SLOW:
                assert fault is not None
                seconds = fault.delay_seconds
                return verdict | {"fault": "slow", "delay": self._delay_seconds + seconds, "pause": seconds}
            case Kind.TRUNCATE if program == "tar":
                return verdict | {"fault": "truncate"}
            case Kind.ERROR_DOCUMENT if program == "tar":
                assert fault is not None
                if fault.option("variant") == "refused":
                    return verdict | {"refusal": "sh: tar: Permission denied", "status": REFUSED_STATUS}
                return verdict | {"fault": "message"}
            case Kind.HANG | Kind.DROP_MID_ANSWER as kind:
                return verdict | {"fault": kind.value}
        return verdict

    async def _look_on(self, connection: Connection, reader: asyncio.StreamReader) -> None:
        """Wait until half an answer is out, when there is a fault that ends there."""
        if await reader.readline() != b"half\n":
            return
        if connection.has(Kind.DROP_MID_ANSWER):
            await asyncio.sleep(FLUSH_SECONDS)
            connection.abort()
        await connection.closed.wait()

    # ---- what others do ------------------------------------------------------------------------

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """`{"file": "etc/…", "text": …, "mode": "0644"}`: write a file; without a text, remove it.

        The answer holds the text it had, to put it back.
        """
        return self._etc.change(self._folder / "root", request)

    def rogue_change(self) -> Mapping[str, Any]:
        """Somebody adds a name to /etc/hosts."""
        file = self._folder / "root/etc/hosts"
        line = f"203.0.113.{len(file.read_text(encoding='utf-8')) % 250}  who-was-this.example.test\n"
        with file.open("a", encoding="utf-8") as stream:
            stream.write(line)
        return {"file": "etc/hosts", "added": line.strip()}


async def _pump(source: socket.socket, sink: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    with contextlib.suppress(OSError):
        while data := await loop.sock_recv(source, _PIECE):
            await loop.sock_sendall(sink, data)
    # Also after a reset: an sshd that hears nothing would wait for ever.
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


async def _ended(process: asyncio.subprocess.Process) -> None:
    """See an sshd out: it ends by itself when its connection does."""
    with contextlib.suppress(ProcessLookupError):
        try:
            await asyncio.wait_for(asyncio.shield(process.wait()), 0.5)
        except (TimeoutError, asyncio.CancelledError):
            process.terminate()


__all__ = ["BadChange", "Server"]
