"""A Nornir runner that gives every device a hard wall-clock limit outside the thread that may hang.

Nornir's own threaded runner waits for every thread, and Python waits for them again at exit: one silent
device would hold up the night. Here each device has a daemon thread of its own; at its limit the device is
reported as timed out, its place goes to the next one, and the thread is cut off and never awaited.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nornir.core.inventory import Host
from nornir.core.task import AggregatedResult, MultiResult, Result, Task

from dcops.errors import DeviceError, ErrorKind


@dataclass(frozen=True, slots=True)
class Limits:
    """How many devices at once, and how long each may take."""

    workers: int = 40
    device_seconds: float = 120.0
    site_workers: Mapping[str, int] = field(default_factory=dict)
    role_workers: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Running:
    host: Host
    deadline: float


class DeadlineRunner:
    """Runs a task on every host, each in its own thread and no longer than its limit."""

    def __init__(
        self,
        limits: Limits,
        *,
        on_result: Callable[[Host, MultiResult, float], None],
        abort: Callable[[str], None],
    ) -> None:
        self._limits = limits
        self._on_result = on_result
        self._abort = abort

    def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
        """Nornir's entry: returns when every host has answered or reached its limit."""
        results = AggregatedResult(task.name)
        for host, result, seconds in self._results(task, hosts):
            results[host.name] = result
            self._on_result(host, result, seconds)
        return results

    def _results(self, task: Task, hosts: Sequence[Host]) -> Iterator[tuple[Host, MultiResult, float]]:
        waiting = deque(hosts)
        running: dict[str, _Running] = {}
        done: queue.SimpleQueue[tuple[str, MultiResult]] = queue.SimpleQueue()
        while waiting or running:
            for host in self._admitted(waiting, running):
                running[host.name] = _Running(host, time.monotonic() + self._limits.device_seconds)
                thread = threading.Thread(
                    target=_work, args=(task, host, done), name=f"device {host.name}", daemon=True
                )
                thread.start()
            nearest = min(entry.deadline for entry in running.values())
            try:
                name, result = done.get(timeout=max(0.0, nearest - time.monotonic()))
            except queue.Empty:
                yield from self._expired(running)
                continue
            # A thread that was given up may still answer: by then nobody asks for it.
            if entry := running.pop(name, None):
                yield entry.host, result, self._seconds(entry)
            yield from self._expired(running)

    def _admitted(self, waiting: deque[Host], running: Mapping[str, _Running]) -> Iterator[Host]:
        """The waiting hosts that may start now, in their order, those of a full site or role passed over."""
        sites = Counter(entry.host.data.get("site") for entry in running.values())
        roles = Counter(entry.host.data.get("role") for entry in running.values())
        places = self._limits.workers - len(running)
        kept: list[Host] = []
        while waiting and places > 0:
            host = waiting.popleft()
            site, role = host.data.get("site"), host.data.get("role")
            if sites[site] >= self._limits.site_workers.get(str(site), self._limits.workers) or roles[
                role
            ] >= self._limits.role_workers.get(str(role), self._limits.workers):
                kept.append(host)
                continue
            sites[site] += 1
            roles[role] += 1
            places -= 1
            yield host
        waiting.extendleft(reversed(kept))

    def _expired(self, running: dict[str, _Running]) -> Iterator[tuple[Host, MultiResult, float]]:
        now = time.monotonic()
        for name in [name for name, entry in running.items() if entry.deadline <= now]:
            entry = running.pop(name)
            # Cutting a connection can itself wait, so that happens aside as well.
            threading.Thread(target=self._abort, args=(name,), name=f"abort {name}", daemon=True).start()
            limit = self._limits.device_seconds
            error = DeviceError(
                ErrorKind.TIMEOUT,
                f"no complete answer within {limit:g} s",
                next_step="Check the device by hand; for a slow one raise [fleet] device_limit_seconds",
            )
            yield entry.host, failure(entry.host, error), self._seconds(entry)

    def _seconds(self, entry: _Running) -> float:
        return time.monotonic() - (entry.deadline - self._limits.device_seconds)


def failure(host: Host, error: BaseException) -> MultiResult:
    """The result of a host that gave none."""
    result = MultiResult("failed")
    result.append(Result(host, exception=error, failed=True))
    return result


def _work(task: Task, host: Host, done: queue.SimpleQueue[tuple[str, MultiResult]]) -> None:
    try:
        result = task.copy().start(host)
    except BaseException as error:  # noqa: BLE001  a thread that dies without a word would look like a hang
        result = failure(host, error)
    done.put((host.name, result))
