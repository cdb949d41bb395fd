"""The trend as bars: what fails, and on top of it what nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dcops.model.audit import AuditPoint

MOST = 14
"""So many of the newest audits are drawn."""
HEIGHT = 100.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One audit; heights are parts of `HEIGHT`."""

    point: AuditPoint
    failed: float
    unknown: float


def bars(points: Sequence[AuditPoint]) -> tuple[Bar, ...]:
    """The newest audits, the oldest of them first; nothing when there is nothing to compare."""
    shown = points[-MOST:]
    if len(shown) < 2:
        return ()
    highest = max(1, *(point.tally.failed + point.tally.could_not_check for point in shown))
    return tuple(
        Bar(point, _height(point.tally.failed, highest), _height(point.tally.could_not_check, highest))
        for point in shown
    )


def _height(number: int, highest: int) -> float:
    return round(HEIGHT * number / highest, 2)
