"""The roster, read again when one of its files changes; a broken edit leaves the last good one in force."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dcops.errors import DcopsError, InvalidInput
from dcops.exporters.snmp.roster import Roster, roster, watched
from dcops.settings import Settings, load

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
_SUFFIXES = (".yaml", ".yml")


class Watch:
    """Looks at the files when somebody asks for something, and not more often than every two seconds."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="roster")
        self._seen: object = None
        self._problem = ""
        self._looked = 0.0
        self._looking: asyncio.Future[None] | None = None
        self._settings: Settings | None = None
        self.roster: Roster | None = None
        """The last good one; None when there never was one."""
        self._read()

    @property
    def up(self) -> bool:
        """What is in force is what the files say now."""
        return not self._problem

    def look(self) -> asyncio.Future[None] | None:
        """See in the background whether something changed; nobody has to wait for it."""
        if self._looking is not None and not self._looking.done():
            return self._looking
        if time.monotonic() - self._looked < EVERY_SECONDS:
            return None
        self._looked = time.monotonic()
        self._looking = asyncio.get_running_loop().run_in_executor(self._thread, self._read)
        return self._looking

    async def settle(self, seconds: float) -> None:
        """Wait until the files were looked at."""
        if looking := self.look():
            await asyncio.wait([looking], timeout=seconds)

    def close(self) -> None:
        """Look no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _read(self) -> None:
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
        seen = fingerprint(watched(self._settings) if self._settings else [self._root / "dcops.toml"])
        if seen == self._seen:
            return
        self._seen = seen
        self._settings = settings = load(self._root)
        # Taken before the files are read: what changes meanwhile is seen the next time.
        self._seen = fingerprint(watched(settings))
        self.roster = roster(settings)
        self._say("")

    def _say(self, problem: str) -> bool:
        """Tell the log once, not at every look; gives whether it was news."""
        if problem == self._problem:
            return False
        kept = "; what was read before stays in force" if self.roster and problem else ""
        log.warning("inventory, logins or profiles%s: %s", kept, problem or "can be read again")
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
