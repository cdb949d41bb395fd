"""Small things to remember by name, such as the last state of a job that people were told of."""

from __future__ import annotations

from sqlalchemy import Connection, select

from dcops.ledger.tables import note
from dcops.ledger.upsert import insert_or_update


def write(connection: Connection, name: str, value: str) -> None:
    """Remember a value under a name, instead of what was there."""
    insert_or_update(connection, note, [{"name": name, "value": value}])


def read(connection: Connection, name: str) -> str | None:
    """What was remembered; None when nothing was."""
    return connection.scalar(select(note.c.value).where(note.c.name == name))
