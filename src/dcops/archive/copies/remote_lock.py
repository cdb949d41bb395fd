"""The lock of an archive on another host, held by a process there that hears from us: no lock outlives its holder."""

from __future__ import annotations

import os
import shlex
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from dcops.archive import program
from dcops.archive.copies.remote import Remote
from dcops.errors import Busy, CannotRun

if TYPE_CHECKING:
    import paramiko

PULSE_SECONDS = 20
SILENT_AFTER_SECONDS = 90
_TAKEN = 75
_FIRST_WORDS = 500


@contextmanager
def held_there(remote: Remote, file: str, wait_seconds: float) -> Iterator[None]:
    """Hold the lock that `flock` knows, the same as whoever archives on that host.

    When we die, the connection ends and with it the holder. When the line dies without a word, the holder there
    notices that it hears nothing any more.
    """
    signature = f"pid {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    lock = shlex.quote(file)
    channel = remote.channel(
        f"exec 9>>{lock} || exit 73\n"
        f"flock -w {int(wait_seconds)} 9 || {{ cat {lock}; exit {_TAKEN}; }}\n"
        f"printf '%s\\n' {shlex.quote(signature)} >{lock}\n"
        "echo held\n"
        f'while [ "$(timeout {SILENT_AFTER_SECONDS} dd bs=1 count=1 2>/dev/null)" = . ]; do :; done\n'
        f": >{lock}"
    )
    done = threading.Event()
    with channel:
        with remote.explained():
            channel.settimeout(wait_seconds + 60)
            said = channel.recv(_FIRST_WORDS)
            if said != b"held\n":
                raise _not_held(remote, channel, said, wait_seconds)
        threading.Thread(target=_pulse, args=(channel, done), name="lock of the copy", daemon=True).start()
        try:
            yield
        finally:
            done.set()
            _let_go(channel)


def _pulse(channel: paramiko.Channel, done: threading.Event) -> None:
    while not done.wait(PULSE_SECONDS):
        try:
            channel.sendall(b".")
        except OSError:
            return


def _not_held(remote: Remote, channel: paramiko.Channel, said: bytes, wait_seconds: float) -> CannotRun:
    words = said.decode("utf-8", "replace") + _drained(channel.recv)
    complaint = _drained(channel.recv_stderr)
    if channel.recv_exit_status() == _TAKEN:
        holder = words.strip() or "a process that did not sign"
        return Busy(
            f"the archive at {remote.where} is held by {holder} (waited {wait_seconds:g} s)",
            next_step="Wait until that run has ended, then run this again."
            f" A holder whose line died lets go within {SILENT_AFTER_SECONDS} s",
        )
    meaning = program.surroundings(complaint.encode())
    return CannotRun(
        f"{remote.where} cannot be locked: {meaning or ' '.join(complaint.split()) or 'no word'}",
        next_step="Mend that there and run it again; what was copied before is untouched",
    )


def _let_go(channel: paramiko.Channel) -> None:
    import paramiko

    with suppress(OSError, EOFError, paramiko.SSHException):
        channel.settimeout(10)
        channel.shutdown_write()
        # It is gone when it says so: whoever comes next finds the lock free.
        _drained(channel.recv)


def _drained(receive: Callable[[int], bytes], most: int = 2000) -> str:
    words = b""
    while len(words) < most and (piece := receive(most)):
        words += piece
    return words.decode("utf-8", "replace")
