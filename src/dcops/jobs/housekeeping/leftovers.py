"""Chore: remove what interrupted runs left behind, a day later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dcops.archive import durable, leftovers
from dcops.jobs.housekeeping.chore import Done, Rooms, counted

LOCK_SECONDS = 20.0
# Drafts of files that are written in one step: a kill leaves them beside the file.
_DRAFTS = (".*.tmp", "reports/*/.*.tmp")


def do(rooms: Rooms) -> Done:
    """Tidy the archive under its lock, and the state folder."""
    now = rooms.clock()
    before = (now - leftovers.OLD).timestamp()
    drafts = [path for path in _drafts(rooms.state) if path.lstat().st_mtime < before]
    for path in drafts:
        with durable.explained(path, "removed"):
            path.unlink(missing_ok=True)
    found = leftovers.tidy(rooms.archive.folder, now=now, lock_seconds=LOCK_SECONDS)
    number = found.total + len(drafts)
    parts = [
        counted(found.unfinished + len(drafts), "unfinished file"),
        f"{counted(found.unlisted, 'sealed file')} of no version",
        f"{counted(found.gone, 'sealed file')} that had been let go",
    ]
    sentence = f"removed what interrupted runs left: {', '.join(parts)}" if number else "no run left anything behind"
    return Done(sentence, {"leftovers": number})


def _drafts(state: Path) -> Iterator[Path]:
    for pattern in _DRAFTS:
        yield from (path for path in state.glob(pattern) if path.is_file() and not path.is_symlink())
