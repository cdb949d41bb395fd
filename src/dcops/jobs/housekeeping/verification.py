"""Chore: read everything that was ever archived, and name what is damaged."""

from __future__ import annotations

from datetime import timedelta

from dcops.archive.inspection import Fault
from dcops.jobs.doctor.night import VERIFIED_NOTE
from dcops.jobs.housekeeping.chore import NOTHING_ARCHIVED, Done, Rooms, counted, is_due
from dcops.model.finding import Finding, Severity, Status
from dcops.model.moment import from_rfc3339, rfc3339

DAMAGED = "ARC-001"
_SHOWN = 6
_STEP = "Fetch what is damaged from a copy of the archive, and test the disk: docs/how-to/recovery.md"


def do(rooms: Rooms) -> Done:
    """Verify the archive when that is due; after a damage it is due every night."""
    if not rooms.has_archive:
        return NOTHING_ARCHIVED
    ledger, now = rooms.ledger(), rooms.clock()
    noted = ledger.noted(VERIFIED_NOTE)
    if noted and not is_due(noted, rooms.wanted.verify_every, now):
        return Done(f"verified {counted((now - from_rfc3339(noted)) // timedelta(days=1), 'day')} ago")
    found = rooms.archive.verify()
    figures = {"versions": found.versions, "sealed_files": found.sealed_files, "damaged": len(found.faults)}
    read = f"{counted(found.versions, 'version')} and {counted(found.sealed_files, 'sealed file')} read"
    if not found.faults:
        ledger.note(VERIFIED_NOTE, rfc3339(now))
        return Done(f"{read}: all well", figures)
    devices = sorted({fault.device for fault in found.faults if fault.device})
    of = f" of {', '.join(devices[:_SHOWN])}{' and others' if len(devices) > _SHOWN else ''}" if devices else ""
    damage = f"{len(found.faults)} damages{of}" if len(found.faults) > 1 else f"1 damage{of}"
    return Done(
        f"{read}: {damage}",
        figures,
        tuple(_finding(fault) for fault in found.faults),
        failure=f"the archive is damaged ({damage}). {_STEP}",
    )


def _finding(fault: Fault) -> Finding:
    shown = " ".join(revision[:8] for revision in fault.versions[:_SHOWN])
    more = f" and {len(fault.versions) - _SHOWN} more" if len(fault.versions) > _SHOWN else ""
    return Finding(
        DAMAGED,
        Status.FAIL,
        Severity.CRITICAL,
        fault.device,
        "the archive is damaged",
        f"{fault.kind}: {fault.message}{f'; versions {shown}{more}' if shown else ''}",
        _STEP,
        "R-BKP-9",
    )
