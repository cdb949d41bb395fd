"""Transactions on either database, bounded in time, with errors that say what to do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from dcops.ledger.address import Address
from dcops.ledger.failures import explained, worth_trying_again
from dcops.ledger.postgresql import engine_of
from dcops.ledger.sqlite import SQLiteFile
from dcops.model.secret import Secret

_TRIES = 5

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """Where the ledger lies, opened. It may be used by many threads."""

    def __init__(self, address: Address, password: Secret | None) -> None:
        self.address = address
        self._password = password
        self._file = SQLiteFile(address.file) if address.file else None
        self._engine = self._file.engine() if self._file else engine_of(address, password)
        self._process = os.getpid()

    def __repr__(self) -> str:
        return f"<Database {self.address}>"

    def prepare(self) -> None:
        """Make the file of SQLite, if there is none."""
        if self._file is None:
            return
        self._file.make()
        try:
            self._file.use_wal()
        except sqlite3.Error as error:
            problem = self._explained(error)
        else:
            return
        raise problem

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do some reading in one transaction."""
        return self._transaction(False, lambda connection: work(connection, *args, **kwargs))

    def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do some writing in one transaction: all of it or nothing. It may be done twice, never halfway."""
        return self._transaction(True, lambda connection: work(connection, *args, **kwargs))

    def _transaction(self, writes: bool, work: Callable[[Connection], T]) -> T:
        self._forget_connections_of_the_parent_process()
        for attempt in range(1, _TRIES + 1):
            if self._file:
                self._file.check(self._engine)
            try:
                with self._engine.connect() as connection:
                    connection.execution_options(dcops_writes=writes)
                    with connection.begin():
                        return work(connection)
            except SQLAlchemyError as error:
                if attempt < _TRIES and worth_trying_again(error):
                    continue
                problem = self._explained(error)
            # Out of the handler, so that the driver's own words do not travel along as its context.
            raise problem
        raise AssertionError("unreachable")

    def _explained(self, error: SQLAlchemyError | sqlite3.Error) -> Exception:
        return explained(error, str(self.address), self._password.reveal() if self._password else "")

    def _forget_connections_of_the_parent_process(self) -> None:
        # Neither SQLite's locks nor a socket to PostgreSQL may be shared with a process that was forked.
        if self._process != os.getpid():
            # Kept, for to collect them would be to close them.
            self._of_the_parent = self._engine.pool
            self._engine.dispose(close=False)
            self._process = os.getpid()
