"""What a site's files say, read again when one of them changes; a broken edit leaves the last good reading in force."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from dcops.errors import DcopsError, InvalidInput
from dcops.settings import Settings, load

log = logging.getLogger(__name__)

T = TypeVar("T")

EVERY_SECONDS = 2.0
"""Looking more often would find nothing that a person can see."""
_SUFFIXES = (".yaml", ".yml")


class Files(Generic[T]):
    """One reading of several files; not for two threads at once."""

    def __init__(
        self,
        root: Path,
        read: Callable[[Settings], T],
        watched: Callable[[Settings], Iterable[Path]],
        what: str,
    ) -> None:
        self._root = root
        self._read = read
        self._watched = watched
        self._what = what
        self._seen: object = None
        self._problem = ""
        self._settings: Settings | None = None
        self.current: T | None = None
        """The last good one; None when there never was one."""

    @property
    def up(self) -> bool:
        """What is in force is what the files say now."""
        return not self._problem

    def look(self) -> None:
        """Read them if one of them changed; a mistake in them is told in the log, and never raised."""
        try:
            self._read_what_changed()
        except InvalidInput as error:
            self._say(str(error))
        except (DcopsError, OSError) as error:
            # It may pass without anybody touching a file: tried again at the next look.
            self._seen = None
            self._say(str(error))
        except Exception as error:
            # Whatever it is, the devices that are known can still be asked.
            self._seen = None
            if self._say(f"{type(error).__name__} inside the exporter"):
                log.exception("a flaw of the exporter, please report it")

    def _read_what_changed(self) -> None:
        seen = fingerprint(self._watched(self._settings) if self._settings else [self._root / "dcops.toml"])
        if seen == self._seen:
            return
        self._seen = seen
        self._settings = settings = load(self._root)
        # Taken before the files are read: what changes meanwhile is seen the next time.
        self._seen = fingerprint(self._watched(settings))
        self.current = self._read(settings)
        self._say("")

    def _say(self, problem: str) -> bool:
        """Tell the log once, not at every look; gives whether it was news."""
        if problem == self._problem:
            return False
        kept = "; what was read before stays in force" if self.current is not None and problem else ""
        log.warning("%s%s: %s", self._what, kept, problem or "can be read again")
        self._problem = problem
        return True


def fingerprint(places: Iterable[Path]) -> object:
    """What changes when a file at one of these places does."""
    return frozenset(
        (file, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
        for file in _files(places)
        if (status := file.stat())
    )


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from (file for file in place.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
        elif place.exists():
            yield place
