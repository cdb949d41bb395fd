"""Which devices are next: all of them within a year, when a drill is held every month."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from dcops.model.device import Device
from dcops.model.restore_test import RestoreResult, RestoreTest

MONTHS = 12
FEWEST = 3

_NEVER = datetime.min.replace(tzinfo=UTC)


def quota(devices: int) -> int:
    """How many a month, so that a year is enough for all."""
    return min(devices, max(FEWEST, -(-devices // MONTHS)))


def due(
    devices: Sequence[Device], tests: Iterable[RestoreTest], *, with_key: bool, number: int | None = None
) -> tuple[Device, ...]:
    """Those that were tried longest ago or never, and beside them those whose last try failed; by name.

    A device that fails for months must not keep the others from their turn. When there is a key, only what was opened
    counts as a try: a look without one proves nothing about opening.
    """
    known = {device.name for device in devices}
    tried = _tried(tests, known, with_key)
    failed = {name for name, test in tried.items() if test.result is RestoreResult.FAILED}
    waiting = sorted(
        (device for device in devices if device.name not in failed),
        key=lambda device: (tried[device.name].tested_at if device.name in tried else _NEVER, device.name),
    )
    chosen = {device.name for device in waiting[: quota(len(devices)) if number is None else number]}
    return tuple(sorted((one for one in devices if one.name in chosen | failed), key=lambda one: one.name))


def in_turn(devices: Sequence[Device], now: datetime, number: int | None = None) -> tuple[Device, ...]:
    """Those whose turn this month is, where nobody remembers what was tried: the next month takes the next ones."""
    names = sorted(devices, key=lambda device: device.name)
    if not names:
        return ()
    share = min(len(names), quota(len(names)) if number is None else number)
    first = (now.year * MONTHS + now.month) * share % len(names)
    turn = [*names, *names][first : first + share]
    return tuple(sorted(turn, key=lambda device: device.name))


def _tried(tests: Iterable[RestoreTest], known: Collection[str], with_key: bool) -> Mapping[str, RestoreTest]:
    """The newest try of each device."""
    newest: dict[str, RestoreTest] = {}
    for test in tests:
        if test.device not in known or (with_key and not test.holder and test.result is not RestoreResult.FAILED):
            continue
        if test.device not in newest or newest[test.device].tested_at < test.tested_at:
            newest[test.device] = test
    return newest
