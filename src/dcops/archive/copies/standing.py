"""What stands at a place before anything is written there: ours, empty, or something that must not be touched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dcops.archive.copies.home import Home
from dcops.archive.copies.memory import Memory
from dcops.archive.copies.place import HISTORY, MARKER, TIP, UNFINISHED, Place
from dcops.archive.git import BRANCH
from dcops.errors import CannotRun

FORMAT = 1
GUIDE = "docs/how-to/second-store.md"
_NOBODYS = frozenset({"lost+found", ".snapshot", ".snapshots", ".zfs"})
_START_OVER = "If it was emptied or replaced on purpose: dcops archive copy --start-over"


@dataclass(frozen=True, slots=True)
class Standing:
    """A place that may be copied to."""

    new: bool
    revision: str | None
    """The newest commit there."""
    has_history: bool


def look(place: Place, home: Home, memory: Memory, *, start_over: bool = False) -> Standing:
    """Look at a place; CannotRun says why nothing may be written there, and what a person does then."""
    names = {name for name in place.entries() or () if name not in _NOBODYS and not _is_draft(name)}
    remembered = bool(memory.revision or memory.lost) and not start_over
    if not names:
        if remembered:
            raise _emptied(place, memory)
        return Standing(new=True, revision=None, has_history=False)
    _require_ours(place, home, names)
    revision = _revision(place)
    noted = (place.read(TIP) or b"").decode("ascii", "replace").strip()
    has_history = place.read(f"{HISTORY}/HEAD") is not None
    if revision is None and noted:
        raise CannotRun(
            f"the history at {place.where} is lost: commit {noted} was there",
            next_step="Look at its disk, move the folder aside there, then: dcops archive copy --start-over",
        )
    if revision is None and remembered:
        raise _emptied(place, memory)
    if revision is not None and not home.knows(revision):
        raise _gone_its_own_way(place, home, revision)
    return Standing(new=False, revision=revision, has_history=has_history)


def marker(home: Home, site: str) -> bytes:
    """What is written into a new place, so that it is known as ours."""
    value = {"what": "a copy of an archive of dcops", "format": FORMAT, "site": site, "began_with": home.root}
    return f"{json.dumps(value, indent=2)}\n".encode()


def is_copy(root: Path) -> bool:
    """Whether a folder of this host is a second store, looked at where it lies."""
    try:
        about = _parsed((root / MARKER).read_bytes())
    except FileNotFoundError:
        return False
    except OSError as error:
        raise CannotRun(f"{root / MARKER} cannot be read: {error.strerror or error}") from None
    # A file of the same name elsewhere is what a host remembers of its second store.
    return "began_with" in about


def _is_draft(name: str) -> bool:
    return name.startswith(".") and name.endswith((".tmp", UNFINISHED))


def _require_ours(place: Place, home: Home, names: set[str]) -> None:
    found = place.read(MARKER)
    if found is None:
        shown = ", ".join(sorted(names)[:5])
        raise CannotRun(
            f"{place.where} holds something else ({shown}), and no copy of this archive",
            next_step="Nothing was written. Name an empty folder in [copy] to",
        )
    about = _parsed(found)
    if about.get("format") != FORMAT:
        raise CannotRun(
            f"{place.where}/{MARKER} is damaged, or of another dcops",
            next_step="Nothing was written. Compare it with the one of another copy, or name an empty folder",
        )
    if about.get("began_with") != home.root:
        raise CannotRun(
            f"{place.where} is the copy of another archive: that one began with commit {about.get('began_with')},"
            f" this one with {home.root}",
            next_step=f"Nothing was written. Name an empty folder in [copy] to; which is the right one: {GUIDE}",
        )


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _revision(place: Place) -> str | None:
    found = place.git("rev-parse", "--verify", "--quiet", f"{BRANCH}^{{commit}}").out.strip()
    return found or None


def _emptied(place: Place, memory: Memory) -> CannotRun:
    if memory.lost:
        return CannotRun(
            f"{place.where} is empty, and whether it always was is not known: the file that remembers it is damaged",
            next_step=f"Is its disk mounted? Nothing was written. {_START_OVER}",
        )
    when = f" on {memory.copied:%Y-%m-%d}" if memory.copied else ""
    return CannotRun(
        f"{place.where} is empty, and held {memory.sealed_files} sealed files{when}",
        next_step=f"Is its disk mounted? Nothing was written. {_START_OVER}",
    )


def _gone_its_own_way(place: Place, home: Home, revision: str) -> CannotRun:
    ahead = place.git("merge-base", "--is-ancestor", home.revision, revision).code == 0
    if ahead:
        count = place.git("rev-list", "--count", f"{home.revision}..{revision}").out.strip()
        what = f"is ahead of this archive by {count} commits: somebody backed up into it, or this one was set back"
    else:
        what = "went its own way: both archives hold commits that the other one lacks"
    return CannotRun(
        f"the copy at {place.where} {what}",
        next_step=f"Nothing was written. Which of the two goes on is for a person to say: {GUIDE}",
    )
