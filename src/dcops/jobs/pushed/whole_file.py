"""A file that somebody else may still write to, read so that what is read is one content."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import signal
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from dcops.diff.visible import quoted
from dcops.errors import DeviceError, ErrorKind

PIECE = 1 << 20
# A fifo must not make us wait for its writer, and a terminal must not become ours.
FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_WAIT = "It is looked at again in the next run"


class WholeFile:
    """A regular file that was opened once. What it gives is proven to be what was there from begin to end."""

    def __init__(self, handle: int, name: str) -> None:
        self._handle = handle
        self.shown = quoted(name)
        self.status = os.fstat(handle)
        if not stat.S_ISREG(self.status.st_mode):
            os.close(handle)
            raise DeviceError(
                ErrorKind.INVALID, f"{self.shown} is {kind_of(self.status.st_mode)}, and no file", next_step="Remove it"
            )

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file by its path, wherever links lead."""
        return cls(os.open(path, FLAGS), path.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)

    @property
    def size(self) -> int:
        """How many bytes it had when it was opened."""
        return self.status.st_size

    @property
    def being_written(self) -> bool:
        """Somebody on this host has it open for writing; False when the kernel would not tell us."""
        try:
            # The kernel would tell us by a signal that somebody opens it: by one that is ignored, not one that kills.
            fcntl.fcntl(self._handle, fcntl.F_SETSIG, signal.SIGURG)
            # A read lease is given only while nobody writes, and only to the owner of the file.
            fcntl.fcntl(self._handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:
            return error.errno == errno.EAGAIN
        with suppress(OSError):
            fcntl.fcntl(self._handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return False

    def digest(self, largest_bytes: int) -> str:
        """Its SHA-256, read piece by piece; refuses a file that is too large or changes meanwhile."""
        if self.size > largest_bytes:
            raise DeviceError(
                ErrorKind.INVALID,
                f"{self.shown} has {self.size:,} bytes, more than the {largest_bytes:,} that are taken in",
                next_step="If it is a backup, raise [drop] largest_megabytes",
            )
        digest = hashlib.sha256()
        for piece in self._pieces():
            digest.update(piece)
        self._unchanged()
        return digest.hexdigest()

    def content(self, sha256: str) -> bytes:
        """All of it, which must be what was hashed before."""
        content = b"".join(self._pieces())
        self._unchanged()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise self._changed()
        return content

    def _pieces(self) -> Iterator[bytes]:
        """Never more than it had when it was opened: a file that grows is told of, not followed."""
        place = 0
        while place < self.size and (piece := os.pread(self._handle, min(PIECE, self.size - place), place)):
            place += len(piece)
            yield piece

    def _unchanged(self) -> None:
        if fingerprint(os.fstat(self._handle)) != fingerprint(self.status):
            raise self._changed()

    def _changed(self) -> DeviceError:
        return DeviceError(ErrorKind.BUSY, f"{self.shown} changed while it was read", next_step=_WAIT)


def fingerprint(status: os.stat_result) -> tuple[int, ...]:
    """What cannot stay the same when a file is written to, replaced or renamed."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_nlink)


def kind_of(mode: int) -> str:
    """What a thing is that is no file, in words."""
    for test, word in (
        (stat.S_ISLNK, "a symbolic link"),
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
    ):
        if test(mode):
            return word
    return "a device file"
