"""Times as machines write and read them."""

from __future__ import annotations

from datetime import UTC, datetime


def rfc3339(moment: datetime) -> str:
    """A time in UTC, to the second: `2026-01-15T01:00:00Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def from_rfc3339(text: str) -> datetime:
    """The time that such a text names; ValueError when it names none, or no zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    return moment.astimezone(UTC)


def compact(moment: datetime) -> str:
    """A time in UTC as part of a file name: `20260115T010000Z`."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
