"""The event store: what was received, in a small file of its own with a bounded number of rows and days."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from dcops.errors import CannotRun
from dcops.exporters.traps.event import UNKNOWN, Event, Notification

log = logging.getLogger(__name__)

FILE = "traps.sqlite"
MOST_EVENTS = 100_000
MOST_UNKNOWN = 1_000
KEEP_SECONDS = 400 * 86_400.0
LONGEST_VARIABLES = 4_000
BUSY_SECONDS = 5.0

_TABLES = """
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received REAL NOT NULL, kind TEXT NOT NULL, device TEXT NOT NULL,
    site TEXT NOT NULL, source TEXT NOT NULL, oid TEXT NOT NULL, version TEXT NOT NULL, confirmed INTEGER NOT NULL,
    variables TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS event_device ON event (device, kind, received);
CREATE INDEX IF NOT EXISTS event_received ON event (received);
CREATE TABLE IF NOT EXISTS last (
    device TEXT NOT NULL, kind TEXT NOT NULL, site TEXT NOT NULL, received REAL NOT NULL, PRIMARY KEY (device, kind)
);
CREATE TABLE IF NOT EXISTS own (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """The file. One thread at a time writes; others may read."""

    def __init__(self, file: Path, *, most: int = MOST_EVENTS, most_unknown: int = MOST_UNKNOWN) -> None:
        self.file = file
        self._most = most
        self._most_unknown = most_unknown

    def make(self) -> None:
        """Make it unless it is there. One that cannot be read is put aside: receiving goes on."""
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        except OSError as error:
            raise CannotRun(
                f"{self.file} cannot be made: {error.strerror}", next_step="Check the folder and its permissions"
            ) from None
        try:
            self._make_tables()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise CannotRun(f"{self.file} cannot be used: {error}") from None
            aside = self.file.with_name(f"{self.file.name}.damaged-{int(time.time())}")
            log.warning("%s is damaged (%s): it is now %s, and a new one begins", self.file, error, aside.name)
            self.file.rename(aside)
            for rest in ("-wal", "-shm"):
                Path(f"{self.file}{rest}").unlink(missing_ok=True)
            os.close(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
            self._make_tables()

    def add(self, events: Sequence[Event], now: float) -> None:
        """Keep them, and let go of what is too old or too much; all of it or nothing."""
        with self._open() as connection:
            connection.executemany(
                "INSERT INTO event (received, kind, device, site, source, oid, version, confirmed, variables)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_row(event) for event in events],
            )
            connection.executemany(
                "INSERT INTO last (device, kind, site, received) VALUES (?, ?, ?, ?) ON CONFLICT (device, kind)"
                " DO UPDATE SET site = excluded.site, received = max(received, excluded.received)",
                [(event.device, event.kind, event.site, event.received) for event in events if event.device],
            )
            connection.execute("DELETE FROM event WHERE received < ?", (now - KEEP_SECONDS,))
            for condition, most in (("kind = ?", self._most_unknown), ("kind <> ?", self._most)):
                connection.execute(
                    f"DELETE FROM event WHERE {condition} AND id <= (SELECT id FROM event WHERE {condition}"  # noqa: S608
                    " ORDER BY id DESC LIMIT 1 OFFSET ?)",
                    (UNKNOWN, UNKNOWN, most),
                )

    def last(self) -> list[tuple[str, str, str, float]]:
        """Device, kind, site and time of the newest of each kind, the oldest first."""
        with self._open() as connection:
            return connection.execute("SELECT device, kind, site, received FROM last ORDER BY received").fetchall()

    def events(self, *, since: float = 0.0, device: str = "", kind: str = "", limit: int = 100) -> Iterator[Event]:
        """The newest first. Nothing when there is no file."""
        if not self.file.exists():
            return
        conditions = ["received >= ?", *(["device = ?"] if device else []), *(["kind = ?"] if kind else [])]
        values = [since, *(text for text in (device, kind) if text), limit]
        query = (
            "SELECT received, kind, source, device, site, oid, variables, version, confirmed FROM event"  # noqa: S608
            f" WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ?"
        )
        try:
            with self._open(readonly=True) as connection:
                rows = connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise CannotRun(f"{self.file} cannot be read: {error}") from None
        for received, found, source, name, site, oid, variables, version, confirmed in rows:
            told = Notification(oid, json.loads(variables), version, bool(confirmed))
            yield Event(received, found, source, name, site, told)

    def own(self, name: str) -> str:
        """Something that the receiver remembers of itself; empty when it does not."""
        with self._open() as connection:
            row = connection.execute("SELECT value FROM own WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def remember(self, name: str, value: str) -> None:
        """Remember it."""
        with self._open() as connection:
            connection.execute(
                "INSERT INTO own (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    def _make_tables(self) -> None:
        with closing(sqlite3.connect(self.file, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_TABLES)

    @contextmanager
    def _open(self, *, readonly: bool = False) -> Iterator[sqlite3.Connection]:
        # FULL: what was committed is still there after a power cut, and that is when events come.
        with closing(sqlite3.connect(self.file, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA query_only = ON" if readonly else "PRAGMA synchronous = FULL")
            with connection:
                yield connection


def _row(event: Event) -> tuple[object, ...]:
    told = event.notification
    variables = json.dumps(told.variables, ensure_ascii=False)
    if len(variables) > LONGEST_VARIABLES:
        variables = json.dumps({"…": f"{len(told.variables)} variables, too long to be kept"})
    return (
        event.received,
        event.kind,
        event.device,
        event.site,
        event.source,
        told.oid,
        told.version,
        int(told.confirmed),
        variables,
    )
