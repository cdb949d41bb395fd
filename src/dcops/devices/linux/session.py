"""One SSH connection to a server: a verified host key, a channel per command, bounded answers, exit statuses."""

from __future__ import annotations

import select
import time
from dataclasses import dataclass, field

import paramiko

from dcops.devices.ssh.algorithms import LEGACY, offered
from dcops.errors import DeviceError, ErrorKind
from dcops.model.secret import Secret
from dcops.model.transcript import Exchange, Tape

MOST_BYTES = 64 * 1024 * 1024
FACT_BYTES = 4 * 1024 * 1024
COMPLAINT_BYTES = 1024 * 1024
SILENCE_SECONDS = 60.0
"""A server under load may think so long before the next byte."""
STATUS_SECONDS = 10.0
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gave."""

    stdout: bytes = field(repr=False)
    stderr: bytes = field(repr=False)
    status: int

    @property
    def text(self) -> str:
        """What it said."""
        return self.stdout.decode("utf-8", "replace")

    @property
    def complaint(self) -> str:
        """The first line of its complaints, fit for a sentence."""
        for line in self.stderr.decode("utf-8", "replace").splitlines():
            if words := "".join(sign if sign.isprintable() else "?" for sign in line).strip():
                return words[:120].rstrip(".")
        return ""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a server answers, and whom we believe."""

    address: str
    port: int
    host_keys: paramiko.HostKeys = field(repr=False)
    legacy: bool
    """Weak algorithms may be used."""
    timeout_seconds: float


class Session:
    """A connection with a login."""

    def __init__(self, target: Target, tape: Tape) -> None:
        self._target = target
        self._tape = tape
        self._client: paramiko.SSHClient | None = None

    def open(self, username: str, key: paramiko.PKey | None, password: Secret | None) -> None:
        """Connect and log in, with the key first; raises what paramiko raises, or DeviceError."""
        target = self._target
        client = self._client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.RejectPolicy())
        name = target.address if target.port == 22 else f"[{target.address}]:{target.port}"
        known = target.host_keys.lookup(name)
        for kind in known or ():
            host_key = known[kind] if known else None
            if host_key is not None:
                client.get_host_keys().add(name, kind, host_key)
        try:
            client.connect(
                target.address,
                target.port,
                username=username,
                pkey=key,
                password=password.reveal() if password else None,
                timeout=min(20.0, target.timeout_seconds),
                banner_timeout=min(15.0, target.timeout_seconds * 0.75),
                auth_timeout=min(30.0, target.timeout_seconds),
                channel_timeout=min(30.0, target.timeout_seconds),
                look_for_keys=False,
                allow_agent=False,
                disabled_algorithms=None if target.legacy else LEGACY,
            )
        except paramiko.ssh_exception.IncompatiblePeer:
            offer = offered(target.address, target.port)
            what = f": it offers {offer}" if offer else ""
            raise DeviceError(
                ErrorKind.UNSUPPORTED,
                f"no SSH algorithm in common{what}",
                next_step=(
                    "Update the server"
                    if target.legacy
                    else "Update the server, or allow its old algorithms: legacy_algorithms: {reason: …}"
                ),
            ) from None
        except paramiko.SSHException as error:
            # paramiko goes on to the login when the greeting took too long, and then finds nothing to log in to.
            if "No existing session" not in str(error):
                raise
            raise DeviceError(
                ErrorKind.TIMEOUT,
                "connected, but it never finished the SSH greeting",
                next_step="Log in by hand and look",
            ) from None

    def close(self) -> None:
        """Disconnect; never raises."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def abort(self) -> None:
        """Cut the connection from another thread; never waits."""
        client = self._client
        transport = client.get_transport() if client else None
        if transport is not None:
            transport.close()

    def run(
        self,
        command: str,
        *,
        most_bytes: int = FACT_BYTES,
        silence_seconds: float = SILENCE_SECONDS,
        taped: bool = True,
    ) -> Answer:
        """Run one command to its end; its exit status is the caller's to judge."""
        transport = self._client.get_transport() if self._client else None
        if transport is None or not transport.is_active():
            raise DeviceError(ErrorKind.UNREACHABLE, "not connected", next_step="Is it restarting? Try again")
        channel = transport.open_session(timeout=min(30.0, self._target.timeout_seconds))
        try:
            channel.settimeout(silence_seconds)
            channel.exec_command(command)
            channel.shutdown_write()
            answer = _drained(channel, command, most_bytes, silence_seconds)
        finally:
            channel.close()
        if taped:
            self._tape.add(Exchange(command, answer.stdout or answer.stderr, status=answer.status))
        return answer


def _drained(channel: paramiko.Channel, command: str, most_bytes: int, silence_seconds: float) -> Answer:
    """Read both streams to their ends: a full one that nobody reads would hold up the other."""
    stdout, stderr = bytearray(), bytearray()
    program = _program(command)
    poll = select.poll()
    poll.register(channel.fileno(), select.POLLIN)
    heard = time.monotonic()
    while True:
        ended = channel.eof_received or channel.closed
        if channel.recv_ready():
            stdout += channel.recv(_PIECE)
            if len(stdout) > most_bytes:
                raise DeviceError(
                    ErrorKind.INVALID,
                    f"{program} gave more than {most_bytes >> 20} MiB and was cut off",
                    next_step="Ask for less: [linux] paths and exclude in dcops.toml",
                )
        elif channel.recv_stderr_ready():
            piece = channel.recv_stderr(_PIECE)
            stderr += piece[: max(0, COMPLAINT_BYTES - len(stderr))]
        elif ended:
            break
        else:
            patience = silence_seconds - (time.monotonic() - heard)
            if patience <= 0:
                raise _silent(program, len(stdout))
            poll.poll(min(1.0, patience) * 1000)
            continue
        heard = time.monotonic()
    channel.status_event.wait(STATUS_SECONDS)
    status = channel.exit_status
    if status == -1:
        if stdout:
            raise DeviceError(
                ErrorKind.TRUNCATED,
                f"the server closed the session in the middle of {program}",
                next_step="Try again; when it repeats, check the line to it and its load",
            )
        raise DeviceError(
            ErrorKind.UNREACHABLE,
            f"the server closed the session before {program} answered",
            next_step="Is it restarting, or does the account's shell end at once? Try again, then log in by hand",
        )
    return Answer(bytes(stdout), bytes(stderr), status)


def _silent(program: str, received: int) -> DeviceError:
    return DeviceError(
        ErrorKind.TIMEOUT,
        f"it fell silent in the middle of {program} after {received} bytes",
        next_step="Check its load and the line to it",
    )


def _program(command: str) -> str:
    """The name of the program in a command line: what comes after `env`, its assignments and `sudo -n`."""
    words = [word for word in command.split() if "=" not in word and word not in ("env", "sudo", "-n")]
    return words[0].rpartition("/")[2] if words else command
