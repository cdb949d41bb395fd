"""Sends many sealed files in a few lanes, and stops where it is asked to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dcops.archive.copies.place import Place, Rotten
from dcops.archive.copies.progress import Step, Tell
from dcops.archive.sealed import SealedFiles


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it."""

    names: frozenset[str]
    bytes: int
    rotten: tuple[str, ...]
    """Damaged here, and therefore not sent."""
    stopped: bool


class Sending:
    """One sending of files, in order, by as many threads as the place has lanes."""

    def __init__(
        self,
        place: Place,
        source: SealedFiles,
        sizes: Mapping[str, int],
        *,
        stopping: Callable[[], bool],
        tell: Tell,
        limit_seconds: float,
    ) -> None:
        self._place = place
        self._source = source
        self._sizes = sizes
        self._stopping = stopping
        self._tell = tell
        self._until = time.monotonic() + limit_seconds
        self._guard = threading.Lock()
        self._sent: set[str] = set()
        self._bytes = 0
        self._rotten: list[str] = []
        self._stopped = False
        self._error: BaseException | None = None

    def send(self, names: Sequence[str]) -> Sent:
        """Send the files; the first error ends the others and is raised."""
        waiting = iter(names)
        total = sum(self._sizes[name] for name in names)

        def lane() -> None:
            while (name := self._next(waiting)) is not None:
                try:
                    self._place.send(name, self._source.path(name))
                except Rotten:
                    with self._guard:
                        self._rotten.append(name)
                except BaseException as error:  # noqa: BLE001 raised again below, in the thread that asked
                    with self._guard:
                        self._error = self._error or error
                else:
                    self._count(name, len(names), total)

        lanes = [threading.Thread(target=lane, name=f"copy {number}") for number in range(self._place.lanes)]
        for one in lanes[: len(names)]:
            one.start()
        try:
            for one in lanes[: len(names)]:
                one.join()
        except BaseException:
            # Ctrl-C: the files on their way are let arrive, and no other begins.
            self._stopped = True
            for one in lanes[: len(names)]:
                one.join()
            raise
        if self._error is not None:
            raise self._error
        return Sent(frozenset(self._sent), self._bytes, tuple(self._rotten), self._stopped)

    def _next(self, waiting: Iterator[str]) -> str | None:
        with self._guard:
            if self._error is not None or self._stopped:
                return None
            name = next(waiting, None)
            if name is not None and (self._stopping() or time.monotonic() > self._until):
                self._stopped = True
                return None
            return name

    def _count(self, name: str, files: int, total: int) -> None:
        with self._guard:
            self._sent.add(name)
            self._bytes += self._sizes[name]
            self._tell(Step("copying", len(self._sent), files, self._bytes, total))
