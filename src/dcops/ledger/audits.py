"""Audits: what each judged and found, how every device stands, and when a fault was first seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from dcops.ledger.tables import audit_finding, audit_run, audit_source, audit_standing, audit_tally
from dcops.ledger.upsert import insert_new, insert_or_update
from dcops.model.audit import EVERYTHING, AuditFinding, AuditPoint, AuditRecord, AuditSource, Standing, Tally
from dcops.model.finding import Severity, Status

BATCH = 20
"""Audits per transaction of a housekeeper: each has a thousand rows below it."""
_AT_ONCE = 500
_COUNTS = ("passed", "failed", "not_applicable", "could_not_check", "exception")


def record(connection: Connection, audit: AuditRecord) -> Mapping[str, datetime]:
    """Write an audit down; gives when each fingerprint in it was first seen. A second word about a run is ignored."""
    seen = first_seen(connection, audit.audit, {finding.fingerprint for finding in audit.findings})
    seen = {finding.fingerprint: seen.get(finding.fingerprint, audit.at) for finding in audit.findings}
    header = {name: getattr(audit, name) for name in ("run", "audit", "at", "origin", "rules")}
    parts = {"packs": list(audit.packs), "exceptions": [dict(one) for one in audit.exceptions]}
    if not insert_new(connection, audit_run, {**header, **parts}):
        return seen
    tallies = [
        {"device": device, "pack": pack, **dict(zip(_COUNTS, tally.numbers, strict=True))}
        for (device, pack), tally in sorted(audit.tallies.items())
    ]
    _insert(connection, audit_tally, ({"run": audit.run, **row} for row in tallies))
    _insert(connection, audit_finding, _findings(audit, seen))
    _insert(connection, audit_source, _sources(audit))
    if audit.all_packs:
        _forget_others(connection, audit)
    insert_or_update(
        connection,
        audit_standing,
        [{"audit": audit.audit, "run": audit.run, "at": audit.at, **row} for row in tallies],
        when=audit_standing.c.at <= audit.at,
    )
    return seen


def first_seen(connection: Connection, audit: str, fingerprints: Collection[str]) -> Mapping[str, datetime]:
    """When each of these was first found; those that never were are left out."""
    found: dict[str, datetime] = {}
    ordered = sorted(fingerprints)
    for start in range(0, len(ordered), _AT_ONCE):
        rows = connection.execute(
            select(audit_finding.c.fingerprint, func.min(audit_finding.c.first_seen).label("at"))
            .join(audit_run, audit_run.c.run == audit_finding.c.run)
            .where(audit_run.c.audit == audit, audit_finding.c.fingerprint.in_(ordered[start : start + _AT_ONCE]))
            .group_by(audit_finding.c.fingerprint)
        )
        found.update({row.fingerprint: row.at for row in rows})
    return found


def listed(connection: Connection, audit: str, *, limit: int) -> tuple[AuditRecord, ...]:
    """The newest audits of a kind, the newest first, without what they found."""
    rows = connection.execute(
        select(audit_run)
        .where(audit_run.c.audit == audit)
        .order_by(audit_run.c.at.desc(), audit_run.c.run.desc())
        .limit(limit)
    )
    return tuple(AuditRecord(**_header(row)) for row in rows)


def read(connection: Connection, run: str) -> AuditRecord | None:
    """One audit with all that is kept of it; None when there is none of that name."""
    row = connection.execute(select(audit_run).where(audit_run.c.run == run)).first()
    if row is None:
        return None
    tallies = connection.execute(select(audit_tally).where(audit_tally.c.run == run))
    findings = connection.execute(
        select(audit_finding)
        .where(audit_finding.c.run == run)
        .order_by(audit_finding.c.device, audit_finding.c["check"], audit_finding.c.fingerprint)
    )
    sources = connection.execute(
        select(audit_source).where(audit_source.c.run == run).order_by(audit_source.c.device, audit_source.c.source)
    )
    return AuditRecord(
        **_header(row),
        tallies={(one.device, one.pack): _tally(one) for one in tallies},
        findings=tuple(_finding(one) for one in findings),
        sources=tuple(AuditSource(**{name: one._mapping[name] for name in _SOURCE}) for one in sources),
    )


def standings(connection: Connection, audit: str) -> tuple[Standing, ...]:
    """How every device stood in its newest audit, by device and pack."""
    rows = connection.execute(
        select(audit_standing)
        .where(audit_standing.c.audit == audit)
        .order_by(audit_standing.c.device, audit_standing.c.pack)
    )
    return tuple(Standing(row.device, row.pack, row.run, row.at, _tally(row)) for row in rows)


def trend(
    connection: Connection,
    audit: str,
    *,
    packs: Sequence[str],
    pack: str,
    devices: Collection[str] | None,
    before: datetime,
    limit: int,
) -> tuple[AuditPoint, ...]:
    """What earlier audits by the same packs counted of one pack and of these devices, the newest first."""
    sums = [func.sum(audit_tally.c[name]).label(name) for name in _COUNTS]
    wanted = [
        audit_run.c.audit == audit,
        audit_run.c.packs == list(packs),
        audit_run.c.at < before,
        audit_tally.c.pack == pack,
    ]
    if devices is not None:
        wanted.append(audit_tally.c.device.in_(sorted(devices)))
    rows = connection.execute(
        select(audit_run.c.run, audit_run.c.at, func.count(audit_tally.c.device).label("devices"), *sums)
        .join(audit_tally, audit_tally.c.run == audit_run.c.run)
        .where(*wanted)
        .group_by(audit_run.c.run, audit_run.c.at)
        .order_by(audit_run.c.at.desc(), audit_run.c.run.desc())
        .limit(limit)
    )
    return tuple(AuditPoint(row.run, row.at, row.devices, _tally(row)) for row in rows)


def prune(connection: Connection, before: datetime) -> int:
    """One batch of audits made before a time; the newest of each kind stays, however old."""
    newest = select(func.max(audit_run.c.at)).where(audit_run.c.audit == _other.c.audit).scalar_subquery()
    old = connection.scalars(
        select(_other.c.run).where(_other.c.at < before, _other.c.at < newest).order_by(_other.c.at).limit(BATCH)
    ).all()
    for run in old:
        connection.execute(delete(audit_run).where(audit_run.c.run == run))
    connection.execute(delete(audit_standing).where(audit_standing.c.at < before))
    return len(old)


_other = audit_run.alias("other")
_SOURCE = ("device", "source", "taken", "origin", "sha256", "problem")


def _insert(connection: Connection, table: Any, rows: Iterable[Mapping[str, object]]) -> None:
    if found := [dict(row) for row in rows]:
        connection.execute(table.insert(), found)


def _forget_others(connection: Connection, audit: AuditRecord) -> None:
    """Take out how these devices stood by packs that are no more."""
    devices = sorted({device for device, _ in audit.tallies})
    for start in range(0, len(devices), _AT_ONCE):
        connection.execute(
            delete(audit_standing).where(
                audit_standing.c.audit == audit.audit,
                audit_standing.c.at <= audit.at,
                audit_standing.c.device.in_(devices[start : start + _AT_ONCE]),
                audit_standing.c.pack.not_in([*audit.packs, EVERYTHING]),
            )
        )


def _findings(audit: AuditRecord, seen: Mapping[str, datetime]) -> Iterator[Mapping[str, object]]:
    # Alike things have one fingerprint: a line that stands twice in one block is one fault.
    once = {(one.device, one.check, one.fingerprint): one for one in reversed(audit.findings)}
    for (device, check, fingerprint), one in sorted(once.items()):
        yield {
            "run": audit.run,
            "device": device,
            "check": check,
            "fingerprint": fingerprint,
            "status": one.status.value,
            "severity": one.severity.value,
            "refs": list(one.refs),
            "first_seen": seen[fingerprint],
        }


def _sources(audit: AuditRecord) -> Iterator[Mapping[str, object]]:
    once = {(one.device, one.source): one for one in audit.sources}
    for _, one in sorted(once.items()):
        yield {"run": audit.run, **{name: getattr(one, name) for name in _SOURCE}}


def _header(row: Row[Any]) -> dict[str, Any]:
    return {
        "run": row.run,
        "audit": row.audit,
        "at": row.at,
        "origin": row.origin,
        "packs": tuple(row.packs),
        "rules": row.rules,
        "exceptions": tuple(row.exceptions),
    }


def _finding(row: Row[Any]) -> AuditFinding:
    return AuditFinding(
        device=row.device,
        check=row._mapping["check"],
        fingerprint=row.fingerprint,
        status=Status(row.status),
        severity=Severity(row.severity),
        refs=tuple(row.refs),
        first_seen=row.first_seen,
    )


def _tally(row: Row[Any]) -> Tally:
    return Tally(*(int(row._mapping[name]) for name in _COUNTS))
