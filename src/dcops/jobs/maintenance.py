"""Maintenance windows: what is worked on, and therefore stays silent.

Three readers share `covers` and `in_force`: notifications, the nightly report and the metrics of the exporter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from dcops.errors import UsageError
from dcops.inventory.select import Selection, select
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.job import MaintenanceWindow
from dcops.model.selecting import chooses_all, fits

LONGEST = timedelta(days=30)
_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")


def covers(window: MaintenanceWindow, device: Device) -> bool:
    """Whether a window is about a device: AND between the kinds, OR inside one, an empty window is about everything."""
    return fits(device, window)


def covers_everything(window: MaintenanceWindow) -> bool:
    """Whether a window names nothing and so silences the whole site, its jobs included."""
    return chooses_all(window)


def in_force(
    windows: Iterable[MaintenanceWindow], since: datetime, until: datetime | None = None
) -> tuple[MaintenanceWindow, ...]:
    """The windows that hold at a moment, or at any moment between two. A window's end lies outside of it."""
    last = until or since
    return tuple(window for window in windows if window.start <= last and window.end > since)


def parse_span(text: str) -> timedelta:
    """A span such as `2h`, `90m` or `1d12h`."""
    match = _SPAN.fullmatch(text.strip().lower())
    try:
        days, hours, minutes = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
        span = timedelta(days=days, hours=hours, minutes=minutes)
    except OverflowError:
        span = LONGEST + timedelta(days=1)
    if not span:
        raise UsageError(f"{text!r} is no span of time", next_step="Write 2h, 90m or 1d12h")
    if span > LONGEST:
        raise UsageError(
            f"a maintenance of {text} is too long: the longest is {LONGEST.days} days",
            next_step="What is away for longer belongs out of the inventory",
        )
    return span


def start(
    ledger: Ledger,
    devices: Sequence[Device],
    selection: Selection,
    *,
    span: timedelta,
    who: str,
    reason: str,
    now: datetime,
) -> tuple[MaintenanceWindow, tuple[Device, ...]]:
    """Open a window from now on; gives it and the devices it silences today.

    A selection that fits no device is a UsageError: a typing error must not leave the alarms on, or off.
    """
    if not reason.strip():
        raise UsageError("a maintenance needs a reason", next_step='Say why: --reason "replace power supply"')
    chosen = select(devices, selection)
    window = ledger.open_window(
        MaintenanceWindow(
            id=0,
            start=now,
            end=now + span,
            who=who,
            reason=" ".join(reason.split()),
            sites=selection.sites,
            roles=selection.roles,
            platforms=selection.platforms,
            devices=selection.devices,
            tags=selection.tags,
        )
    )
    return window, chosen


def end(ledger: Ledger, number: int, *, now: datetime) -> MaintenanceWindow:
    """Close a window before its time; gives it as it was."""
    open_now = {window.id: window for window in in_force(ledger.windows(at=now), now)}
    if number not in open_now or not ledger.end_window(number, now):
        there = ", ".join(str(one) for one in sorted(open_now))
        raise UsageError(
            f"no maintenance {number} is in force",
            next_step=f"In force: {there}" if there else "None is in force: see dcops maintenance list",
        )
    return open_now[number]
