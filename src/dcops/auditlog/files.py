"""The files of an audit log: one for this month, and one for every month before."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dcops.auditlog.entry import Entry, parse
from dcops.errors import Busy, CannotRun

CURRENT = "audit.log"
LOCK = "audit.lock"
MODE = 0o600
_MONTH = re.compile(r"audit-\d{4}-\d{2}\.log")
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_BLOCK = 64 * 1024
_PAUSE_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Tail:
    """How a file ends."""

    last: Entry | None
    torn: bytes
    """What follows the last entry and is none: a power cut left it."""
    ended: bool
    """The last line has its end: another one may begin."""


class Files:
    """Reads and extends the files; what the lines mean is not its affair."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.current = folder / CURRENT

    def all(self) -> tuple[Path, ...]:
        """Every file, oldest first."""
        with _explained(self.folder, "read"):
            names = sorted(path for path in self.folder.glob("audit-*.log") if _MONTH.fullmatch(path.name))
            return (*names, self.current) if self.current.exists() else tuple(names)

    def lines(self, path: Path) -> Iterator[tuple[int, bytes]]:
        """The numbered lines of a file, with their ends."""
        with _explained(path, "read"), path.open("rb") as stream:
            yield from enumerate(stream, 1)

    def first(self, path: Path) -> Entry | None:
        """The first line of a file that is an entry."""
        with _explained(path, "read"), path.open("rb") as stream:
            return next((entry for line in stream if (entry := parse(line))), None)

    def tail(self, path: Path) -> Tail:
        """How a file ends."""
        torn = b""
        ended = True
        with _explained(path, "read"), path.open("rb") as stream:
            for line in _backwards(stream.fileno()):
                ended = ended and (bool(torn) or line.endswith(b"\n"))
                if found := parse(line):
                    return Tail(found, torn, ended)
                torn = line + torn
        return Tail(None, torn, ended)

    def append(self, content: bytes) -> None:
        """Add bytes to the current file; they are on the disk when this returns."""
        with _explained(self.current, "written"):
            is_new = not self.current.exists()
            handle = os.open(self.current, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, MODE)
            try:
                rest = memoryview(content)
                while rest:
                    rest = rest[os.write(handle, rest) :]
                os.fsync(handle)
            finally:
                os.close(handle)
            if is_new:
                self._settle()

    def close_month(self, month: str) -> bool:
        """Give the current file the name of its month; False when the file system does not let us.

        A file that may only grow (chattr +a) cannot be renamed: the log then goes on in the same file.
        """
        target = self.folder / f"audit-{month}.log"
        if target.exists():
            return False
        try:
            self.current.rename(target)
        except PermissionError:
            return False
        except OSError as error:
            raise CannotRun(f"{self.current} cannot be renamed: {error.strerror or error}") from None
        with _explained(self.folder, "written"):
            self._settle()
        return True

    @contextmanager
    def locked(self, wait_seconds: float) -> Iterator[None]:
        """Hold the log alone; the kernel lets go of it when the process ends, however it ends."""
        with _explained(self.folder, "made"):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / LOCK
        with _explained(path, "locked"):
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
        try:
            _acquire(handle, path, wait_seconds)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def steady(self, wait_seconds: float) -> Iterator[None]:
        """Keep writers away while the log is read; a reader who may not lock reads all the same."""
        handle = None
        with suppress(OSError):
            handle = os.open(self.folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if handle is not None:
                _acquire(handle, self.folder / LOCK, wait_seconds, fcntl.LOCK_SH)
            yield
        finally:
            if handle is not None:
                os.close(handle)

    def _settle(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _backwards(handle: int) -> Iterator[bytes]:
    """The lines of a file from the last to the first, whatever its size."""
    position = os.fstat(handle).st_size
    pieces: list[bytes] = []
    while position > 0:
        size = min(_BLOCK, position)
        position -= size
        block = os.pread(handle, size, position)
        *heads, last = _LINE.findall(block)
        # A block that ends inside a line brings the beginning of what was seen of it.
        if last.endswith(b"\n") and pieces:
            yield b"".join(reversed(pieces))
            pieces = []
        pieces.append(last)
        for line in reversed(heads):
            yield b"".join(reversed(pieces))
            pieces = [line]
    if pieces:
        yield b"".join(reversed(pieces))


def _acquire(handle: int, path: Path, wait_seconds: float, kind: int = fcntl.LOCK_EX) -> None:
    until = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Busy(
                    f"the audit log is held by another process (waited {wait_seconds:g} s for {path})",
                    next_step="Run it again; if it stays so, look for a process that was stopped: ps -eo pid,stat,args",
                ) from None
        time.sleep(_PAUSE_SECONDS)


@contextmanager
def _explained(path: Path, verb: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotRun(
            f"{path} cannot be {verb}: {error.strerror or error}",
            next_step=_NEXT_STEPS.get(error.errno or 0, ""),
        ) from None


_NEXT_STEPS = {
    errno.ENOSPC: "Free some space there: what is not recorded is not done",
    errno.EDQUOT: "The quota there is used up: what is not recorded is not done",
    errno.EROFS: "The file system is mounted read-only: see dmesg before mounting it for writing",
    errno.EACCES: "Run it as the user who owns that folder",
    errno.EPERM: "Run it as the user who owns that folder",
}
