"""The folders: whose they are, who can look into them, and how much still fits."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Iterator
from pathlib import Path

from dcops.jobs.doctor.check import Check, Premises, State, well

MIB = 1024 * 1024
LEAST_BYTES = 200 * MIB
SCANT_BYTES = 1024 * MIB
LEAST_FILES = 1000


def account(premises: Premises) -> Iterator[Check]:
    """What one account writes another must be able to read: so it is always the same one."""
    mine, owner = os.geteuid(), premises.root.stat().st_uid
    if mine != owner:
        yield Check(
            "account",
            State.WARNING,
            f"this runs as {_name(mine)}, and {premises.root} belongs to {_name(owner)}",
            f"Run it as that account: sudo -u {_name(owner)} dcops -C {premises.root} doctor",
        )
    elif mine == 0:
        yield Check(
            "account", State.WARNING, "dcops runs as root and needs no such rights", "Give it an account of its own"
        )
    else:
        yield well("account", f"{_name(mine)}, who owns {premises.root}")


def state(premises: Premises) -> Iterator[Check]:
    """The state folder holds sealed configurations, the site key and the ledger."""
    folder = premises.state
    if not folder.exists():
        yield Check("state", State.WARNING, f"{folder} does not exist yet", "The first backup makes it")
        return
    if not folder.is_dir():
        yield Check("state", State.PROBLEM, f"{folder} is no folder", "Move the file away")
        return
    mode = folder.stat().st_mode
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Check("state", State.PROBLEM, f"{folder} cannot be written", "See whose it is: ls -ld")
    elif mode & 0o022:
        yield Check("state", State.PROBLEM, f"{folder} can be changed by others", f"Run: chmod 700 {folder}")
    elif mode & 0o055:
        yield Check("state", State.WARNING, f"{folder} can be looked into by others", f"Run: chmod 700 {folder}")
    else:
        yield well("state", f"{folder}, for its owner only")


def space(premises: Premises) -> Iterator[Check]:
    """A full disk ends a night."""
    folder = _existing(premises.state)
    free = shutil.disk_usage(folder).free
    files = os.statvfs(folder).f_favail
    # File systems without a fixed number of files say 0 of 0.
    scarce_files = os.statvfs(folder).f_files > 0 and files < LEAST_FILES
    detail = f"{free / (1024 * MIB):.1f} GiB free in {folder}"
    if free < LEAST_BYTES or scarce_files:
        more = f", room for {files} files" if scarce_files else ""
        yield Check("free space", State.PROBLEM, detail + more, "Make room before the next night")
    elif free < SCANT_BYTES:
        yield Check("free space", State.WARNING, detail, "Make room soon")
    else:
        yield well("free space", detail)


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
