"""Maintenance windows: when alarms about some devices stay silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, insert, select, update

from dcops.ledger.tables import maintenance_window
from dcops.model.job import MaintenanceWindow

MOST = 1_000

_SELECTORS = ("sites", "roles", "platforms", "devices", "tags")


def begin(connection: Connection, window: MaintenanceWindow) -> MaintenanceWindow:
    """Write down a window; gives it with its number."""
    if window.end <= window.start:
        raise ValueError("a maintenance window ends after it starts")
    done = connection.execute(
        insert(maintenance_window).values(
            starts_at=window.start,
            ends_at=window.end,
            who=window.who,
            reason=window.reason,
            selection={name: list(getattr(window, name)) for name in _SELECTORS},
        )
    )
    return replace(window, id=_number(done.inserted_primary_key))


def end(connection: Connection, number: int, now: datetime) -> bool:
    """End a window early, or call off one that has not begun; False when it is unknown or over."""
    over = case((maintenance_window.c.starts_at > now, maintenance_window.c.starts_at), else_=now)
    done = connection.execute(
        update(maintenance_window)
        .where(
            maintenance_window.c.id == number,
            maintenance_window.c.ends_at > now,
            maintenance_window.c.ends_at > maintenance_window.c.starts_at,
        )
        .values(ends_at=over)
    )
    return done.rowcount == 1


def listed(connection: Connection, *, at: datetime | None, since: datetime | None) -> tuple[MaintenanceWindow, ...]:
    """Windows in force at a time, or that end after one; the earliest first."""
    wanted: list[ColumnElement[bool]] = []
    if at is not None:
        wanted += [maintenance_window.c.starts_at <= at, maintenance_window.c.ends_at > at]
    if since is not None:
        wanted += [
            maintenance_window.c.ends_at > since,
            maintenance_window.c.ends_at > maintenance_window.c.starts_at,
        ]
    rows = connection.execute(
        select(maintenance_window)
        .where(*wanted)
        .order_by(maintenance_window.c.starts_at.desc(), maintenance_window.c.id.desc())
        .limit(MOST)
    )
    return tuple(reversed([_as_window(row) for row in rows]))


def _number(key: Row[Any] | None) -> int:
    assert key is not None
    return int(key[0])


def _as_window(row: Row[Any]) -> MaintenanceWindow:
    selection = {name: tuple(row.selection.get(name, ())) for name in _SELECTORS}
    return MaintenanceWindow(
        id=row.id, start=row.starts_at, end=row.ends_at, who=row.who, reason=row.reason, **selection
    )
