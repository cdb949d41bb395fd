"""All vCenters of the inventory, each with a watcher of its own; follows what people write into the files."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from dcops.errors import DcopsError
from dcops.exporters import files
from dcops.exporters.files import Files
from dcops.exporters.vsphere import memory
from dcops.exporters.vsphere.roster import Entry, Manner, Roster, roster, watched
from dcops.exporters.vsphere.watcher import Watcher

if TYPE_CHECKING:
    from dcops.jobs.placement import Keeper

log = logging.getLogger(__name__)

AGAIN_SECONDS = 10.0
"""Between looks whether a vCenter that cannot be asked at all, for want of a login, now can."""
END_SECONDS = 12.0
TIDY_SECONDS = 30.0


class Fleet:
    """One thread starts and stops watchers; scrapes only look up."""

    def __init__(self, root: Path) -> None:
        self._files: Files[Roster] = Files(root, roster, watched, "inventory or settings of vCenters")
        self._stop = Event()
        self._looked = Event()
        self._roster: Roster | None = None
        self._keeper: Keeper | None = None
        self._entries: dict[str, Entry] = {}
        self._watchers: dict[str, Watcher] = {}
        self._troubles: dict[str, str] = {}
        self._tried: dict[str, float] = {}
        self._tidied = time.monotonic()
        self._thread = Thread(target=self._run, name="vCenters", daemon=True)
        self._thread.start()

    @property
    def roster(self) -> Roster | None:
        """The last good one; None when there never was one."""
        return self._files.current

    @property
    def up(self) -> bool:
        """What is in force is what the files say now."""
        return self._files.up

    def watcher(self, name: str) -> Watcher | None:
        """The watcher of a vCenter; None while it cannot be asked."""
        return self._watchers.get(name)

    def trouble(self, name: str) -> str:
        """Why a vCenter cannot be asked."""
        return self._troubles.get(name, "it is not asked yet")

    def settle(self, seconds: float) -> bool:
        """Wait for the first look at the files; gives whether it has been."""
        return self._looked.wait(seconds)

    def close(self) -> None:
        """Log out everywhere; takes some seconds at most."""
        self._stop.set()
        self._thread.join(END_SECONDS)
        _at_once(watcher.stop for watcher in self._watchers.values())
        self._watchers = {}

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._files.look()
                self._follow()
            except Exception:
                # The vCenters that are watched are still worth a scrape.
                log.exception("a flaw of the exporter, please report it")
            self._looked.set()
            self._tidy()
            self._stop.wait(files.EVERY_SECONDS)

    def _follow(self) -> None:
        wanted = self._files.current
        if wanted is None:
            return
        if wanted is not self._roster:
            self._change(wanted)
        for name, entry in self._entries.items():
            if name not in self._watchers and not self._stop.is_set():
                self._try(name, entry, wanted.manner)

    def _tidy(self) -> None:
        now = time.monotonic()
        if now - self._tidied >= TIDY_SECONDS:
            self._tidied = now
            memory.give_back()

    def _change(self, wanted: Roster) -> None:
        """Take over what the files say: who is gone or is reached otherwise ends, the others go on."""
        before, self._roster = self._roster, wanted
        same = before is not None and before.manner == wanted.manner
        going = {
            name: watcher
            for name, watcher in self._watchers.items()
            if not same or name not in wanted.entries or wanted.entries[name].reached != self._entries[name].reached
        }
        self._watchers = {name: one for name, one in self._watchers.items() if name not in going}
        self._entries = dict(wanted.entries)
        self._troubles = {}
        self._tried = {}
        _at_once(watcher.stop for watcher in going.values())
        for name, watcher in self._watchers.items():
            watcher.restate(wanted.entries[name].stated)

    def _try(self, name: str, entry: Entry, manner: Manner) -> None:
        now = time.monotonic()
        if now - self._tried.get(name, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return
        self._tried[name] = now
        try:
            made = self._made(entry, manner)
        except DcopsError as error:
            if self._troubles.get(name) != str(error):
                log.warning("%s: %s", name, error)
            self._troubles[name] = str(error)
            return
        made.start()
        # Replaced, not changed: a scrape may be looking at it.
        self._watchers = {**self._watchers, name: made}
        self._troubles.pop(name, None)

    def _made(self, entry: Entry, manner: Manner) -> Watcher:
        from dcops.assembly.here import now
        from dcops.jobs.placement import Keeper
        from dcops.vsphere import inventory, performance  # noqa: F401 pyvmomi and all, before they settle
        from dcops.vsphere.vcenter import Vcenter

        if self._keeper is None:
            self._keeper = Keeper(manner.state, now)
            memory.settle()
        vcenter = Vcenter(entry.target(), fresh=entry.target)
        return Watcher(vcenter, entry.stated, manner, self._keeper.offer)


def _at_once(ends: Iterable[Callable[[], None]]) -> None:
    """Run them all at the same time: one that hangs must not keep the others logged in."""
    threads = [Thread(target=end, daemon=True) for end in ends]
    for thread in threads:
        thread.start()
    until = time.monotonic() + END_SECONDS
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
