"""What the first store holds, as one commit saw it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dcops.archive import durable, record
from dcops.archive.copies.place import listed, scan
from dcops.archive.fates import Fates
from dcops.archive.git import Git
from dcops.archive.history import History
from dcops.archive.program import LOST
from dcops.archive.sealed import SealedFiles
from dcops.errors import ArchiveDamaged, CannotRun

_AT_ONCE = 500


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
    def listed(self) -> frozenset[str]:
        """Every sealed file that any version lists or listed, whether it lies here or not."""
        return self.gone.union(name for version in self.versions for name in version.sealed)

    def knows(self, revision: str) -> bool:
        """Whether a commit is part of this history."""
        return self.git.commit_named(revision) == revision and self.git.is_ancestor(revision, self.revision)

    def after(self, revision: str | None) -> frozenset[str]:
        """The commits that follow one; all of them when there is none."""
        span = f"{revision}..{self.revision}" if revision else self.revision
        return frozenset(self.git.run("rev-list", span).decode().split())


def read(folder: Path) -> Home:
    """Look at an archive that is to be copied; refuses one that is known to have lost a part of its history."""
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
    versions = tuple(_versions(history.git, revision, fates))
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


def _versions(git: Git, revision: str, fates: Fates) -> Iterator[Kept]:
    places = [
        (commit, path) for commit, paths in git.log(f":(glob)*/{record.FILE_NAME}", of=revision) for path in paths
    ]
    for start in range(0, len(places), _AT_ONCE):
        some = places[start : start + _AT_ONCE]
        contents = git.contents([f"{commit}:{path}" for commit, path in some])
        yield from _parsed(some, contents, fates)


def _parsed(places: Sequence[tuple[str, str]], contents: Sequence[bytes | None], fates: Fates) -> Iterator[Kept]:
    for (commit, path), content in zip(places, contents, strict=True):
        device = path.partition("/")[0]
        if content is None:
            raise ArchiveDamaged(f"the record of {device} in commit {commit} is missing", next_step=LOST)
        found = record.parse(content, device)
        names = (fates.where(one.sealed) for one in found.documents.values())
        yield Kept(device, commit, found.taken, tuple(name for name in names if name))
