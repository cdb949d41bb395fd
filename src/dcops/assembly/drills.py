"""From the settings to what a drill needs; also in a second store, where there is nothing but the archive."""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.assembly.here import now
from dcops.assembly.reach import described_platforms_of
from dcops.assembly.stores import archive_of, inventory_of
from dcops.errors import CannotRun
from dcops.jobs.context import Progress, never
from dcops.model.device import Device

if TYPE_CHECKING:
    from dcops.archive.identity import Identity
    from dcops.jobs.drill import Drilled, Rooms
    from dcops.ledger.ledger import Ledger
    from dcops.settings import Settings


def is_second_store(settings: Settings) -> bool:
    """Whether this site root is a copy of an archive: nothing may be written into it."""
    from dcops.archive.copies.standing import is_copy

    return is_copy(settings.root)


def drill_rooms_of(
    settings: Settings,
    progress: Progress,
    identity: Identity | None,
    ledger: Ledger | None,
    *,
    stopping: Callable[[], bool] = never,
    drilled: Callable[[Drilled], None] = lambda _: None,
) -> tuple[Rooms, tuple[str, ...]]:
    """The rooms of a drill, and which site keys cannot be had here, in words."""
    from dcops.archive.pieces import site_keys
    from dcops.diff.formats import Formats
    from dcops.jobs.drill import Rooms

    known, notes = site_keys(settings.paths.state, settings.paths.keys, identity)
    rooms = Rooms(
        archive=archive_of(settings),
        formats=Formats(described_platforms_of(settings)),
        clock=now,
        progress=progress,
        site_keys=known,
        identity=identity,
        ledger=ledger,
        stopping=stopping,
        drilled=drilled,
    )
    return rooms, notes


def scheduled_identity_of(settings: Settings) -> Identity | None:
    """The private key that `[drill] identity` names for drills on a schedule; None when it names none."""
    from dcops.archive.identity import Identity

    if not settings.drill.identity:
        return None
    file = settings.root / Path(settings.drill.identity).expanduser()
    try:
        open_to_others = file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    except OSError as error:
        raise CannotRun(f"[drill] identity: {file} cannot be read: {error.strerror or error}") from None
    if open_to_others:
        raise CannotRun(f"[drill] identity: {file} can be read by others", next_step=f"Run: chmod 600 {file}")
    return Identity.read(file)


def archived_devices_of(settings: Settings) -> Sequence[Device]:
    """The devices whose backups can be tested: of the inventory, or, in a second store, of the archive itself."""
    if not is_second_store(settings):
        return [device for device in inventory_of(settings).devices if not device.foreign]
    from dcops.archive.pieces import devices_in

    # The archive knows their names and nothing of where they stand.
    return [Device(name=name, site="", role="", vendor="", model="") for name in devices_in(archive_of(settings))]
