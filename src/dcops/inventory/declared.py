"""Which backup item a device belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dcops.model.backup_item import BackupItem
from dcops.model.device import WATCHED_PLATFORMS, Device
from dcops.model.selecting import chooses_all, fits


def items_of(device: Device, items: Iterable[BackupItem]) -> Sequence[BackupItem]:
    """The items that claim a device: those that name it, else those that select it by what it is.

    Of a sound inventory it is one or none. Devices of other organisations are in none, whatever selects them, and
    vCenters and their hosts that push nothing only where they are named: a site that is backed up does not mean them.
    """
    if device.foreign:
        return ()
    chosen = [item for item in items if item.observed and not chooses_all(item) and fits(device, item)]
    named = [item for item in chosen if item.devices]
    return named if device.only_watched and device.platform in WATCHED_PLATFORMS else named or chosen
