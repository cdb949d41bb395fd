"""What was read: what all devices have in common once, and the rest device by device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dcops.jobs.compliance.result import AuditResult, DeviceAudited, SourceUsed


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One kind of source, of all devices that gave it or should have."""

    title: str
    devices: int
    """That gave it."""
    problems: int
    oldest: datetime | None
    """None: nobody gave it."""
    age_seconds: float
    """Of the oldest, when it was judged."""
    shared: SourceUsed | None
    """The one thing that it is for all of them: a file of the site."""


def source_lines(result: AuditResult) -> tuple[SourceLine, ...]:
    """Every kind, by its title."""
    found: dict[str, list[SourceUsed]] = {}
    for device in result.devices:
        for source in device.sources:
            found.setdefault(source.title, []).append(source)
    return tuple(_line(title, used) for title, used in sorted(found.items()))


def own_sources(device: DeviceAudited, lines: Sequence[SourceLine]) -> tuple[SourceUsed, ...]:
    """What was read of one device and is not the same for all."""
    shared = {line.title for line in lines if line.shared is not None}
    return tuple(source for source in device.sources if source.title not in shared)


def _line(title: str, used: Sequence[SourceUsed]) -> SourceLine:
    good = [source for source in used if not source.problem]
    one_thing = len(used) > 1 and len({(source.origin, source.sha256, source.problem) for source in used}) == 1
    return SourceLine(
        title,
        len(good),
        len(used) - len(good),
        min((source.taken for source in good), default=None),
        max((source.age_seconds for source in good), default=0.0),
        used[0] if one_thing else None,
    )
