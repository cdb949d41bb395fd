"""Messages that wait to be sent, and those that could not be."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from dcops.ledger.tables import DEAD, message
from dcops.ledger.upsert import insert_into
from dcops.model.job import Message

MOST = 1_000

_LONGEST_KEY = 200


def enqueue(
    connection: Connection, channel: str, subject: str, body: str, *, now: datetime, dedup: str
) -> Message | None:
    """Put a message into the queue; None when its channel was given one with this key before."""
    done = connection.execute(
        insert_into(connection, message).on_conflict_do_nothing(),
        {
            "channel": channel,
            "subject": subject,
            "body": body,
            "dedup": _short(dedup),
            "created": now,
            "attempts": 0,
            "next_try": now,
            "last_error": "",
            "sent": None,
            "dead": False,
        },
    )
    if done.rowcount != 1:
        return None
    assert done.inserted_primary_key is not None
    return Message(int(done.inserted_primary_key[0]), channel, subject, body, created=now, next_try=now)


def due(connection: Connection, now: datetime, limit: int) -> tuple[Message, ...]:
    """Messages whose time has come, the longest waiting first."""
    rows = connection.execute(
        select(message)
        .where(message.c.next_try <= now)
        .order_by(message.c.next_try, message.c.id)
        .limit(max(0, min(limit, MOST)))
    )
    return tuple(map(_as_message, rows))


def sent(connection: Connection, number: int, now: datetime) -> bool:
    """It left; False when it was not waiting any more."""
    return _change(connection, number, sent=now, next_try=None, attempts=message.c.attempts + 1, last_error="")


def try_later(connection: Connection, number: int, error: str, next_try: datetime) -> bool:
    """It did not leave this time; False when it was not waiting any more."""
    return _change(connection, number, next_try=next_try, attempts=message.c.attempts + 1, last_error=error)


def bury(connection: Connection, number: int, error: str) -> bool:
    """It will not leave by itself any more; False when it was not waiting any more."""
    return _change(connection, number, next_try=None, attempts=message.c.attempts + 1, last_error=error, dead=True)


def dead(connection: Connection, limit: int) -> tuple[Message, ...]:
    """Those that were given up, the newest first."""
    rows = connection.execute(select(message).where(DEAD).order_by(message.c.id.desc()).limit(max(0, min(limit, MOST))))
    return tuple(map(_as_message, rows))


def revive(connection: Connection, number: int, now: datetime) -> bool:
    """Give a message that was given up another chance, from its first attempt; False when it is not dead."""
    done = connection.execute(
        update(message).where(message.c.id == number, message.c.dead).values(dead=False, next_try=now, attempts=0)
    )
    return done.rowcount == 1


def _change(connection: Connection, number: int, **values: object) -> bool:
    # Only what waits has a next try.
    done = connection.execute(
        update(message).where(message.c.id == number, message.c.next_try.is_not(None)).values(**values)
    )
    return done.rowcount == 1


def _short(dedup: str) -> str | None:
    """A key that fits into an index of PostgreSQL, whatever it was made of."""
    if len(dedup) > _LONGEST_KEY:
        return f"sha256:{hashlib.sha256(dedup.encode('utf-8', 'replace')).hexdigest()}"
    return dedup or None


def _as_message(row: Row[Any]) -> Message:
    values = {name: value for name, value in row._mapping.items() if name != "dedup"}
    return Message(**values)
