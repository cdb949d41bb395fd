"""Moves the history of a place forward by git's own protocol: every object is checked there, the branch moves last."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from dcops.archive import program
from dcops.archive.git import BRANCH, Git
from dcops.errors import CannotRun

LEFTOVERS = ("*.lock", "refs/heads/*.lock", "objects/tmp_objdir-*", "objects/incoming-*")
"""What a receiving git leaves that was killed; relative to the repository."""


def receiver_options() -> tuple[str, ...]:
    """How the git at the place receives: checks everything, and only ever moves forward."""
    options = (
        *program.OPTIONS,
        "receive.fsckObjects=true",
        "receive.denyDeletes=true",
        "receive.denyNonFastForwards=true",
        "receive.autogc=false",
        "receive.unpackLimit=1",  # one pack for each push: the repack there makes few of many
        "safe.directory=*",  # a share may belong to another user; the folder is named by the site's own settings
    )
    return tuple(word for option in options for word in ("-c", option))


def leftovers(history: Path) -> Iterator[Path]:
    """What a git that was killed left in a repository that nobody works on."""
    for pattern in LEFTOVERS:
        yield from history.glob(pattern)


def command(home: Git, revision: str, to: str, *options: str) -> tuple[str, ...]:
    """Push one commit, and what leads to it."""
    push = ("push", "--porcelain", "--no-verify", "--no-recurse-submodules", *options)
    return (f"--git-dir={home.folder}", *push, to, f"{revision}:{BRANCH}")


def require_done(done: subprocess.CompletedProcess[bytes], where: str) -> None:
    """Refuse to believe in a push that did not end well."""
    if done.returncode == 0:
        return
    if meaning := program.surroundings(done.stderr + done.stdout):
        raise CannotRun(
            f"the history at {where} cannot be written: {meaning}",
            next_step="Mend that and run it again; what was copied before is untouched",
        )
    lines = [line.strip() for line in (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()]
    said = next((line for line in lines if line.startswith(("!", "fatal:", "error:", "remote: "))), "no word")
    raise CannotRun(
        f"the history at {where} did not move: {' '.join(said.split())}",
        next_step="Run it again; what was copied before is untouched. If it stays: dcops archive verify --copy",
    )
