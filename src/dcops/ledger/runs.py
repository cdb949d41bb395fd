"""Runs of jobs: who does one, how far it is, how it ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, select, update

from dcops.ledger.tables import LIVE, job_attempt, job_run
from dcops.ledger.upsert import insert_new
from dcops.model.job import LedgerRun, RunKey, RunState, RunTrigger

MOST = 10_000
"""More rows than this are never read at once."""

_LIVE = tuple(state.value for state in RunState if not state.ended)
_REPEATABLE = tuple(state.value for state in RunState if state.ended and not state.succeeded)
_SUCCEEDED = tuple(state.value for state in RunState if state.succeeded)


def claim(
    connection: Connection, key: RunKey, *, node: str, trigger: RunTrigger, now: datetime, attempt: int = 1
) -> bool:
    """Take a due time, or try a failed one again. True for exactly one caller."""
    fresh = _fresh(RunState.QUEUED, node=node, trigger=trigger, now=now, attempt=attempt)
    row = {"job": key.job, "due": key.due, **fresh}
    if attempt == 1:
        return insert_new(connection, job_run, row) and insert_new(connection, job_attempt, row)
    # Whoever moves the row on has the attempt; the others find it moved. Work that succeeded is not repeated.
    moved = connection.execute(
        update(job_run)
        .where(_is(job_run, key), job_run.c.attempt == attempt - 1, job_run.c.state.in_(_REPEATABLE))
        .values(**fresh)
    )
    return moved.rowcount == 1 and insert_new(connection, job_attempt, row)


def skip(connection: Connection, key: RunKey, *, node: str, now: datetime, reason: str, trigger: RunTrigger) -> bool:
    """Write down that a due time was let pass; False when it already has a row."""
    fresh = _fresh(RunState.SKIPPED, node=node, trigger=trigger, now=now, attempt=1)
    row = {"job": key.job, "due": key.due, **fresh, "finished": now, "reason": reason}
    return insert_new(connection, job_run, row) and insert_new(connection, job_attempt, row)


def start(
    connection: Connection,
    key: RunKey,
    *,
    now: datetime,
    run: str,
    process_group: int | None,
    artefact: str,
    attempt: int | None,
) -> bool:
    """From queued to running."""
    return _change(
        connection,
        key,
        attempt,
        (RunState.QUEUED.value,),
        state=RunState.RUNNING.value,
        started=now,
        heartbeat=now,
        run=run,
        process_group=process_group,
        artefact=artefact,
    )


def heartbeat(connection: Connection, key: RunKey, *, now: datetime, attempt: int | None) -> bool:
    """It still runs; False when the ledger knows that it does not."""
    return _change(connection, key, attempt, (RunState.RUNNING.value,), heartbeat=now)


def finish(
    connection: Connection,
    key: RunKey,
    state: RunState,
    *,
    now: datetime,
    reason: str,
    exit_code: int | None,
    summary: Mapping[str, object],
    run: str,
    attempt: int | None,
) -> bool:
    """Write down how it ended, here and with its attempt; False when it had ended before."""
    told = {"state": state.value, "finished": now, "reason": reason, "exit_code": exit_code, "summary": summary}
    if run:
        told["run"] = run
    if not _change(connection, key, attempt, _LIVE, **told):
        return False
    row = connection.execute(select(job_run).where(_is(job_run, key))).one()
    values = {name: value for name, value in row._mapping.items() if name not in ("job", "due", "attempt")}
    connection.execute(
        update(job_attempt).where(_is(job_attempt, key), job_attempt.c.attempt == row.attempt).values(**values)
    )
    return True


def get(connection: Connection, key: RunKey) -> LedgerRun | None:
    """The row of a due time."""
    row = connection.execute(select(job_run).where(_is(job_run, key))).one_or_none()
    return _as_run(row) if row else None


def attempts(connection: Connection, key: RunKey) -> tuple[LedgerRun, ...]:
    """Every try at a due time, the first one first. The newest is as fresh as the row itself."""
    newest = get(connection, key)
    if newest is None:
        return ()
    older = connection.execute(
        select(job_attempt)
        .where(_is(job_attempt, key), job_attempt.c.attempt < newest.attempt)
        .order_by(job_attempt.c.attempt)
    )
    return (*map(_as_run, older), newest)


def listed(
    connection: Connection,
    *,
    job: str | None,
    since: datetime | None,
    until: datetime | None,
    states: Collection[RunState],
    limit: int,
) -> tuple[LedgerRun, ...]:
    """Runs that were due in `since <= due < until`, newest first."""
    wanted: list[ColumnElement[bool]] = []
    if job is not None:
        wanted.append(job_run.c.job == job)
    if since is not None:
        wanted.append(job_run.c.due >= since)
    if until is not None:
        wanted.append(job_run.c.due < until)
    if states:
        wanted.append(job_run.c.state.in_([state.value for state in states]))
    rows = connection.execute(
        select(job_run).where(*wanted).order_by(job_run.c.due.desc(), job_run.c.job).limit(max(0, min(limit, MOST)))
    )
    return tuple(map(_as_run, rows))


def last(connection: Connection, job: str, *, succeeded: bool = False) -> LedgerRun | None:
    """The run with the newest due time, of all or of those that succeeded."""
    wanted = select(job_run).where(job_run.c.job == job)
    if succeeded:
        wanted = wanted.where(job_run.c.state.in_(_SUCCEEDED))
    row = connection.execute(wanted.order_by(job_run.c.due.desc()).limit(1)).one_or_none()
    return _as_run(row) if row else None


def last_due(connection: Connection, job: str, *, triggers: Collection[RunTrigger]) -> datetime | None:
    """The newest due time that has a row, of all triggers or of some."""
    wanted = select(func.max(job_run.c.due)).where(job_run.c.job == job)
    if triggers:
        wanted = wanted.where(job_run.c.trigger.in_([trigger.value for trigger in triggers]))
    newest: datetime | None = connection.scalar(wanted)
    return newest


def stale(connection: Connection, *, before: datetime) -> tuple[LedgerRun, ...]:
    """Runs that should be alive and gave no sign of it since `before`, the oldest due time first."""
    sign = func.coalesce(job_run.c.heartbeat, job_run.c.started, job_run.c.claimed, type_=job_run.c.claimed.type)
    rows = connection.execute(select(job_run).where(LIVE, sign < before).order_by(job_run.c.due).limit(MOST))
    return tuple(map(_as_run, rows))


def _fresh(state: RunState, *, node: str, trigger: RunTrigger, now: datetime, attempt: int) -> dict[str, object]:
    return {
        "attempt": attempt,
        "node": node,
        "state": state.value,
        "trigger": trigger.value,
        "reason": "",
        "run": "",
        "claimed": now,
        "started": None,
        "heartbeat": None,
        "finished": None,
        "exit_code": None,
        "process_group": None,
        "summary": {},
        "artefact": "",
    }


def _change(
    connection: Connection, key: RunKey, attempt: int | None, states: Collection[str], **values: object
) -> bool:
    wanted = [_is(job_run, key), job_run.c.state.in_(states)]
    if attempt is not None:
        # A supervisor that was given up may still be alive: it must not speak for the attempt after its own.
        wanted.append(job_run.c.attempt == attempt)
    return connection.execute(update(job_run).where(*wanted).values(**values)).rowcount == 1


def _is(runs: Table, key: RunKey) -> ColumnElement[bool]:
    return and_(runs.c.job == key.job, runs.c.due == key.due)


def _as_run(row: Row[Any]) -> LedgerRun:
    values = dict(row._mapping)
    values["state"] = RunState(values["state"])
    values["trigger"] = RunTrigger(values["trigger"])
    return LedgerRun(**values)
