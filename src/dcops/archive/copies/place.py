"""What the second store can be asked for, wherever it lies."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from dcops.archive.git import Git

ARCHIVE = "archive"
HISTORY = "archive/readable.git"
SEALED = "archive/sealed"
TIP = "archive/tip"
LOCK = "archive/lock"
MARKER = "copy.json"
KEYS = "keys"

UNFINISHED = ".part"
_SEALED_FILE = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})\.age")
_CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Listing:
    """The sealed files that lie somewhere, by name and size."""

    sizes: Mapping[str, int]
    strangers: tuple[str, ...] = ()
    """Other files, relative to the folder of sealed files; without what an interrupted copy left."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said there."""

    code: int
    out: str
    err: str = ""


class Rotten(Exception):
    """A sealed file here is not what its name says; it is not copied."""


class Place(Protocol):
    """A folder, here or on another host. It is entered before it is asked, and left when all is done."""

    @property
    def where(self) -> str:
        """What people call it."""

    @property
    def lanes(self) -> int:
        """How many files may be sent at once."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def entries(self) -> frozenset[str] | None:
        """The names in its folder; None when there is no such folder."""

    def make(self, folders: Iterable[str]) -> None:
        """Make folders, and those above them, unless they are there."""

    def held(self, wait_seconds: float) -> AbstractContextManager[None]:
        """Hold the lock of the archive there; Busy names who holds it."""

    def read(self, path: str) -> bytes | None:
        """A small file; None when there is none."""

    def write(self, path: str, content: bytes) -> None:
        """Write a small file so that a reader finds the old or the new content."""

    def listing(self) -> Listing:
        """Every sealed file there, asked for in one call."""

    def send(self, name: str, source: Path) -> None:
        """Copy one sealed file in one step; Rotten when the source is not what its name says. Many threads may call."""

    def settle(self) -> None:
        """Wait until everything that was sent is on the disk."""

    def free_bytes(self) -> int:
        """How much room is left there."""

    def shares_disk_with(self, folder: Path) -> bool:
        """Whether it lies on the same file system as a folder here, and is lost with it."""

    def git(self, *words: str) -> Answer:
        """Run git on the history there."""

    def create_history(self) -> None:
        """Make an empty history, whole or not at all. The caller holds the lock."""

    def push(self, home: Git, revision: str) -> None:
        """Move the history there forward to a commit, in one step or not at all. The caller holds the lock."""

    def discard(self, names: Collection[str]) -> None:
        """Remove sealed files, and whatever interrupted copies left half written. The caller holds the lock."""

    def hashes(self) -> Iterator[tuple[str, str]]:
        """The name of every sealed file and the SHA-256 of its content, recomputed there.

        A file that cannot be read there is left out.
        """


def sealed_name(path: str) -> str | None:
    """The name of the sealed file at `ab/ab….age`; None when that is none."""
    found = _SEALED_FILE.fullmatch(path)
    return found[2] if found else None


def is_unfinished(path: str) -> bool:
    """Whether an interrupted copy left it."""
    return path.endswith(UNFINISHED)


def listed(files: Iterable[tuple[str, int]]) -> Listing:
    """A listing of files by path and size."""
    sizes, strangers = {}, []
    for path, size in files:
        if name := sealed_name(path):
            sizes[name] = size
        elif not is_unfinished(path):
            strangers.append(path)
    return Listing(sizes, tuple(sorted(strangers)))


def scan(folder: Path) -> Iterator[tuple[str, int]]:
    """Every file below a folder of sealed files, with its size."""
    for place, _, names in os.walk(folder, onerror=_refuse):
        for name in names:
            path = Path(place, name)
            try:
                yield path.relative_to(folder).as_posix(), path.lstat().st_size
            except FileNotFoundError:
                continue


def _refuse(error: OSError) -> None:
    # What cannot be looked at must not pass for empty.
    raise error


def checked_chunks(source: Path, name: str) -> Iterator[bytes]:
    """The content of a sealed file, piece by piece; raises Rotten at its end when it is not what its name says."""
    digest = hashlib.sha256()
    try:
        stream = source.open("rb")
    except OSError:
        raise Rotten(name) from None
    with stream:
        while chunk := _read(stream, name):
            digest.update(chunk)
            yield chunk
    if digest.hexdigest() != name:
        raise Rotten(name)


def _read(stream: BinaryIO, name: str) -> bytes:
    try:
        return stream.read(_CHUNK_BYTES)
    except OSError:
        raise Rotten(name) from None
