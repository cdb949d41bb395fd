"""Times as Cisco prints them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=7), "ICT")


def stamp(moment: datetime) -> str:
    """`09:37:40 ICT Tue Aug 20 2024`."""
    local = moment.astimezone(ZONE)
    return f"{local:%H:%M:%S} ICT {local:%a %b} {local.day} {local.year}"


def uptime(seconds: float) -> str:
    """`3 weeks, 2 days, 1 hour, 5 minutes`."""
    minutes = int(seconds // 60)
    parts: list[str] = []
    for name, size in (("year", 525600), ("week", 10080), ("day", 1440), ("hour", 60), ("minute", 1)):
        count, minutes = divmod(minutes, size)
        if count or (name == "minute" and not parts):
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return ", ".join(parts)
