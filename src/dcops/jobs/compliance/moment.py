"""The time as of which an audit judges: now, or the end of what `--at` names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dcops.archive.history import History
from dcops.archive.moment import end, names_revision
from dcops.errors import UsageError


def as_of(at: str | None, history: History, now: datetime) -> datetime:
    """Exceptions, ages of sources and freshness are seen from there."""
    if at is None:
        return now
    if not names_revision(at):
        return min(end(at) - timedelta(microseconds=1), now).astimezone(UTC)
    commit = history.git.commit_named(at) if history.exists else None
    if commit is None:
        raise UsageError(f"the archive has no revision {at}", next_step="See: dcops archive log DEVICE")
    told = history.git.run("show", "--no-patch", "--format=%ct", commit).split()
    return min(datetime.fromtimestamp(int(told[0]), UTC), now)
