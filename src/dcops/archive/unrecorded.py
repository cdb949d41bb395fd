"""Sealed files that are written and that history does not know yet: after a kill they are found and removed."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from dcops.archive import durable
from dcops.archive.sealed import SealedFiles


class Unrecorded:
    """A list of names in a file. Whoever uses it holds a lock that nobody else takes."""

    def __init__(self, file: Path, sealed: SealedFiles) -> None:
        self._file = file
        self._sealed = sealed

    def add(self, name: str) -> None:
        """Note the name of a file that is about to be written."""
        with durable.explained(self._file), self._file.open("a", encoding="ascii") as stream:
            stream.write(f"{name}\n")

    def clear(self) -> None:
        """History knows them all."""
        with durable.explained(self._file, "removed"):
            self._file.unlink(missing_ok=True)

    def sweep(self, known: Collection[str]) -> int:
        """Remove those that history does not know, written or half written; gives their number."""
        with durable.explained(self._file, "read"):
            try:
                # The last line may be cut short, and then is the name of nothing.
                names = set(self._file.read_text(encoding="ascii", errors="replace").split()) - set(known)
            except FileNotFoundError:
                return 0
        lying = [self._sealed.path(name) for name in self._sealed.names() if name in names]
        lying += [path for path in self._sealed.strangers() if path.name.lstrip(".").partition(".")[0] in names]
        for path in lying:
            with durable.explained(path, "removed"):
                path.unlink(missing_ok=True)
        self.clear()
        return len(lying)
