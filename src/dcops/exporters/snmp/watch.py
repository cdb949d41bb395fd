"""The roster of the devices that are asked over SNMP, looked after beside the scrapes."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dcops.exporters import files
from dcops.exporters.files import Files
from dcops.exporters.snmp.roster import Roster, roster, watched


class Watch:
    """Looks at the files when somebody asks for something, and not more often than every two seconds."""

    def __init__(self, root: Path) -> None:
        self._files: Files[Roster] = Files(root, roster, watched, "inventory, logins or profiles")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="roster")
        self._looked = 0.0
        self._looking: asyncio.Future[None] | None = None
        self._files.look()

    @property
    def roster(self) -> Roster | None:
        """The last good one; None when there never was one."""
        return self._files.current

    @property
    def up(self) -> bool:
        """What is in force is what the files say now."""
        return self._files.up

    def look(self) -> asyncio.Future[None] | None:
        """See in the background whether something changed; nobody has to wait for it."""
        if self._looking is not None and not self._looking.done():
            return self._looking
        if time.monotonic() - self._looked < files.EVERY_SECONDS:
            return None
        self._looked = time.monotonic()
        self._looking = asyncio.get_running_loop().run_in_executor(self._thread, self._files.look)
        return self._looking

    async def settle(self, seconds: float) -> None:
        """Wait until the files were looked at."""
        if looking := self.look():
            await asyncio.wait([looking], timeout=seconds)

    def close(self) -> None:
        """Look no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)
