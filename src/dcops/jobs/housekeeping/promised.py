"""Chore: hold what was declared about backups against what is seen."""

from __future__ import annotations

from dcops.jobs.housekeeping.chore import Done, Rooms, counted


def do(rooms: Rooms) -> Done:
    """Broken promises, and devices of which nothing was declared, are findings of this job."""
    found = rooms.promises()
    number = sum(finding.status.open for finding in found)
    sentence = f"{counted(number, 'finding')} about declared backups" if number else "every backup is as declared"
    return Done(sentence, {"promises_broken": number}, found)
