"""Keeps the readable history small: packs what lies loose, now and then all of it anew.

Nothing here needs the archive's lock, only one of its own. A pack is made of everything that lies there, reachable or
not; the old ones are removed only when the new one is on the disk and was read back, and only those that lay there
before it was begun. So a commit or a copy that is made meanwhile loses nothing, and after a kill there is at worst
something twice.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dcops.archive import durable, program
from dcops.archive.git import Git
from dcops.archive.history import History
from dcops.archive.lock import held
from dcops.errors import ArchiveDamaged, CannotRun

LIMIT_SECONDS = 3600.0
ROOM_TO_SPARE_BYTES = 64 << 20
MANY_LOOSE = 200
"""A week of nights of 40 devices: fewer loose objects are not worth a pack."""
MUCH_LOOSE_BYTES = 32 << 20
"""Two weeks of a firewall that gives 20 MB of XML."""
MANY_PACKS = 50
# A device that gives 20 MB of XML must not take a gigabyte to be packed; one thread leaves the other core to a backup.
MODEST = ("pack.threads=1", "pack.windowMemory=256m", "pack.deltaCacheSize=64m")
WINDOW, DEPTH = 50, 50
_INDEX_VERSION_2 = b"\xfftOc\x00\x00\x00\x02"
_LOCK = "pack.lock"
_PACK = re.compile(r"pack-[0-9a-f]{40}")
# Its data goes first: a reader that finds an index without it looks again, and finds the new pack.
_SUFFIXES = (".pack", ".idx", ".rev", ".bitmap")


@dataclass(frozen=True, slots=True)
class Load:
    """How the history lies on the disk."""

    loose: int
    loose_bytes: int
    packs: int
    bytes: int
    """Of both together."""

    @property
    def heavy(self) -> bool:
        """So many pieces that every look at it is slow."""
        return self.loose >= MANY_LOOSE or self.loose_bytes >= MUCH_LOOSE_BYTES or self.packs > MANY_PACKS


@dataclass(frozen=True, slots=True)
class Packed:
    """What came of it."""

    before: Load
    after: Load


def load(folder: Path) -> Load:
    """How the history of an archive lies on the disk."""
    said = _git(folder).run("count-objects", "-v").decode()
    counts = {name: int(number) for name, _, number in (line.partition(": ") for line in said.splitlines())}
    loose, packed = 1024 * counts["size"], 1024 * counts["size-pack"]
    return Load(counts["count"], loose, counts["packs"], loose + packed)


def pack(folder: Path, *, full: bool) -> Packed:
    """Pack what lies loose, or in full everything anew as small as it gets.

    Raises CannotRun, and changes nothing, when there is not room for all of it once more.
    """
    git = _git(folder)
    # Of two at once one would remove the other's pack as an old one, and what that reads back would look damaged.
    with held(folder / _LOCK, wait_seconds=0, what="the packing"):
        before = load(folder)
        _require_room(git.folder, before.bytes)
        old = _packs(git) if full else set[str]()
        how = (
            (
                "--keep-unreachable",
                "--pack-loose-unreachable",
                "--no-reuse-delta",
                f"--window={WINDOW}",
                f"--depth={DEPTH}",
            )
            if full
            else ("--unpacked", "--incremental")
        )
        command = ("pack-objects", "--all", "--non-empty", "--honor-pack-keep", "-q", *how, str(_folder(git) / "pack"))
        new = {f"pack-{name}" for name in _run(git, *command).split()}
        with durable.explained(_folder(git)):
            durable.sync_folder(_folder(git))
        _require_whole(git, new, old)
        _remove(git, old - new if new else ())
        _run(git, "prune-packed", "-q")
        return Packed(before, load(folder))


def remove_orphans(folder: Path) -> int:
    """Remove what a removal of packs that was interrupted left: indexes without data. Gives their number."""
    git = _git(folder)
    orphans = [
        path
        for path in _folder(git).glob("pack-*")
        if path.suffix in _SUFFIXES[1:] and not path.with_suffix(".pack").exists()
    ]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _git(folder: Path) -> Git:
    history = History(folder)
    history.require()
    return history.git


def _folder(git: Git) -> Path:
    return git.folder / "objects" / "pack"


def _packs(git: Git) -> set[str]:
    """The packs that lie there, without those that somebody is to keep."""
    with durable.explained(_folder(git), "read"):
        found = {path.stem for path in _folder(git).glob("pack-*.pack") if _PACK.fullmatch(path.stem)}
    return {name for name in found if not (_folder(git) / f"{name}.keep").exists()}


def _require_room(folder: Path, needed: int) -> None:
    with durable.explained(folder, "looked at"):
        free = shutil.disk_usage(folder).free
    if free < needed + ROOM_TO_SPARE_BYTES:
        raise CannotRun(
            f"the history takes {_mib(needed)}, packing it needs as much again, and {_mib(free)} are left in {folder}",
            next_step="Make room on that disk; nothing was changed",
        )


def _require_whole(git: Git, new: set[str], old: set[str]) -> None:
    """Read the new packs back, and find everything in them that lies in the old ones, before those are removed."""
    folder = _folder(git)
    try:
        for name in sorted(new):
            _run(git, "verify-pack", str(folder / f"{name}.idx"))
        held = frozenset[bytes]().union(*(_objects(folder / f"{name}.idx") for name in new))
        lost = any(not held.issuperset(_objects(folder / f"{name}.idx")) for name in old - new) if new else False
    except ArchiveDamaged:
        lost = True
    if lost:
        _remove(git, new - old)
        raise ArchiveDamaged(
            f"what was packed in {git.folder} does not read back as it was written",
            next_step="Nothing was lost: the old packs are still there. Test the disk, then: dcops archive verify",
        )


def _objects(index: Path) -> frozenset[bytes]:
    """The names of the objects in a pack, as its index (version 2) lists them."""
    with durable.explained(index, "read"):
        content = index.read_bytes()
    if content[:8] != _INDEX_VERSION_2:
        raise ArchiveDamaged(f"{index} is no index of a pack")
    end_of_counts = 8 + 256 * 4
    number = int.from_bytes(content[end_of_counts - 4 : end_of_counts])
    names = content[end_of_counts : end_of_counts + 20 * number]
    return frozenset(names[at : at + 20] for at in range(0, len(names), 20))


def _remove(git: Git, names: Iterable[str]) -> None:
    with durable.explained(_folder(git), "tidied"):
        for name in sorted(names):
            for suffix in _SUFFIXES:
                with suppress(FileNotFoundError):
                    (_folder(git) / f"{name}{suffix}").unlink()


def _run(git: Git, *command: str) -> str:
    options = tuple(word for option in MODEST for word in ("-c", option))
    done = program.call((f"--git-dir={git.folder}", *options, *command), limit_seconds=LIMIT_SECONDS)
    if done.returncode != 0:
        raise program.failure(command[0], done, git.folder)
    return done.stdout.decode("ascii", "replace")


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB"
