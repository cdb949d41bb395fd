"""The audit log of a site: append-only lines, each chained to the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from dcops.auditlog import entry as entries
from dcops.auditlog.chain import RECOVERY, Verification, torn_note, verify
from dcops.auditlog.entry import GENESIS, Entry
from dcops.auditlog.files import Files, Tail
from dcops.auditlog.forward import Forwarder
from dcops.auditlog.origin import Origin, this_process
from dcops.auditlog.syslog import Syslog

LOCK_SECONDS = 10.0
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Position:
    """The end of the log."""

    number: int
    hash: str


class AuditLog:
    """Records what was done. What cannot be recorded raises CannotRun; a copy that cannot be sent never does."""

    def __init__(
        self,
        folder: Path,
        *,
        syslog: Syslog | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        self._files = Files(folder)
        self._forwarder = Forwarder(self._files, syslog) if syslog else None
        self._clock = clock
        self._lock_seconds = lock_seconds

    def append(
        self,
        *,
        what: str,
        devices: Iterable[str] = (),
        result: str = "",
        run: str = "",
        detail: str = "",
        origin: Origin | None = None,
    ) -> Entry:
        """Record one action; it is on the disk when this returns. No secret belongs into any of the texts.

        A copy that syslog does not take now is sent with the next line.
        """
        who = origin or this_process()
        with self._files.locked(self._lock_seconds):
            now = self._clock()
            end = self._end()
            last, lines = end.last, []
            if end.torn:
                note = torn_note(len(end.torn), hashlib.sha256(end.torn).hexdigest())
                last = entries.after(last, time=now, origin=who, what=RECOVERY, result="torn line", detail=note)
                lines.append(last)
            new = entries.after(
                last,
                time=now,
                origin=who,
                what=what,
                devices=tuple(devices),
                result=_short(result),
                run=run,
                detail=_short(detail),
            )
            lines.append(new)
            opening = b"" if end.ended else b"\n"
            self._files.append(opening + b"".join(line.line() for line in lines))
        if self._forwarder:
            self._forwarder.send(new)
        return new

    def entries(self, *, since: datetime | None = None) -> tuple[Entry, ...]:
        """Every entry, oldest first; lines that are none are left to `verify`."""
        # All at once: a reader who pauses between two lines would keep writers waiting.
        with self._files.steady(self._lock_seconds):
            found = [entries.parse(line) for path in self._files.all() for _, line in self._files.lines(path)]
        return tuple(one for one in found if one and (since is None or one.time >= since))

    def position(self) -> Position:
        """Number and hash of the last line; (0, zeros) of an empty log."""
        with self._files.steady(self._lock_seconds):
            for path in reversed(self._files.all()):
                found = self._files.tail(path).last
                if found:
                    return Position(found.number, found.hash)
        return Position(0, GENESIS)

    def verify(self) -> Verification:
        """Read everything and name the first line that is not what was written."""
        with self._files.steady(self._lock_seconds):
            return verify((path.name, self._files.lines(path)) for path in self._files.all())

    def unsent(self) -> int:
        """How many lines the syslog server has not been given yet."""
        return self._forwarder.behind(self.position().number) if self._forwarder else 0

    def _end(self) -> Tail:
        """How the current file ends, with the last entry wherever it lies; begins a new month."""
        end = Tail(None, b"", ended=True)
        if self._files.current.exists():
            end = self._files.tail(self._files.current)
            if not end.torn and end.last and self._begin_month():
                return replace(end, ended=True)
        if end.last is None:
            for path in reversed(self._files.all()):
                if path != self._files.current and (older := self._files.tail(path)).last:
                    return replace(end, last=older.last)
        return end

    def _begin_month(self) -> bool:
        first = self._files.first(self._files.current)
        # A clock that was set back begins no month: it would come twice.
        if first is None or _month(self._clock()) <= _month(first.time):
            return False
        return self._files.close_month(_month(first.time))


def _month(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
