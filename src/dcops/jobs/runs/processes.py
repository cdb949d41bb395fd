"""Processes of this machine: whether one still lives, who belongs to a run, and how all of them are ended."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MARK = "DCOPS_RUN"
"""The environment variable by which the processes of a run are known."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One process, told apart from a later one that was given the same number."""

    pid: int
    start_ticks: int
    boot: str

    @classmethod
    def current(cls) -> Process:
        """This process."""
        stat = _stat(os.getpid())
        return cls(os.getpid(), stat.start_ticks if stat else 0, boot_id())

    @property
    def alive(self) -> bool:
        """It has not ended."""
        stat = _stat(self.pid)
        return self.boot == boot_id() and stat is not None and stat.start_ticks == self.start_ticks and not stat.ended

    @property
    def age_seconds(self) -> float:
        """How long ago it began, by a clock that nobody sets and that goes on while the machine sleeps."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - self.start_ticks / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Stat:
    parent: int
    start_ticks: int
    ended: bool


def boot_id() -> str:
    """What names the time since the machine was started."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def adopt_orphans() -> None:
    """Become the parent of every process that descends from this one and loses its own parent."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when `parent` ends, and end now when it already has."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(3)


def marked(mark: str) -> frozenset[Process]:
    """Every living process that carries the mark of a run, whoever its parent is by now."""
    wanted = f"{MARK}={mark}".encode()
    return frozenset(process for process, _ in _living() if wanted in _environment(process.pid))


def descendants(pid: int) -> frozenset[Process]:
    """Every living process below that one."""
    children: dict[int, list[Process]] = {}
    for process, parent in _living():
        children.setdefault(parent, []).append(process)
    found: set[Process] = set()
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in found:
                found.add(child)
                waiting.append(child.pid)
    return frozenset(found)


def end_all(find: Callable[[], Collection[Process]], *, seconds: float = 10.0) -> int:
    """Kill what `find` finds until it finds nothing more; gives how many were killed.

    `find` is asked again and again, because a process that forks can be quicker than one look.
    """
    killed: set[Process] = set()
    until = time.monotonic() + seconds
    while (found := set(find())) and time.monotonic() < until:
        killed.update(process for process in found if _kill(process))
        time.sleep(0.02)
        _bury(killed)
    return len(killed)


def _bury(killed: Collection[Process]) -> None:
    """Take the exit codes of those that are our children by now, so that no zombies are left."""
    for process in killed:
        with suppress(OSError):
            os.waitpid(process.pid, os.WNOHANG)


def _kill(process: Process) -> bool:
    try:
        handle = os.pidfd_open(process.pid)
    except OSError:
        return False
    try:
        # The handle holds on to one process: when that is still the one we mean, no other can be hit by its number.
        if not process.alive:
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def _living() -> Iterator[tuple[Process, int]]:
    """Every process that has not ended, and its parent."""
    boot = boot_id()
    for name in os.listdir(_PROC):  # noqa: PTH208  as fast as can be: it is asked in a race with whoever forks
        if name.isdigit() and (stat := _stat(int(name))) and not stat.ended:
            yield Process(int(name), stat.start_ticks, boot), stat.parent


def _environment(pid: int) -> list[bytes]:
    try:
        return (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _stat(pid: int) -> _Stat | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The second field is the name, in brackets, and may hold brackets and spaces itself.
    fields = text[text.rindex(")") + 2 :].split()
    return _Stat(parent=int(fields[1]), start_ticks=int(fields[19]), ended=fields[0] in "ZX")


def _prctl(option: int, value: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(option, value, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
