"""What the first store holds, as one commit saw it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dcops.archive import durable
from dcops.archive.copies.place import listed, scan
from dcops.archive.fates import FILE_NAME as FATES
from dcops.archive.fates import Fates
from dcops.archive.git import Git
from dcops.archive.history import History, Version
from dcops.archive.program import LOST
from dcops.archive.sealed import SealedFiles
from dcops.errors import ArchiveDamaged, Busy, CannotRun

_LOOKS = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """One version of one device, and the sealed files that it needs."""

    device: str
    revision: str
    taken: datetime
    sealed: tuple[str, ...]
    """As they are named today; what was pruned is not among them."""


@dataclass(frozen=True, slots=True)
class Home:
    """The first store. What is archived while a copy is made belongs to the next one."""

    git: Git
    sealed: SealedFiles
    revision: str
    root: str
    """The commit with which the history began: it tells one archive from another."""
    versions: tuple[Kept, ...]
    """The newest first."""
    sizes: Mapping[str, int]
    """Of the sealed files that a version needs and that lie here."""
    gone: frozenset[str]
    """Names of those that were pruned, or sealed anew under another name."""

    @property
    def today(self) -> frozenset[str]:
        """Every sealed file that a version needs today."""
        return frozenset(name for version in self.versions for name in version.sealed)

    @property
    def listed(self) -> frozenset[str]:
        """Every sealed file that any version lists or listed, whether it lies here or not."""
        return self.gone | self.today

    def knows(self, revision: str) -> bool:
        """Whether a commit is part of this history."""
        return self.git.commit_named(revision) == revision and self.git.is_ancestor(revision, self.revision)

    def after(self, revision: str | None) -> frozenset[str]:
        """The commits that follow one; all of them when there is none."""
        span = f"{revision}..{self.revision}" if revision else self.revision
        return frozenset(self.git.run("rev-list", span).decode().split())

    def needed_at(self, revision: str) -> frozenset[str]:
        """The sealed files that an archive needs which knows the history up to a commit, and nothing of what follows.

        What is damaged here, and so is missing without anybody's doing, is not among them.
        """
        then, now = self.git.contents([f"{commit}:{FATES}" for commit in (revision, self.revision)])
        known = self.sizes.keys() | self.gone
        if then == now:
            ahead = self.after(revision)
            names = {name for one in self.versions if one.revision not in ahead for name in one.sealed}
        else:
            history = History(self.sealed.folder.parent)
            fates = history.fates(revision)
            names = {name for version in history.every_version(revision) for name in _kept(version, fates).sealed}
        return frozenset(names & known)


def read(folder: Path) -> Home:
    """Look at an archive that is to be copied; refuses one that is known to have lost a part of its history."""
    for _ in range(_LOOKS):
        found = _read(folder)
        missing = found.today - found.sizes.keys()
        # Pruned or sealed anew between the look at the history and the look at the files: what was read is no state
        # that the archive was ever in, and the copy would be one of files that are nowhere.
        if not missing or missing.isdisjoint(History(folder).fates().gone):
            return found
    raise Busy(
        f"{folder} is changed faster than it can be looked at: sealed files go while others are sealed",
        next_step="Wait until the resealing or the housekeeping has ended, then run this again",
    )


def _read(folder: Path) -> Home:
    history = History(folder)
    history.require()
    revision = history.revision()
    if revision is None:
        raise CannotRun(f"nothing is archived in {folder} yet", next_step="Run: dcops backup")
    known = history.last_known()
    if known and not history.git.is_ancestor(known, revision):
        raise ArchiveDamaged(
            f"the history of {history.git.folder} was set back: commit {known} was made, and is no longer part of it",
            next_step=LOST,
        )
    fates = history.fates(revision)
    versions = tuple(_kept(version, fates) for version in history.every_version(revision))
    sealed = SealedFiles(folder / "sealed")
    with durable.explained(sealed.folder, "read"):
        lying = listed(scan(sealed.folder)).sizes
    wanted = {name for version in versions for name in version.sealed}
    roots = history.git.run("rev-list", "--max-parents=0", revision).decode().split()
    return Home(
        history.git,
        sealed,
        revision,
        roots[-1],
        versions,
        {name: size for name, size in lying.items() if name in wanted},
        fates.gone,
    )


def _kept(version: Version, fates: Fates) -> Kept:
    names = (fates.where(one.sealed) for one in version.record.documents.values())
    return Kept(version.record.device, version.revision, version.taken, tuple(name for name in names if name))
