"""Chore: keep the readable history small and quick to look at."""

from __future__ import annotations

from dcops.archive import packing
from dcops.jobs.housekeeping.chore import NOTHING_ARCHIVED, Done, Rooms, is_due, size
from dcops.model.moment import rfc3339

REPACKED_NOTE = "archive:repacked"
"""When the whole history was last packed anew."""


def do(rooms: Rooms) -> Done:
    """Pack what lies loose when it has piled up, and everything anew when that is due."""
    if not rooms.has_archive:
        return NOTHING_ARCHIVED
    folder, now = rooms.archive.folder, rooms.clock()
    load = packing.load(folder)
    ledger = rooms.ledger()
    full = is_due(ledger.noted(REPACKED_NOTE), rooms.wanted.repack_every, now) or load.packs > packing.MANY_PACKS
    if not (full or load.heavy):
        return Done(
            f"the history takes {size(load.bytes)} in {load.packs} packs and {load.loose} loose objects",
            {"history_bytes": load.bytes},
        )
    done = packing.pack(folder, full=full)
    if full:
        ledger.note(REPACKED_NOTE, rfc3339(now))
    return Done(
        f"packed {'the whole history anew' if full else 'what lay loose'}: {size(done.before.bytes)} before,"
        f" {size(done.after.bytes)} now",
        {"history_bytes": done.after.bytes},
    )
