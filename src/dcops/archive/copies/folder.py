"""A second store in another folder: a mounted share, a second disk."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from dcops.archive import durable, program
from dcops.archive.copies import pushing
from dcops.archive.copies.place import (
    ARCHIVE,
    HISTORY,
    LOCK,
    SEALED,
    UNFINISHED,
    Answer,
    Listing,
    checked_chunks,
    is_unfinished,
    listed,
    scan,
    sealed_name,
)
from dcops.archive.git import CHECK_LIMIT_SECONDS, Git
from dcops.archive.lock import held
from dcops.errors import CannotRun

_READ_ONLY = 0o400
_LARGEST_SMALL_FILE = 1 << 20
_CHUNK_BYTES = 1 << 20


class FolderPlace:
    """A folder. What is recomputed "there" is read through this host: only a place over SSH proves its own disk."""

    lanes = 4

    def __init__(self, folder: Path, *, limit_seconds: float) -> None:
        self.folder = folder
        self._limit_seconds = limit_seconds
        self._touched: set[Path] = set()
        self._lock: int | None = None

    @property
    def where(self) -> str:
        """The folder."""
        return str(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def entries(self) -> frozenset[str] | None:
        """The names in the folder; None when there is none."""
        with durable.explained(self.folder, "read"):
            try:
                return frozenset(path.name for path in self.folder.iterdir())
            except FileNotFoundError:
                return None

    def make(self, folders: Iterable[str]) -> None:
        """Make folders, durably."""
        for folder in folders:
            durable.make_folder(self.folder / folder)

    @contextmanager
    def held(self, wait_seconds: float) -> Iterator[None]:
        """Hold the same lock as whoever archives there."""
        with held(self.folder / LOCK, wait_seconds=wait_seconds) as lock:
            self._lock = lock
            try:
                yield
            finally:
                self._lock = None

    def read(self, path: str) -> bytes | None:
        """A small file; None when there is none."""
        file = self.folder / path
        with durable.explained(file, "read"):
            try:
                with file.open("rb") as stream:
                    return stream.read(_LARGEST_SMALL_FILE)
            except FileNotFoundError:
                return None

    def write(self, path: str, content: bytes) -> None:
        """Write a small file in one step."""
        target = self.folder / path
        with durable.explained(target):
            _fill(target, (content,), durable.PRIVATE)
            durable.sync_folder(target.parent)

    def listing(self) -> Listing:
        """Every sealed file."""
        folder = self.folder / SEALED
        with durable.explained(folder, "read"):
            return listed(scan(folder)) if folder.exists() else Listing({})

    def send(self, name: str, source: Path) -> None:
        """Copy one sealed file beside its place, then move it there."""
        target = self.folder / SEALED / name[:2] / f"{name}.age"
        with durable.explained(target):
            _fill(target, checked_chunks(source, name), _READ_ONLY)
        self._touched.add(target.parent)

    def settle(self) -> None:
        """Make the names durable; the content is so already."""
        while self._touched:
            folder = self._touched.pop()
            with durable.explained(folder):
                durable.sync_folder(folder)

    def free_bytes(self) -> int:
        """What an ordinary user may still write."""
        with durable.explained(self.folder, "looked at"):
            found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def shares_disk_with(self, folder: Path) -> bool:
        """Whether both are on one file system."""
        with durable.explained(self.folder, "looked at"):
            return self.folder.stat().st_dev == folder.stat().st_dev

    def git(self, *words: str) -> Answer:
        """Run git on the history there."""
        command = (f"--git-dir={self.folder / HISTORY}", *words)
        done = program.call(command, limit_seconds=CHECK_LIMIT_SECONDS, keep=self._kept())
        return Answer(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    def create_history(self) -> None:
        """Make an empty history."""
        with durable.explained(self.folder / ARCHIVE):
            for stale in (self.folder / ARCHIVE).glob(".readable.git.*.tmp"):
                shutil.rmtree(stale)
        Git(self.folder / HISTORY).create()

    def push(self, home: Git, revision: str) -> None:
        """Move the history forward."""
        history = self.folder / HISTORY
        with durable.explained(history):
            # The lock is ours, and git holds it as long as it lives: what lies there belongs to nobody.
            for stale in pushing.leftovers(history):
                stale.unlink(missing_ok=True) if stale.is_file() else shutil.rmtree(stale)
        receiver = shlex.join(("git", *pushing.receiver_options(), "receive-pack"))
        command = pushing.command(home, revision, str(history), f"--receive-pack={receiver}")
        done = program.call(command, limit_seconds=self._limit_seconds, keep=self._kept())
        pushing.require_done(done, self.where)
        with durable.explained(history):
            durable.sync_folder(history / "refs/heads")

    def discard(self, names: Collection[str]) -> None:
        """Remove sealed files, and what interrupted copies left half written."""
        folder = self.folder / SEALED
        with durable.explained(folder, "read"):
            unfinished = [folder / path for path, _ in scan(folder) if is_unfinished(path)]
        paths = [*unfinished, *(folder / name[:2] / f"{name}.age" for name in names)]
        for path in paths:
            with durable.explained(path, "removed"):
                path.unlink(missing_ok=True)
        for holding in {path.parent for path in paths}:
            with durable.explained(holding):
                durable.sync_folder(holding)

    def hashes(self) -> Iterator[tuple[str, str]]:
        """Read every sealed file back."""
        folder = self.folder / SEALED
        with durable.explained(folder, "read"):
            paths = [path for path, _ in scan(folder)]
        for path in paths:
            name = sealed_name(path)
            with suppress(OSError):
                if name:
                    yield name, _sha256(folder / path)

    def _kept(self) -> tuple[int, ...]:
        return () if self._lock is None else (self._lock,)


def _fill(target: Path, pieces: Iterable[bytes], mode: int) -> None:
    """Write a file beside its place, to the disk, then move it there in one step."""
    # Always the same name: whoever comes after a kill writes over it, so nothing piles up.
    unfinished = target.with_name(f".{target.name}{UNFINISHED}")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, durable.PRIVATE)
        with os.fdopen(handle, "wb") as stream:
            for piece in pieces:
                stream.write(piece)
            stream.flush()
            os.fchmod(handle, mode)
            os.fsync(handle)
        unfinished.replace(target)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        # What was just written must come from the disk, not from memory.
        with suppress(OSError):
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def refuse_overlap(folder: Path, archive: Path) -> None:
    """Refuse a place inside the archive, or around it: a copy would lie in itself."""
    there, here = folder.resolve(), archive.resolve()
    if there == here or there in here.parents or here in there.parents:
        raise CannotRun(
            f"{folder} and the archive {archive} lie in one another", next_step="Name another folder in [copy] to"
        )
