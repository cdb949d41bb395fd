"""Judges the file of a private SSH key before anybody uses it."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def flaw(path: Path) -> tuple[str, str] | None:
    """What keeps a private key from being used and what to do about it; None when it may be used."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return f"its key_file {path} is not there", "Write the path of a private SSH key, without .pub"
    except OSError as error:
        return f"its key_file {path} cannot be read: {error.strerror}", "Check the folders above it"
    if not stat.S_ISREG(status.st_mode):
        return f"its key_file {path} is no regular file", "Write the path of a private SSH key"
    if status.st_uid != os.geteuid():
        return (
            f"its key_file {path} belongs to another user",
            f"Make it yours: chown {os.geteuid()} {path} && chmod 600 {path}",
        )
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return (
            f"its key_file {path} is open to others (mode {stat.S_IMODE(status.st_mode):04o})",
            f"Close it: chmod 600 {path}. If others could read it, make a new key",
        )
    return None
