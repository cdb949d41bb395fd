"""What can go wrong, as a tree.

    DcopsError
    ├── UsageError            the command was wrong                                     (exit 2)
    ├── InvalidInput          a file of the site root is wrong                          (exit 2)
    ├── CannotRun             the installation or the surroundings do not allow it      (exit 3)
    │   ├── Busy              another run holds the lock
    │   └── ArchiveDamaged    a stored file is missing or is not what its name says
    └── DeviceError           one device failed; becomes an outcome, never ends a run

A message says what happened, where, and what to do next, in words for a tired reader.
"""

from __future__ import annotations

from enum import StrEnum


class ErrorKind(StrEnum):
    """Why a device failed, in one word that scripts can rely on."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    AUTH = "auth"
    HOST_KEY = "host-key"
    CERTIFICATE = "certificate"
    TRUNCATED = "truncated"
    INVALID = "invalid"
    LOCKED = "locked"
    BUSY = "busy"
    DENIED = "denied"
    UNSUPPORTED = "unsupported"
    INTERNAL = "internal"


class DcopsError(Exception):
    """The root of everything that dcops raises on purpose."""

    exit_code = 3

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message}. {self.next_step}" if self.next_step else self.message


class UsageError(DcopsError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class InvalidInput(DcopsError):
    """A file of the site root cannot be used as it is."""

    exit_code = 2


class CannotRun(DcopsError):
    """The installation, the file system or another run does not allow it."""


class Busy(CannotRun):
    """Another run holds the lock."""


class ArchiveDamaged(CannotRun):
    """A stored file is missing, or is not what its name says."""


class DeviceError(DcopsError):
    """One device failed. The fleet turns it into an outcome; the other devices go on."""

    def __init__(self, kind: ErrorKind, message: str, *, next_step: str = "") -> None:
        super().__init__(message, next_step=next_step)
        self.kind = kind
