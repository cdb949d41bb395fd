"""Does something again and again beside the clock, so that a slow mail server delays no run."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from dcops.errors import DcopsError

log = logging.getLogger(__name__)


class Repeated:
    """A thread that calls a function every so many seconds; an error is logged and the next call comes all the same."""

    def __init__(self, name: str, function: Callable[[], None], seconds: float) -> None:
        self._function = function
        self._seconds = seconds
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._repeat, name=name, daemon=True)

    def start(self) -> None:
        """Begin, with the first call at once."""
        self._thread.start()

    def stop(self) -> None:
        """Let no further call begin; the present one is not waited for."""
        self._done.set()

    def _repeat(self) -> None:
        while not self._done.is_set():
            try:
                self._function()
            except DcopsError as error:
                log.error("%s: %s", self._thread.name, error)
            except Exception as error:
                # Whatever it is, the daemon goes on; what it was is in the log by its name and place.
                log.error("%s: %s", self._thread.name, type(error).__name__, exc_info=True)
            self._done.wait(self._seconds)
