"""Bring the tables of a ledger to the version that this code knows, once, whoever comes first."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table

from dcops.errors import CannotRun
from dcops.ledger import postgresql
from dcops.ledger.database import Database

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

NEWEST = "0003"
"""The last file in migrations/versions. Written here too, so that a ledger that is up to date opens without Alembic."""
VERSION_TABLE = "dcops_version"

_MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 0x64636F7073
# Alembic's `op` is one for the whole process.
_one_at_a_time = threading.Lock()


def version(connection: Connection) -> str:
    """The version of the tables; empty when there are none yet."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return ""
    return connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE))) or ""


def bring_up_to_date(database: Database) -> None:
    """Make or change the tables, unless they are as they should be."""
    found = database.read(version)
    if found == NEWEST:
        return
    _refuse_newer(found, str(database.address))
    with _one_at_a_time:
        database.write(_upgrade, str(database.address))


def _upgrade(connection: Connection, where: str) -> None:
    if connection.dialect.name == "sqlite":
        # The write transaction of SQLite is the lock.
        _run_alembic(connection, where)
        return
    with postgresql.patient(connection):
        postgresql.check_server(connection)
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
        _run_alembic(connection, where)


def _run_alembic(connection: Connection, where: str) -> None:
    # Somebody else may have done it while we waited for the lock.
    found = version(connection)
    if found == NEWEST:
        return
    _refuse_newer(found, where)
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    script = _script()
    with EnvironmentContext(Config(), script, fn=lambda current, _: script._upgrade_revs(NEWEST, current)) as context:
        context.configure(connection=connection, version_table=VERSION_TABLE)
        context.run_migrations()


def _refuse_newer(found: str, where: str) -> None:
    if not found or found in {revision.revision for revision in _script().walk_revisions()}:
        return
    raise CannotRun(
        f"the ledger {where} was written by a newer dcops: its tables are version {found},"
        f" this dcops knows them up to {NEWEST}",
        next_step="Upgrade dcops on this host, or bring back the copy of the ledger from before its upgrade",
    )


def _script() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory(_MIGRATIONS)
