"""Commands on the other host, each with a limit on silence, so that a dead line is noticed."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dcops.archive.copies.place import Answer
from dcops.errors import CannotRun

if TYPE_CHECKING:
    import paramiko

SILENCE_SECONDS = 120.0
_PIECE = 1 << 16
_MOST_BYTES = 64 << 20
_MOST_WORDS = 2000


class Remote:
    """Runs commands over a connection."""

    def __init__(self, transport: paramiko.Transport, where: str, limit_seconds: float) -> None:
        self.transport = transport
        self.where = where
        self._limit_seconds = limit_seconds
        self._late = False
        # Whatever waits on the connection is freed by its end.
        self._watch = threading.Timer(limit_seconds, self._give_up)
        self._watch.daemon = True
        self._watch.start()

    def close(self) -> None:
        """End the connection."""
        self._watch.cancel()
        self.transport.close()

    def channel(self, script: str) -> paramiko.Channel:
        """Start a script in a plain shell, whatever the account's own one is."""
        with self.explained():
            channel = self.transport.open_session(timeout=SILENCE_SECONDS)
            channel.settimeout(SILENCE_SECONDS)
            channel.exec_command(f"exec /bin/sh -c {shlex.quote(script)}")
        return channel

    def run(self, script: str, *, silence_seconds: float = SILENCE_SECONDS) -> Answer:
        """Run a script to its end."""
        out = bytearray()
        channel = self.channel(script)
        channel.settimeout(silence_seconds)
        with self.explained(), channel:
            while piece := channel.recv(_PIECE):
                out += piece
                if len(out) > _MOST_BYTES:
                    raise CannotRun(f"{self.where} says more than {_MOST_BYTES} bytes")
            return self._ended(channel, bytes(out))

    def lines(self, script: str, *, silence_seconds: float = SILENCE_SECONDS) -> Iterator[str]:
        """The lines that a script prints, as they come; CannotRun when it does not come to its end.

        The script must print `.` as its last line: a program that is killed there says goodbye like one that is done.
        """
        channel = self.channel(f"{script}\necho .")
        channel.settimeout(silence_seconds)
        rest, last = b"", ""
        with self.explained(), channel:
            while piece := channel.recv(_PIECE):
                *whole, rest = (rest + piece).split(b"\n")
                for line in whole:
                    if last:
                        yield last
                    last = line.decode("utf-8", "backslashreplace")
                if len(rest) > _MOST_BYTES:
                    raise CannotRun(f"{self.where} says a line of more than {_MOST_BYTES} bytes")
            ended = self._ended(channel, b"")
        if last != "." or rest:
            raise CannotRun(f"{self.where} did not answer to the end: {ended.err or f'exit code {ended.code}'}")

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what the connection says into an error that names the place."""
        import paramiko

        try:
            yield
        except (paramiko.SSHException, EOFError, OSError) as error:
            self.explain_late()
            raise CannotRun(
                f"the connection to {self.where} broke: {error or type(error).__name__}",
                next_step="Run it again: it goes on where it stopped",
            ) from None

    def explain_late(self) -> None:
        """Say so when it was we who ended the connection, for the hard limit."""
        if self._late:
            raise CannotRun(
                f"the work on {self.where} took longer than {self._limit_seconds / 60:.0f} min and was ended",
                next_step="Run it again: it goes on where it stopped",
            )

    def _give_up(self) -> None:
        self._late = True
        self.transport.close()

    def _ended(self, channel: paramiko.Channel, out: bytes) -> Answer:
        words = b""
        while len(words) < _MOST_WORDS and (piece := channel.recv_stderr(_MOST_WORDS)):
            words += piece
        # Set by then, or never: a connection that broke has no exit status.
        code = channel.recv_exit_status()
        if code == -1:
            raise EOFError("it ended without a word")
        return Answer(code, out.decode("utf-8", "backslashreplace"), " ".join(words.decode("utf-8", "replace").split()))
