"""The drop folder of one device: a stranger may write to it, so nothing in it is followed, overwritten or deleted."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from types import TracebackType
from typing import Self

from dcops.diff.visible import quoted
from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.pushed.whole_file import FLAGS, WholeFile, fingerprint, kind_of
from dcops.model.device import PARTIAL_NAMES
from dcops.model.moment import compact

TAKEN = "taken"
"""Where files go that are in the archive, inside the folder of their device."""
LONGEST_NAME_BYTES = 255
# `taken` belongs to us alone: what lies there is a backup in the clear.
_MODE = 0o700
_RIGHTS = "See which rights it needs: docs/how-to/pushed-files.md"


@dataclass(frozen=True, slots=True)
class Lying:
    """A file as it lay there at one look."""

    name: str
    size: int
    modified_ns: int
    """What the file says of itself; whoever wrote it can set this."""
    touched: datetime
    """When the file system last saw it change."""
    print: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, name: str, status: os.stat_result) -> Self:
        """As its status tells."""
        return cls(name, status.st_size, status.st_mtime_ns, _moment(status.st_ctime), fingerprint(status))

    @property
    def stamp(self) -> str:
        """What tells the same file in a later run, though it was not moved."""
        return f"{self.print[1]}:{self.modified_ns}"


@dataclass(frozen=True, slots=True)
class Refused:
    """Something under a backup's name that is none."""

    name: str
    error: DeviceError
    touched: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What lay in a folder at one moment."""

    files: Mapping[str, Lying] = field(default_factory=dict)
    """Those that may be a whole backup."""
    unfinished: tuple[str, ...] = ()
    """Files on their way: empty ones, and those whose name says so."""
    refused: tuple[Refused, ...] = ()
    strangers: tuple[str, ...] = ()
    """Names that do not fit the pattern."""


class DropFolder:
    """The folder of a device, opened once: whatever happens to its name meanwhile, this one is worked in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            raise DeviceError(
                ErrorKind.UNREACHABLE,
                f"its drop folder {path} does not exist",
                next_step="Make it, for the account of the device: docs/how-to/pushed-files.md",
            ) from None
        except OSError as error:
            if error.errno in (errno.ENOTDIR, errno.ELOOP):
                raise DeviceError(
                    ErrorKind.DENIED,
                    f"its drop folder {path} is a link or a file, and no folder",
                    next_step="Make it a folder of its own; where all of them lie is said by [drop] folder",
                ) from None
            raise denied(path, error, "read") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)

    def look(self, pattern: str) -> Look:
        """Everything that lies there now."""
        files: dict[str, Lying] = {}
        unfinished, strangers, refused = [], [], []
        for name in self._names():
            with suppress(FileNotFoundError):
                status = os.stat(name, dir_fd=self._handle, follow_symlinks=False)
                if name.startswith(".") or not _fits(name, pattern):
                    strangers.append(name)
                elif problem := _no_file(status):
                    refused.append(Refused(name, _refusal(name, problem), _moment(status.st_ctime)))
                elif name.lower().endswith(PARTIAL_NAMES) or not status.st_size:
                    unfinished.append(name)
                else:
                    files[name] = Lying.of(name, status)
        return Look(files, tuple(unfinished), tuple(refused), tuple(strangers))

    def size_and_touch(self, name: str) -> tuple[int, datetime]:
        """How large it is, and when the file system last saw it change."""
        try:
            status = os.stat(name, dir_fd=self._handle, follow_symlinks=False)
        except OSError as error:
            raise denied(self.path / quoted(name), error, "read") from None
        return status.st_size, _moment(status.st_ctime)

    def open(self, lying: Lying) -> WholeFile:
        """Open a file that was looked at; refuses one that is another by now."""
        try:
            file = WholeFile(os.open(lying.name, FLAGS | os.O_NOFOLLOW, dir_fd=self._handle), lying.name)
        except OSError as error:
            raise denied(self.path / quoted(lying.name), error, "read") from None
        if fingerprint(file.status) != lying.print:
            with file:
                raise _replaced(lying.name)
        return file

    def take(self, lying: Lying, sha256: str, arrived: datetime) -> str:
        """Move a file that is in the archive to `taken`, under a name that nothing has there; gives that name."""
        try:
            with self._taken() as taken:
                self._still(lying, lying.name, self._handle)
                wanted = _free(taken, f"{compact(arrived)}-{sha256[:8]}-", lying.name)
                os.rename(lying.name, wanted, src_dir_fd=self._handle, dst_dir_fd=taken)
                try:
                    self._still(lying, wanted, taken, moved=True)
                except DeviceError:
                    # Somebody put another file in its place at this very moment: that one was not archived.
                    self._put_back(lying.name, wanted, taken)
                    raise
                os.fsync(taken)
                os.fsync(self._handle)
        except FileNotFoundError:
            raise _replaced(lying.name) from None
        except OSError as error:
            raise denied(self.path / TAKEN, error, "written") from None
        return wanted

    def _names(self) -> list[str]:
        try:
            with os.scandir(self._handle) as entries:
                return sorted(entry.name for entry in entries if entry.name != TAKEN)
        except OSError as error:
            raise denied(self.path, error, "read") from None

    @contextmanager
    def _taken(self) -> Iterator[int]:
        with suppress(FileExistsError):
            os.mkdir(TAKEN, _MODE, dir_fd=self._handle)
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(TAKEN, flags, dir_fd=self._handle)
        try:
            yield handle
        finally:
            os.close(handle)

    def _still(self, lying: Lying, name: str, folder: int, *, moved: bool = False) -> None:
        now = fingerprint(os.stat(name, dir_fd=folder, follow_symlinks=False))
        # Moving a file is a change that the file system notes, and the only one that may have happened.
        if (now[:4] if moved else now) != (lying.print[:4] if moved else lying.print):
            raise _replaced(lying.name)

    def _put_back(self, name: str, wanted: str, taken: int) -> None:
        with suppress(FileNotFoundError):
            os.stat(name, dir_fd=self._handle, follow_symlinks=False)
            return
        os.rename(wanted, name, src_dir_fd=taken, dst_dir_fd=self._handle)


def unknown(root: Path, known: set[str]) -> tuple[str, ...]:
    """What lies in the drop folder of the site and belongs to no device, by name."""
    try:
        with os.scandir(root) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError:
        # That it cannot be read is said by each device whose folder should be there.
        return ()
    return tuple(name for name in names if name not in known and not _of_the_system(name))


def _of_the_system(name: str) -> bool:
    return name.startswith(".") or name == "lost+found"


def denied(path: Path, error: OSError, verb: str) -> DeviceError:
    """What the file system does not let us do, and what would help."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    step = "Free some space there" if full else _RIGHTS
    return DeviceError(ErrorKind.DENIED, f"{path} cannot be {verb}: {error.strerror or error}", next_step=step)


def _fits(name: str, pattern: str) -> bool:
    """A file on its way has the name it will have, and an ending of its own."""
    bare = next((name[: -len(end)] for end in PARTIAL_NAMES if name.lower().endswith(end)), name)
    return fnmatchcase(name, pattern) or fnmatchcase(bare, pattern)


def _no_file(status: os.stat_result) -> str:
    if not stat.S_ISREG(status.st_mode):
        return f"is {kind_of(status.st_mode)}, and no file"
    if status.st_nlink > 1:
        # It may be anybody's file: moving it would say that it came from the device.
        return "has another name elsewhere (a hard link)"
    return ""


def _refusal(name: str, problem: str) -> DeviceError:
    return DeviceError(ErrorKind.INVALID, f"{quoted(name)} {problem}", next_step="Find out who put it there, remove it")


def _replaced(name: str) -> DeviceError:
    return DeviceError(
        ErrorKind.BUSY,
        f"{quoted(name)} was replaced while it was taken in",
        next_step="It is looked at again in the next run",
    )


def _free(taken: int, before: str, name: str) -> str:
    """A name under `taken` that nothing has, whole where the file system's limit allows it."""
    room = LONGEST_NAME_BYTES - len(before) - 4
    kept = os.fsencode(name)[-room:].decode("utf-8", "ignore") if len(os.fsencode(name)) > room else name
    for number in range(1000):
        wanted = f"{before}{kept}" if not number else f"{before}{number}-{kept}"
        try:
            os.stat(wanted, dir_fd=taken, follow_symlinks=False)
        except FileNotFoundError:
            return wanted
    raise OSError(errno.EEXIST, "a thousand files of this name were taken in within one second")


def _moment(seconds: float) -> datetime:
    """A time of the file system; one that no calendar has is as far away as can be."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC) if seconds > 0 else datetime.min.replace(tzinfo=UTC)
