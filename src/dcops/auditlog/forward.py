"""Hands every line to syslog in order, and catches up after the server was away."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from dcops.auditlog.entry import Entry, parse
from dcops.auditlog.files import MODE, Files
from dcops.auditlog.syslog import Syslog

CURSOR = "audit.sent"
# After a long silence of the server it takes a few commands to catch up, instead of one very slow one.
MOST_AT_ONCE = 500
_WAIT_SECONDS = 2.0
_PAUSE_SECONDS = 0.01


class Forwarder:
    """Remembers in a small file up to which line the server has everything."""

    def __init__(self, files: Files, syslog: Syslog) -> None:
        self._files = files
        self._syslog = syslog
        self._cursor = files.folder / CURSOR

    def send(self, new: Entry) -> bool:
        """Send the new line and those that the server missed; False when some are left."""
        try:
            with self._alone() as handle:
                sent = _read(handle)
                if sent is not None and sent >= new.number:
                    return True
                # Without a cursor syslog is new here: what lies further back was never asked for.
                start = new.number if sent is None else sent + 1
                waiting = [new] if start == new.number else self._from(start)
                self._syslog.send(waiting)
                _write(handle, waiting[-1].number)
                return waiting[-1].number >= new.number
        except OSError:
            # The log itself has the line. `audit-log verify` and `doctor` say how many the server lacks.
            self._remember_start(new)
            return False

    def behind(self, last: int) -> int:
        """How many lines the server lacks, when the log ends with this number."""
        with suppress(OSError):
            handle = os.open(self._cursor, os.O_RDONLY | os.O_CLOEXEC)
            try:
                sent = _read(handle)
            finally:
                os.close(handle)
            if sent is not None:
                return max(0, last - sent)
        return 0

    def _from(self, start: int) -> list[Entry]:
        waiting: list[Entry] = []
        paths = list(self._files.all())
        while len(paths) > 1 and (first := self._files.first(paths[1])) and first.number <= start:
            paths.pop(0)
        for path in paths:
            for _, line in self._files.lines(path):
                found = parse(line)
                if found and found.number >= start:
                    waiting.append(found)
                    if len(waiting) == MOST_AT_ONCE:
                        return waiting
        return waiting

    def _remember_start(self, new: Entry) -> None:
        """The first line that could not be sent marks the place from which to catch up."""
        with suppress(OSError), self._alone() as handle:
            if _read(handle) is None:
                _write(handle, new.number - 1)

    @contextmanager
    def _alone(self) -> Iterator[int]:
        handle = os.open(self._cursor, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
        try:
            until = time.monotonic() + _WAIT_SECONDS
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= until:
                        raise
                time.sleep(_PAUSE_SECONDS)
            yield handle
        finally:
            os.close(handle)


def _read(handle: int) -> int | None:
    text = os.pread(handle, 40, 0).strip()
    return int(text) if text.isdigit() else None


def _write(handle: int, number: int) -> None:
    # A torn number would be a wrong one: fixed width, so that it is replaced in one piece.
    os.pwrite(handle, b"%020d\n" % number, 0)
