"""Chore: take old rows out of the ledger."""

from __future__ import annotations

from dataclasses import asdict

from dcops.jobs.housekeeping import clock
from dcops.jobs.housekeeping.chore import Done, Rooms, counted


def do(rooms: Rooms) -> Done:
    """Keep the evidence of the time that was asked for, and whatever still says something."""
    ledger, now = rooms.ledger(), rooms.clock()
    if why := clock.doubt(ledger, now):
        return Done(f"kept everything: {why}", {"rows": 0}, (clock.held_back(why),))
    gone = ledger.prune(before=now - rooms.wanted.keep_evidence)
    number = sum(asdict(gone).values())
    if not number:
        return Done("no row of the ledger is older than it has to be", {"rows": 0})
    parts = [f"{amount:,} {name.replace('_', ' ')}" for name, amount in asdict(gone).items() if amount]
    return Done(f"took {counted(number, 'old row')} out of the ledger: {', '.join(parts)}", {"rows": number})
