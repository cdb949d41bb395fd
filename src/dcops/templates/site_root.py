"""Makes a new site root from the example in `templates/site`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from dcops.errors import CannotRun, UsageError
from dcops.templates.find import data_folder

# In the template the file has no dot, or git would obey it there.
RENAMED = {"gitignore": ".gitignore"}
FIRST_COMMIT = "New site root"
_GIT_SECONDS = 30
# Set while a git hook runs; with them git would write into the repository of the hook.
_ELSEWHERE = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"})


def create(target: Path) -> bool:
    """Write a new site root and make it a git repository; True when the first commit was made.

    A folder that holds anything is refused: nothing of anybody's is overwritten.
    """
    _refuse_used(target)
    example = data_folder("templates") / "site"
    try:
        for source in _files(example):
            relative = source.relative_to(example)
            copy = target / relative.with_name(RENAMED.get(relative.name, relative.name))
            copy.parent.mkdir(parents=True, exist_ok=True)
            with copy.open("xb") as stream:
                stream.write(source.read_bytes())
    except OSError as error:
        raise CannotRun(f"{error.filename or target} cannot be written: {error.strerror}") from None
    return _commit(target)


def _refuse_used(target: Path) -> None:
    if target.is_symlink() and not target.exists():
        raise UsageError(f"{target} is a link that leads nowhere", next_step="Name another folder")
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file", next_step="Name a folder that does not exist yet")
    try:
        used = target.exists() and any(target.iterdir())
    except OSError as error:
        raise CannotRun(f"{target} cannot be read: {error.strerror}") from None
    if used and (target / "dcops.toml").exists():
        raise UsageError(
            f"{target} is a site root already", next_step=f"Look at it with: dcops -C {target} inventory check"
        )
    if used:
        raise UsageError(f"{target} is not empty", next_step="Name a folder that does not exist yet, or is empty")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _commit(target: Path) -> bool:
    """Make the folder a git repository with all of it in one commit.

    Without git, or without a name to commit under, the site root works all the same.
    """
    return all(
        _git(target, *words)
        for words in (
            ("init", "--quiet", "--initial-branch=main"),
            ("add", "--all"),
            ("commit", "--quiet", f"--message={FIRST_COMMIT}"),
        )
    )


def _git(folder: Path, *words: str) -> bool:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name not in _ELSEWHERE},
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
