"""The ledger in one file, for one host."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from dcops.errors import CannotRun

BUSY_SECONDS = 15.0
"""How long a call waits for another process that writes."""

_PRAGMAS = (
    # FULL: a claim that was answered with yes is still there after a power cut.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
)


class SQLiteFile:
    """The file of the ledger, and whether it is still the same one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identity: tuple[int, int] | None = None

    def make(self) -> None:
        """Make an empty file that only its owner can read, unless there is one."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                # An existing file is not opened here: closing it would drop the locks that SQLite holds on it.
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
            except FileExistsError:
                self._check_existing()
        except OSError as error:
            raise CannotRun(
                f"the ledger {self.path} cannot be made: {error.strerror}",
                next_step="Check the folder and its permissions, or set [ledger] url",
            ) from None

    def _check_existing(self) -> None:
        status = self.path.stat()
        if status.st_uid == os.geteuid() and status.st_mode & 0o077:
            # A file that came back from a backup with the permissions of its day.
            self.path.chmod(0o600)
        self._check_writable()

    def _check_writable(self) -> None:
        if not os.access(self.path, os.R_OK | os.W_OK, effective_ids=True) or not os.access(
            self.path.parent, os.W_OK | os.X_OK, effective_ids=True
        ):
            raise CannotRun(
                f"the ledger {self.path} can only be read",
                next_step="Give the user of dcops write access to the file and its folder",
            )

    def engine(self) -> Engine:
        """Connections to the file; it is never made anew by connecting."""
        engine = create_engine(
            "sqlite+pysqlite://",
            creator=self._connect,
            poolclass=QueuePool,
            pool_size=5,
            max_overflow=10,
            pool_timeout=BUSY_SECONDS,
            hide_parameters=True,
            execution_options={"preserve_rowcount": True},
        )

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            # A transaction that begins as a reader and wants to write later fails at once when another one wrote
            # in between; one that says so at its beginning waits for its turn.
            writes = connection.get_execution_options().get("dcops_writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        return engine

    def check(self, engine: Engine) -> None:
        """Notice that the file was taken away or exchanged: open connections would go on writing into the old one."""
        try:
            status = self.path.stat()
        except OSError as error:
            raise CannotRun(
                f"the ledger {self.path} cannot be reached: {error.strerror}",
                next_step="Bring the file back, or restart dcops to begin a new ledger",
            ) from None
        identity = (status.st_dev, status.st_ino)
        if self._identity not in (None, identity):
            engine.dispose()
        self._identity = identity

    def use_wal(self) -> None:
        """Let readers and a writer meet. The setting stays in the file."""
        until = time.monotonic() + BUSY_SECONDS
        connection = self._connect()
        try:
            while True:
                try:
                    connection.execute("PRAGMA journal_mode = WAL").fetchone()
                    return
                except sqlite3.OperationalError:
                    # Two processes that change it at once do not wait for each other.
                    if time.monotonic() >= until:
                        raise
                time.sleep(0.02)
        finally:
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        # SQLite would open a file that it may not write as one to be read, and leave files beside it that nobody may
        # write either, also after the permissions were put right.
        self._check_writable()
        connection = sqlite3.connect(
            f"file:{quote(str(self.path))}?mode=rw",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        return connection
