"""Locks on devices, so that two runs never talk to one device at once. A lock that was not renewed falls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from dcops.ledger.tables import device_lock
from dcops.ledger.upsert import insert_or_update


def take(
    connection: Connection, devices: Collection[str], *, owner: str, now: datetime, ttl_seconds: float
) -> Mapping[str, str]:
    """Take the locks that are free, expired or ours already; gives who holds each of the others."""
    wanted = sorted(set(devices))
    expires = now + timedelta(seconds=ttl_seconds)
    insert_or_update(
        connection,
        device_lock,
        [{"device": device, "owner": owner, "taken": now, "expires": expires} for device in wanted],
        when=or_(device_lock.c.expires <= now, device_lock.c.owner == owner),
    )
    # The table holds no more rows than there are devices: it is read whole, without a list of them.
    holders = {row.device: row.owner for row in connection.execute(select(device_lock.c.device, device_lock.c.owner))}
    return {device: holders[device] for device in wanted if holders[device] != owner}


def renew(connection: Connection, owner: str, *, now: datetime, ttl_seconds: float) -> int:
    """Hold on to what an owner holds; gives how many. One that somebody else took over is not won back."""
    changed = connection.execute(
        update(device_lock).where(device_lock.c.owner == owner).values(expires=now + timedelta(seconds=ttl_seconds))
    )
    return changed.rowcount


def release(connection: Connection, owner: str) -> None:
    """Let go of what an owner holds."""
    connection.execute(delete(device_lock).where(device_lock.c.owner == owner))


def held(connection: Connection, now: datetime) -> Mapping[str, tuple[str, datetime]]:
    """Who holds which device until when."""
    rows = connection.execute(select(device_lock).where(device_lock.c.expires > now).order_by(device_lock.c.device))
    return {row.device: (row.owner, row.expires) for row in rows}
