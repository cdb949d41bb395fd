"""Which files there are, before any of them is read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def files_in(folders: Sequence[Path]) -> dict[str, Path]:
    """The YAML files by their names without the ending; one of an earlier folder wins over one of a later."""
    files: dict[str, Path] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
            files.setdefault(file.stem, file)
    return dict(sorted(files.items()))
