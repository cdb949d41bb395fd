"""One committer at a time; who waits too long learns for whom."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from dcops.archive.durable import PRIVATE, explained
from dcops.errors import Busy

_PAUSE_SECONDS = 0.02


@contextmanager
def held(path: Path, *, wait_seconds: float, what: str = "the archive") -> Iterator[int]:
    """Hold the lock of something; gives its file descriptor, for a child process that must hold it as long as it lives.

    The kernel lets go of it when the last holder ends, however it ends: there are no stale locks.
    """
    with explained(path, "locked"):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        _acquire(handle, path, wait_seconds, what)
        _sign(handle)
        try:
            yield handle
        finally:
            with suppress(OSError):
                os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _acquire(handle: int, path: Path, wait_seconds: float, what: str) -> None:
    until = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise _busy(handle, path, wait_seconds, what) from None
        time.sleep(_PAUSE_SECONDS)


def _sign(handle: int) -> None:
    import socket

    signature = f"pid {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n"
    with suppress(OSError):
        # A courtesy: the lock is held without it, on a full disk too.
        os.ftruncate(handle, 0)
        os.pwrite(handle, signature.encode("utf-8", "replace"), 0)


def _busy(handle: int, path: Path, wait_seconds: float, what: str) -> Busy:
    signature = os.pread(handle, 300, 0).decode("utf-8", "replace").strip() or "a process that did not sign"
    return Busy(
        f"{what} is held by {signature} (waited {wait_seconds:g} s for {path})",
        next_step="Wait until that run has ended, then run this again; end it if it hangs",
    )
