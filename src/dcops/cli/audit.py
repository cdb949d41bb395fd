"""Writes what a command did into the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dcops.errors import CannotRun, InvalidInput

if TYPE_CHECKING:
    from dcops.model.run import JobRun
    from dcops.settings import Settings


def record(
    settings: Settings, what: str, *, devices: Iterable[str] = (), result: str = "", run: str = "", detail: str = ""
) -> None:
    """Record one action of this person or service.

    A log that cannot be written is told of and stops nothing: at 3 a.m. a configuration is restored from a read-only
    copy too, and whoever holds a key could open it without dcops.
    """
    from dcops.auditlog.log import AuditLog
    from dcops.auditlog.syslog import of
    from dcops.cli.direct import warn

    try:
        log = AuditLog(settings.paths.state, syslog=of(settings.syslog.address))
        log.append(what=what, devices=devices, result=result, run=run, detail=detail)
    except (CannotRun, InvalidInput) as error:
        warn(f"this is not in the audit log: {error}")


def record_run(settings: Settings, run: JobRun) -> None:
    """Record a run over devices: those it touched, and how many ended how."""
    from dcops.model.run import Result

    counts = ", ".join(f"{number} {result}" for result, number in run.counts.items() if number)
    touched = [outcome.device for outcome in run.outcomes if outcome.result is not Result.SKIPPED]
    record(settings, run.command, devices=touched, result=counts, run=run.run)
