"""What runs left in the archive that were interrupted: removed when it is old, and nobody can need it any more."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from dcops.archive import durable, packing
from dcops.archive.history import History
from dcops.archive.lock import held
from dcops.archive.sealed import SealedFiles

OLD = timedelta(days=1)
"""Whatever is younger may belong to a run that is at work."""
_IN_GIT = (
    "*.lock",
    "refs/**/*.lock",
    "fast_import_crash_*",
    "objects/??/tmp_obj_*",
    "objects/pack/tmp_*",
    "objects/pack/.tmp-*",
)
# A fast-import that was killed while it moved its pack leaves this beside it; then no packing would ever touch it.
_KEPT_BY_IMPORT = "objects/pack/pack-*.keep"
_IMPORT_SIGN = b"fast-import"


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was removed."""

    unfinished: int = 0
    """Files that were never finished."""
    unlisted: int = 0
    """Sealed files that no version lists: their run was killed before its commit."""
    gone: int = 0
    """Sealed files that were pruned or sealed anew, and whose removal was interrupted."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.unfinished + self.unlisted + self.gone


def tidy(folder: Path, *, now: datetime, lock_seconds: float) -> Tidied:
    """Remove what is older than a day, while no commit is made.

    A session that began longer ago than that and has not committed yet loses what it sealed, notices it when it
    commits, and then commits nothing.
    """
    history, sealed = History(folder), SealedFiles(folder / "sealed")
    if not history.exists:
        return Tidied()
    before = (now - OLD).timestamp()
    with held(folder / "lock", wait_seconds=lock_seconds):
        revision = history.revision()
        fates = history.fates(revision)
        # Read to its end before anything is removed: in a history that cannot be read, everything may be needed.
        listed = (
            {
                fates.where(document.sealed)
                for version in history.every_version(revision)
                for document in version.record.documents.values()
            }
            if revision
            else set[str]()
        )
        # What a person put among the sealed files is theirs.
        drafts = [path for path in sealed.strangers() if path.name.startswith(".") and path.suffix == ".tmp"]
        unfinished = [*_unfinished(history), *drafts]
        removed = sum(_remove(path) for path in unfinished if _is_old(path, before))
        with durable.explained(history.git.folder, "tidied"):
            removed += packing.remove_orphans(folder)
        unlisted = gone = 0
        whole = revision is not None and _is_whole(history, revision)
        for name in list(sealed.names()):
            if name in fates.gone:
                gone += _remove(sealed.path(name))
            elif whole and name not in listed and _is_old(sealed.path(name), before):
                unlisted += _remove(sealed.path(name))
    return Tidied(removed, unlisted, gone)


def _is_whole(history: History, revision: str) -> bool:
    """Whether the history reaches to the last commit that was ever made.

    One that was set back, by a restored backup of this host, knows too few versions: what they need must stay.
    """
    known = history.last_known()
    return known is not None and history.git.is_ancestor(known, revision)


def _unfinished(history: History) -> Iterator[Path]:
    folder = history.git.folder
    with durable.explained(folder, "read"):
        for pattern in _IN_GIT:
            yield from folder.glob(pattern)
        for path in folder.glob(_KEPT_BY_IMPORT):
            if path.read_bytes().startswith(_IMPORT_SIGN):
                yield path
        yield from folder.parent.glob(".*.tmp")


def _is_old(path: Path, before: float) -> bool:
    try:
        return path.lstat().st_mtime < before
    except FileNotFoundError:
        return False


def _remove(path: Path) -> int:
    with durable.explained(path, "removed"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return 1
