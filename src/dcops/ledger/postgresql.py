"""The ledger in PostgreSQL, for more than one host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine

from dcops.errors import CannotRun
from dcops.ledger.address import Address
from dcops.ledger.tables import know_postgresql
from dcops.model.secret import Secret

if TYPE_CHECKING:
    import psycopg

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 15
LOCK_SECONDS = 10
ANSWER_SECONDS = 20.0
"""How long we wait for a server that neither answers nor hangs up; the server's own limits come first."""
MIGRATION_SECONDS = 600
OLDEST = 130000

# A host that vanished without closing its connections is noticed by TCP itself.
_TCP = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
}


def engine_of(address: Address, password: Secret | None) -> Engine:
    """Connections that give up in time. The password never becomes part of a URL."""
    try:
        from dcops.ledger.bounded import BoundedConnection
    except ImportError as error:
        raise CannotRun(
            f"a ledger in PostgreSQL needs psycopg: {error}",
            next_step="Install it with: pipx inject dcops 'psycopg[binary]'",
        ) from None
    know_postgresql()
    dialect = address.url.get_dialect()()
    _, given = dialect.create_connect_args(address.url)
    # What the URL says wins over our own choice of time limits.
    parameters: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "dcops",
        **_TCP,
        **given,
        "client_encoding": "utf8",
    }

    def connect() -> psycopg.Connection[Any]:
        secret = {"password": password.reveal()} if password else {}
        connection = BoundedConnection.connect(**(parameters | secret | {"autocommit": True}))
        connection.execute(_session(), prepare=False)
        connection.autocommit = False
        return connection

    return create_engine(
        "postgresql+psycopg://",
        creator=connect,
        pool_size=5,
        max_overflow=10,
        pool_timeout=ANSWER_SECONDS,
        # After a restart of the server the first call already finds a living connection.
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,
        execution_options={"preserve_rowcount": True},
    )


def _session() -> str:
    return (
        f"SET statement_timeout = '{STATEMENT_SECONDS}s'; SET lock_timeout = '{LOCK_SECONDS}s';"
        f" SET idle_in_transaction_session_timeout = '{2 * STATEMENT_SECONDS}s'; SET TIME ZONE 'UTC';"
        # A claim that was answered with yes must still be there after a crash, or its work is done twice.
        " SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )


def check_server(connection: Connection) -> None:
    """Refuse a server or database that could not keep what dcops writes."""
    version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    if version < OLDEST:
        raise CannotRun(
            f"the ledger needs PostgreSQL 13 or newer, this server is {version // 10000}",
            next_step="Upgrade the server, or keep the ledger in SQLite",
        )
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise CannotRun(
            f"the ledger's database stores its texts as {encoding}, which has no room for Vietnamese",
            next_step="Make one with: createdb -E UTF8 -T template0 NAME",
        )


@contextmanager
def patient(connection: Connection) -> Iterator[None]:
    """Inside, statements may take as long as a change of big tables needs."""
    driver = connection.connection.driver_connection
    assert driver is not None
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{MIGRATION_SECONDS}s'")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{MIGRATION_SECONDS // 10}s'")
    before, driver.answer_seconds = driver.answer_seconds, float(MIGRATION_SECONDS + CONNECT_SECONDS)
    try:
        yield
    finally:
        driver.answer_seconds = before
