"""What came of each device, run by run, and when each was last well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select

from dcops.errors import CannotRun
from dcops.ledger.tables import device_success, job_outcome, job_run
from dcops.ledger.upsert import insert_or_update
from dcops.model.job import DeviceResult, RunKey

_COLUMNS = tuple(column.name for column in job_outcome.columns)


def record(connection: Connection, key: RunKey, outcomes: Iterable[DeviceResult]) -> None:
    """Write down what came of devices; a second word about a device replaces the first."""
    # A success is as old as the begin of its run: the device was read then or later.
    begun = connection.scalar(
        select(func.coalesce(job_run.c.started, job_run.c.claimed, type_=job_run.c.claimed.type)).where(
            job_run.c.job == key.job, job_run.c.due == key.due
        )
    )
    if begun is None:
        raise CannotRun(
            f"the ledger has no run of {key.job} due {key.due.isoformat()}", next_step="See: dcops jobs history"
        )
    of_device = {outcome.device: outcome for outcome in outcomes}
    ordered = [of_device[device] for device in sorted(of_device)]
    insert_or_update(
        connection,
        job_outcome,
        [{name: getattr(outcome, name) for name in _COLUMNS} | {"job": key.job, "due": key.due} for outcome in ordered],
    )
    insert_or_update(
        connection,
        device_success,
        [{"job": key.job, "device": outcome.device, "at": begun} for outcome in ordered if outcome.succeeded],
        when=device_success.c.at < begun,
    )


def of_run(connection: Connection, key: RunKey) -> tuple[DeviceResult, ...]:
    """The outcomes of one run, by the name of the device."""
    rows = connection.execute(
        select(job_outcome)
        .where(job_outcome.c.job == key.job, job_outcome.c.due == key.due)
        .order_by(job_outcome.c.device)
    )
    return tuple(DeviceResult(**row._mapping) for row in rows)


def successes(connection: Connection, job: str) -> Mapping[str, datetime]:
    """When each device was last well in a job."""
    rows = connection.execute(
        select(device_success.c.device, device_success.c.at)
        .where(device_success.c.job == job)
        .order_by(device_success.c.device)
    )
    return {row.device: row.at for row in rows}
