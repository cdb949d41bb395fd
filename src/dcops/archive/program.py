"""The git program, called with nothing of the user's set-up in the way and a limit on its time."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from dcops.errors import ArchiveDamaged, CannotRun

LIMIT_SECONDS = 300.0
LOST = "See: dcops archive verify. Restore the archive from a copy before the next backup"
NAME = "dcops"
ADDRESS = "dcops@localhost"

OPTIONS = (
    "core.hooksPath=/dev/null",
    "core.fsync=all",  # every object and the branch are on the disk before git says that it is done
    "core.fsyncMethod=fsync",
    "core.attributesFile=/dev/null",
    "core.logAllRefUpdates=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
_OLDEST = (2, 36)
"""The first git that writes everything through to the disk before it moves a branch (core.fsync)."""
_SURROUNDINGS = {
    "No space left": "no space left on the disk",
    "Out of diskspace": "no space left on the disk",
    "quota": "the quota on that disk is used up",
    "Read-only file system": "the file system is mounted read-only",
    "Permission denied": "permission denied",
    "File too large": "a limit on file sizes stands in the way",
}


def call(
    command: Sequence[str],
    *,
    feed: bytes = b"",
    limit_seconds: float = LIMIT_SECONDS,
    keep: Sequence[int] = (),
) -> subprocess.CompletedProcess[bytes]:
    """Call git and wait for its end; `keep` are open files that it must keep open as long as it lives."""
    options = [word for option in OPTIONS for word in ("-c", option)]
    try:
        return subprocess.run(
            ["git", *options, *command],
            input=feed,
            capture_output=True,
            env=_environment(),
            timeout=limit_seconds,
            pass_fds=keep,
            umask=0o077,
            check=False,
        )
    except FileNotFoundError:
        raise _missing() from None
    except subprocess.TimeoutExpired:
        raise CannotRun(
            f"git did not answer within {limit_seconds:.0f} s", next_step="See whether the disk hangs: dmesg"
        ) from None


def started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start git and come back at once. It knows letters beyond ASCII, whatever the caller's locale is."""
    options = [word for option in OPTIONS for word in ("-c", option)]
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            ["git", *options, *command],
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env={**_environment(), "LC_ALL": "C.UTF-8"},
            umask=0o077,
        )
    except FileNotFoundError:
        raise _missing() from None


def _missing() -> CannotRun:
    return CannotRun("the program git is missing", next_step="Install it, on Debian: apt install git")


def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_AUTHOR_NAME": NAME,
        "GIT_AUTHOR_EMAIL": ADDRESS,
        "GIT_COMMITTER_NAME": NAME,
        "GIT_COMMITTER_EMAIL": ADDRESS,
    }


def require_version() -> None:
    """Refuse a git that is too old to be safe against a power cut."""
    require_recent(call(("version",)).stdout.decode("ascii", "replace").strip(), "here")


def require_recent(said: str, where: str) -> None:
    """Refuse a git that says of itself that it is too old."""
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        raise CannotRun(f"the archive needs git {oldest} or newer, and {where} is {said!r}")


def surroundings(said: bytes) -> str:
    """What around git stands in its way, in words for people; empty when it is something else."""
    text = said.decode("utf-8", "replace")
    return next((meaning for word, meaning in _SURROUNDINGS.items() if word in text), "")


def failure(command: str, done: subprocess.CompletedProcess[bytes], folder: Path) -> CannotRun:
    """Tell a damaged repository from surroundings that do not allow the call."""
    lines = [line.strip() for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    if meaning := surroundings(done.stderr):
        return CannotRun(
            f"{folder} cannot be written: {meaning}",
            next_step="Mend that and run it again; what was archived before is untouched",
        )
    said = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[-1] if lines else "no word")
    if done.returncode < 0:
        said = f"ended by signal {signal.Signals(-done.returncode).name}"
    message = f"git {command} failed in {folder}: {said}"
    if done.returncode < 0 or command in ("fast-import", "init"):
        return CannotRun(message, next_step="Run it again, then: dcops archive verify")
    return ArchiveDamaged(message, next_step=LOST)
