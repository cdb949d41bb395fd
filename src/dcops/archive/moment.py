"""Which version is meant: by a revision, a day or a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from dcops.archive.history import Version
from dcops.archive.record import stamp
from dcops.errors import UsageError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_REVISION = re.compile(r"[0-9a-f]{4,40}")


class NotYet(UsageError):
    """The device was archived only later than that."""


def chosen(versions: Sequence[Version], at: str | None, later_revisions: Callable[[], Sequence[str]]) -> Version:
    """The version of a device that was in force at `at`; the newest when nothing is said.

    `versions` and `later_revisions` (every commit of the archive) are newest first. A day means its last moment,
    here: a device that did not change that day is still found.
    """
    if at is None:
        return versions[0]
    if names_revision(at):
        return _by_revision(versions, at.lower(), later_revisions())
    until = end(at)
    for version in versions:
        if version.taken < until:
            return version
    message, next_step = _unknown(versions, f"there is no version as old as {at}")
    raise NotYet(message, next_step=next_step)


def _by_revision(versions: Sequence[Version], prefix: str, revisions: Sequence[str]) -> Version:
    found = [number for number, revision in enumerate(revisions) if revision.startswith(prefix)]
    if not found:
        message, next_step = _unknown(versions, f"there is no revision {prefix}")
        raise UsageError(message, next_step=next_step)
    if len(found) > 1:
        raise UsageError(f"{len(found)} revisions begin with {prefix}", next_step="Give more of its digits")
    # The commit may be one in which only other devices changed.
    in_force = set(revisions[found[0] :])
    for version in versions:
        if version.revision in in_force:
            return version
    message, next_step = _unknown(versions, f"the device was not archived yet at revision {prefix}")
    raise NotYet(message, next_step=next_step)


def names_revision(at: str) -> bool:
    """Whether it is the name of a commit, and no day or time."""
    return bool(_REVISION.fullmatch(at.lower()))


def end(at: str) -> datetime:
    """The first moment that is later than a day or time; UsageError when it is neither."""
    try:
        if _DAY.fullmatch(at):
            tomorrow = date.fromisoformat(at) + timedelta(days=1)
            return datetime(tomorrow.year, tomorrow.month, tomorrow.day).astimezone()
        moment = datetime.fromisoformat(at)
        moment = moment if moment.tzinfo else moment.astimezone()
        return moment + timedelta(microseconds=1)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{at!r} is no revision, day or time",
            next_step="Give one like 1a2b3c4d, 2026-01-15 or 2026-01-15T03:00:00+07:00",
        ) from None


def _unknown(versions: Sequence[Version], message: str) -> tuple[str, str]:
    """What is said of it, and the next step."""
    device = versions[0].record.device
    oldest = f"the oldest of {len(versions)} is {versions[-1].revision[:8]} of {stamp(versions[-1].taken)}"
    return f"{message} of {device}: {oldest}", f"See: dcops archive log {device}"
