"""The newest version of every device: whether it is whole, who can open it, and whether it reached the second store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dcops.archive.archive import Archive, Version
from dcops.archive.copies.memory import Memory
from dcops.archive.fates import Whereabouts
from dcops.archive.history import History
from dcops.archive.program import LOST
from dcops.archive.sealed import SealedFiles
from dcops.errors import ArchiveDamaged, CannotRun


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest version of one device."""

    version: Version
    problem: str
    """What is wrong with its sealed files, in words; empty when they are whole."""
    holders: int
    """How many different keys can open all of it, each of them alone."""
    sealed: frozenset[str]
    """Names of its sealed files, those under which it was listed and those of today."""


def read(archive: Archive) -> Mapping[str, Newest]:
    """Look at every device; its sealed files are read and their hashes recomputed. An archive not begun holds none."""
    history = History(archive.folder)
    if not history.exists:
        if lost := history.last_known():
            raise ArchiveDamaged(f"{history.git.folder} is gone: commit {lost} was there", next_step=LOST)
        return {}
    fates = archive.fates()
    files = SealedFiles(archive.folder / "sealed")
    found = {}
    for summary in archive.devices():
        documents = summary.newest.record.documents
        today = {source: fates.of(document) for source, document in documents.items()}
        if any(_problem(files, one) for one in today.values()):
            # Sealed anew between the question and the look; what is damaged is so the second time too.
            fates = archive.fates()
            today = {source: fates.of(document) for source, document in documents.items()}
        problems = [
            f"the sealed file of its {source} configuration is {problem}"
            for source, one in today.items()
            if (problem := _problem(files, one))
        ]
        found[summary.device] = Newest(
            summary.newest,
            "; ".join(problems),
            min(len(set(one.holders.values())) for one in today.values()),
            frozenset(one.sealed for one in documents.values()) | {one.sealed for one in today.values()},
        )
    return found


def waiting(archive: Archive, memory: Memory) -> Mapping[str, datetime]:
    """The devices with versions that the second store does not have, as far as this host knows, and since when.

    A device that is not among them is there with all its versions. Raises CannotRun when what is remembered of the
    second store is no part of this history.
    """
    history = History(archive.folder)
    if not history.exists or (revision := history.revision()) is None:
        return {}
    if memory.revision and history.git.commit_named(memory.revision) != memory.revision:
        raise CannotRun(
            f"the second store was last seen with commit {memory.revision[:12]}, which this archive does not have",
            next_step="See: dcops archive copy --check-only",
        )
    span = f"{memory.revision}..{revision}" if memory.revision else revision
    return {version.record.device: version.taken for version in history.every_version(span)}  # the oldest comes last


def _problem(files: SealedFiles, where: Whereabouts) -> str:
    return files.problem(where.sealed) if where.sealed else f"gone: pruned on {where.pruned}"
