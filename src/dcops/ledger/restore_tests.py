"""Restore tests: what was tried of each device's backup, when, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, func, select, tuple_

from dcops.ledger.tables import restore_test
from dcops.ledger.upsert import insert_new
from dcops.model.restore_test import Level, RestoreResult, RestoreTest
from dcops.model.snapshot import ConfigSource

MOST = 100_000

_BETWEEN = ", "
_COUNT = tuple(level.value for level in Level if level.counts)


def note(connection: Connection, tests: Iterable[RestoreTest]) -> int:
    """Write down tests; gives how many were new. One of a run and device that is known already is left as it is."""
    ordered = sorted(tests, key=lambda test: (test.run, test.device))
    return sum(insert_new(connection, restore_test, _row(test)) for test in ordered)


def listed(
    connection: Connection, *, device: str | None, since: datetime | None, limit: int
) -> tuple[RestoreTest, ...]:
    """Tests of one device or of all, the newest first."""
    wanted: list[ColumnElement[bool]] = []
    if device is not None:
        wanted.append(restore_test.c.device == device)
    if since is not None:
        wanted.append(restore_test.c.tested_at >= since)
    rows = connection.execute(
        select(restore_test)
        .where(*wanted)
        .order_by(restore_test.c.tested_at.desc(), restore_test.c.device, restore_test.c.run)
        .limit(min(limit, MOST))
    )
    return tuple(_test(row) for row in rows)


def last_good(connection: Connection, *, level: Level | None, until: datetime | None) -> Mapping[str, RestoreTest]:
    """The newest good test of each device: of one level, or of any that counts."""
    wanted = [restore_test.c.result == RestoreResult.OK.value, _of_level(level)]
    if until is not None:
        wanted.append(restore_test.c.tested_at <= until)
    newest = (
        select(restore_test.c.device, func.max(restore_test.c.tested_at)).where(*wanted).group_by(restore_test.c.device)
    )
    key = tuple_(restore_test.c.device, restore_test.c.tested_at)
    rows = connection.execute(
        # Two of one moment are told in one order, whichever database is asked.
        select(restore_test).where(*wanted, key.in_(newest)).order_by(restore_test.c.device, restore_test.c.run)
    )
    return {row.device: _test(row) for row in rows}


def _of_level(level: Level | None) -> ColumnElement[bool]:
    return restore_test.c.level == level.value if level else restore_test.c.level.in_(_COUNT)


def _row(test: RestoreTest) -> dict[str, object]:
    return {
        "run": test.run,
        "device": test.device,
        "revision": test.revision,
        "sources": _BETWEEN.join(test.sources),
        "tested_at": test.tested_at,
        "level": test.level.value,
        "result": test.result.value,
        "detail": test.detail,
        "holder": test.holder,
    }


def _test(row: Row[tuple[object, ...]]) -> RestoreTest:
    return RestoreTest(
        device=row.device,
        revision=row.revision,
        sources=tuple(ConfigSource(word) for word in row.sources.split(_BETWEEN) if word),
        tested_at=row.tested_at,
        level=Level(row.level),
        result=RestoreResult(row.result),
        detail=row.detail,
        holder=row.holder,
        run=row.run,
    )
