"""Take old rows out of the ledger, a few at a time, and never the ones that still say something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, tuple_

from dcops.ledger.tables import device_lock, job_run, maintenance_window, message, restore_test
from dcops.model.job import RunState
from dcops.model.restore_test import RestoreResult

BATCH = 500
"""Rows per transaction: nobody waits long for a housekeeper."""

_LIVE = tuple(state.value for state in RunState if not state.ended)
_SUCCEEDED = tuple(state.value for state in RunState if state.succeeded)


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows were taken out."""

    runs: int = 0
    """Each with its attempts and outcomes."""
    messages: int = 0
    windows: int = 0
    locks: int = 0
    restore_tests: int = 0
    audits: int = 0
    """Each with all that it found."""


def prune_runs(connection: Connection, before: datetime) -> int:
    """One batch of runs that were due before a time.

    A job's newest row stays, for catching up begins there, and so does its last success, however old.
    """
    kept = select(job_run.c.job, func.max(job_run.c.due)).group_by(job_run.c.job)
    kept_successes = kept.where(job_run.c.state.in_(_SUCCEEDED))
    key = tuple_(job_run.c.job, job_run.c.due)
    old = connection.execute(
        select(job_run.c.job, job_run.c.due)
        .where(
            job_run.c.due < before,
            job_run.c.state.not_in(_LIVE),
            key.not_in(kept),
            key.not_in(kept_successes),
        )
        .order_by(job_run.c.due)
        .limit(BATCH)
    ).all()
    for job, due in old:
        connection.execute(delete(job_run).where(job_run.c.job == job, job_run.c.due == due))
    return len(old)


def prune_messages(connection: Connection, before: datetime) -> int:
    """One batch of messages that were sent or given up, and made before a time."""
    return _by_number(connection, message, [message.c.created < before, message.c.next_try.is_(None)])


def prune_windows(connection: Connection, before: datetime) -> int:
    """One batch of maintenance windows that ended before a time."""
    return _by_number(connection, maintenance_window, [maintenance_window.c.ends_at < before])


def prune_locks(connection: Connection, before: datetime) -> int:
    """Locks on devices that fell before a time and that nobody took over."""
    return connection.execute(delete(device_lock).where(device_lock.c.expires < before)).rowcount


def prune_restore_tests(connection: Connection, before: datetime) -> int:
    """One batch of restore tests made before a time.

    The newest test of each device stays, and its last good one of each level, however old.
    """
    moment = func.max(restore_test.c.tested_at)
    newest = select(restore_test.c.device, moment).group_by(restore_test.c.device)
    good = (
        select(restore_test.c.device, restore_test.c.level, moment)
        .where(restore_test.c.result == RestoreResult.OK.value)
        .group_by(restore_test.c.device, restore_test.c.level)
    )
    old = connection.execute(
        select(restore_test.c.run, restore_test.c.device)
        .where(
            restore_test.c.tested_at < before,
            tuple_(restore_test.c.device, restore_test.c.tested_at).not_in(newest),
            tuple_(restore_test.c.device, restore_test.c.level, restore_test.c.tested_at).not_in(good),
        )
        .order_by(restore_test.c.tested_at)
        .limit(BATCH)
    ).all()
    for run, device in old:
        connection.execute(delete(restore_test).where(restore_test.c.run == run, restore_test.c.device == device))
    return len(old)


def _by_number(connection: Connection, table: Table, wanted: list[ColumnElement[bool]]) -> int:
    old = select(table.c.id).where(*wanted).order_by(table.c.id).limit(BATCH)
    return connection.execute(delete(table).where(table.c.id.in_(old))).rowcount
