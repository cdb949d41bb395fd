"""Files that are either the old or the new one after a kill, a full disk or a power cut."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from dcops.errors import CannotRun

PRIVATE = 0o600
PRIVATE_FOLDER = 0o700
_SETTLERS = 16

_NEXT_STEPS = {
    errno.ENOSPC: "Free some space there and run it again; what was archived before is untouched",
    errno.EDQUOT: "The quota there is used up: free some space and run it again",
    errno.EFBIG: "A limit on file sizes stands in the way (ulimit -f)",
    errno.EROFS: "The file system is mounted read-only: see dmesg before mounting it for writing",
    errno.EACCES: "Run it as the user who owns that folder",
    errno.EPERM: "Run it as the user who owns that folder",
}


@contextmanager
def explained(path: Path, verb: str = "written") -> Iterator[None]:
    """Turn what the file system says into an error that names the file and the next step."""
    try:
        yield
    except OSError as error:
        raise CannotRun(
            f"{path} cannot be {verb}: {error.strerror or error}",
            next_step=_NEXT_STEPS.get(error.errno or 0, ""),
        ) from None


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, for its owner only, and make the entry durable."""
    with explained(folder, "looked at"):
        if folder.is_dir():
            return
    if folder.parent != folder:
        make_folder(folder.parent)
    with explained(folder, "made"):
        with suppress(FileExistsError):
            folder.mkdir(mode=PRIVATE_FOLDER)
        sync_folder(folder.parent)


def replace(path: Path, content: bytes, *, mode: int = PRIVATE, settled: bool = True) -> None:
    """Write a file so that a reader finds the old or the new content, never a part.

    Unsettled it outlives a kill, and a power cut only after `settle`.
    """
    with explained(path), _finished_beside(path, content, mode, settled=settled) as finished:
        finished.replace(path)
        if settled:
            sync_folder(path.parent)


def settle(paths: Sequence[Path]) -> None:
    """Make many written files durable at once: the disk orders them better than one after the other."""

    def one(path: Path) -> None:
        with explained(path):
            _sync_file(path)

    # Imported by those who write: looking something up must not wait for it.
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_SETTLERS) as threads:
        list(threads.map(one, paths))
        list(threads.map(sync_folder, {path.parent for path in paths}))


def create(path: Path, content: bytes, *, mode: int = PRIVATE) -> bool:
    """Write a new file in one step; False, and nothing done, when it exists already."""
    with explained(path), _finished_beside(path, content, mode) as finished:
        try:
            # A link never overwrites: of two processes one wins, and the other learns it.
            path.hardlink_to(finished)
        except FileExistsError:
            return False
        finally:
            with suppress(OSError):
                finished.unlink(missing_ok=True)
        sync_folder(path.parent)
        return True


def write_new(path: Path, content: bytes) -> None:
    """Write a private file that must not exist yet, on any file system (a stick has no hard links)."""
    with explained(path):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
        try:
            _fill(handle, content)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable: fsync of a file does not cover its name."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some network file systems cannot do this, and have nothing better to offer.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Make everything below a folder durable; for a handful of files that another program wrote."""
    for place, _, names in os.walk(folder):
        for name in names:
            _sync_file(Path(place, name))
        sync_folder(Path(place))


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _finished_beside(path: Path, content: bytes, mode: int, *, settled: bool = True) -> Iterator[Path]:
    import secrets

    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        try:
            _fill(handle, content, settled=settled)
        finally:
            os.close(handle)
        yield temporary
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _fill(handle: int, content: bytes, *, settled: bool = True) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]
    if settled:
        os.fsync(handle)
