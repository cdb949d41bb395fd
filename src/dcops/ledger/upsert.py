"""`INSERT … ON CONFLICT`, which both databases have and SQLAlchemy keeps in two places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def insert_into(connection: Connection, into: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the dialect of the connection."""
    # The dialect of PostgreSQL brings its four drivers along: whoever keeps the ledger in a file need not wait for it.
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(into)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(into)


def insert_new(connection: Connection, into: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row; False when its key is taken. Of many who do this at once exactly one gets True."""
    return connection.execute(insert_into(connection, into).on_conflict_do_nothing(), dict(values)).rowcount == 1


def insert_or_update(
    connection: Connection,
    into: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    when: ColumnElement[bool] | None = None,
) -> None:
    """Insert rows or overwrite those with their keys; only where `when` holds for the row that is there.

    Rows should come in the order of their keys: two who write the same ones then wait, and do not deadlock.
    """
    if not rows:
        return
    insert = insert_into(connection, into)
    keys = [column.name for column in into.primary_key]
    others = {column.name: insert.excluded[column.name] for column in into.columns if column.name not in keys}
    connection.execute(
        insert.on_conflict_do_update(index_elements=keys, set_=others, where=when), [dict(row) for row in rows]
    )
