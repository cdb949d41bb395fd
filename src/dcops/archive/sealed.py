"""The folder of sealed files, each named by the hash of its content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from dcops.archive import durable
from dcops.errors import ArchiveDamaged, CannotRun

_NAME = re.compile(r"[0-9a-f]{64}")
_SUFFIX = ".age"
_CHUNK_BYTES = 1 << 20


class SealedFiles:
    """Sealed configurations outside git: written once, never changed, found by their hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, sealed: bytes) -> str:
        """Store sealed bytes; gives their name. They outlive a power cut only after `settle`."""
        name = hashlib.sha256(sealed).hexdigest()
        path = self.path(name)
        with durable.explained(path.parent, "made"):
            if not path.parent.is_dir():
                path.parent.mkdir(mode=durable.PRIVATE_FOLDER, exist_ok=True)
        durable.replace(path, sealed, mode=0o400, settled=False)
        return name

    def settle(self, names: Iterable[str]) -> None:
        """Wait until the files of these names are on the disk, before a version lists them."""
        durable.settle([self.path(name) for name in names])
        with durable.explained(self.folder):
            durable.sync_folder(self.folder)

    def require(self, names: Iterable[str]) -> None:
        """Refuse to go on when one of these files is gone: whoever holds the lock of the archive may then list them."""
        for name in names:
            if not self.path(name).is_file():
                raise CannotRun(
                    f"{self.path(name)} was removed before a version listed it: it lay there for too long",
                    next_step="Nothing was committed: run it again",
                )

    def read(self, name: str) -> bytes:
        """The sealed bytes of this name, checked against it."""
        path = self.path(name)
        with durable.explained(path, "read"):
            try:
                sealed = path.read_bytes()
            except FileNotFoundError:
                raise ArchiveDamaged(f"{path} is missing", next_step="Fetch it from a copy of the archive") from None
        if hashlib.sha256(sealed).hexdigest() != name:
            raise ArchiveDamaged(
                f"{path} is damaged: its content is not what its name says",
                next_step="Fetch it from a copy of the archive, and test the disk",
            )
        return sealed

    def problem(self, name: str) -> str:
        """What is wrong with the file of this name, in a word or two; empty when it is well."""
        digest = hashlib.sha256()
        try:
            with self.path(name).open("rb") as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    digest.update(chunk)
        except FileNotFoundError:
            return "missing"
        except OSError as error:
            return f"unreadable ({error.strerror or error})"
        return "" if digest.hexdigest() == name else "damaged"

    def discard(self, name: str) -> None:
        """Remove a file that no version lists."""
        self.path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """The names of all sealed files."""
        for path in self._files():
            if self._is_ours(path):
                yield path.stem

    def strangers(self) -> Iterator[Path]:
        """Files that are no sealed files: mostly what an interrupted run left half written."""
        for path in self._files():
            if not self._is_ours(path):
                yield path

    def path(self, name: str) -> Path:
        """Where the file of this name lies."""
        if not _NAME.fullmatch(name):
            raise ArchiveDamaged(f"{name!r} does not name a sealed file")
        return self.folder / name[:2] / f"{name}{_SUFFIX}"

    def _files(self) -> Iterator[Path]:
        with durable.explained(self.folder, "read"):
            yield from sorted(path for path in self.folder.rglob("*") if not path.is_dir())

    def _is_ours(self, path: Path) -> bool:
        return path.suffix == _SUFFIX and bool(_NAME.fullmatch(path.stem)) and path == self.path(path.stem)
