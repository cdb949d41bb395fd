"""How old it is what was told, in words that nobody takes for now."""

from __future__ import annotations

from datetime import datetime, timedelta

CONFIRMED_EVERY = timedelta(minutes=10)
"""So often the exporter writes down anew what has not changed."""
OLD = 3 * CONFIRMED_EVERY
CLOCKS_APART = timedelta(minutes=5)


def is_old(seen: datetime, now: datetime) -> bool:
    """Too old to speak of it as of now; what lies in the future is of a clock that was wrong."""
    age = now - seen
    return age > OLD or age < -CLOCKS_APART


def age_of(seen: datetime, now: datetime) -> str:
    """`40 s`, `12 min`, `5 h`, `3 days`."""
    seconds = max(0, int((now - seen).total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 48 * 3600 else f"{seconds // 86400} days"


def told(vcenter: str, seen: datetime, now: datetime) -> str:
    """One line on how much to believe: `vc-main as it was 12 min ago`."""
    if now - seen < -CLOCKS_APART:
        return f"{vcenter}: seen in the future ({seen:%Y-%m-%d %H:%M} UTC): a clock was or is wrong"
    age = f"as it was {age_of(seen, now)} ago"
    if is_old(seen, now):
        return f"{vcenter} {age}: OLD, machines may have moved since; ask it now with --fresh"
    return f"{vcenter} {age}"
