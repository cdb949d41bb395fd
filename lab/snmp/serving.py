"""Agents for tests and benchmarks, without the rest of the lab: in the running loop, or in a thread of their own."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lab.faults import DEFAULT_DELAY_SECONDS, DEFAULT_REBOOT_SECONDS, Fault, Kind
from lab.snmp.agent import ETHERNET_BYTES, OPTIONS, Agent
from lab.snmp.community import Community
from lab.snmp.endpoint import Endpoint
from lab.snmp.engine import Engine
from lab.snmp.record import Row, read, row
from lab.snmp.security import Security
from lab.snmp.user import User
from lab.snmp.usm import Users

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Serving:
    """What one agent serves, and how."""

    walk: Path | str | Sequence[Row]
    """A file, lines `OID|TAG|VALUE` in a text, or rows."""
    host: str = "127.0.0.1"
    port: int = 0
    """0 takes a free one."""
    community: str = "public"
    versions: Sequence[str] = ("1", "2c")
    users: Sequence[User] = ()
    """Of SNMPv3, beside the community."""
    contexts: Sequence[str] = ("",)
    name: str = "agent"
    """Its engine is named after it."""
    largest: int = ETHERNET_BYTES
    unsorted: bool = False
    """Serve the variables as they stand in the walk, as agents do whose order is broken."""
    moving: bool = False
    """Let counters and uptimes run; otherwise each answer is as the walk has it."""


class Served:
    """An agent that answers, seen from a test."""

    def __init__(self, agent: Agent, endpoint: Endpoint, on_loop: Callable[[Callable[[], object]], object]) -> None:
        self.agent = agent
        self.host = endpoint.host
        self.port = endpoint.port
        self._endpoint = endpoint
        self._on_loop = on_loop
        self._booting: asyncio.Task[None] | None = None

    def set(self, oid: str, value: int | str | bytes | None, tag: int | None = None) -> None:
        """Give a variable another value; None takes it away."""
        self._on_loop(lambda: self.agent.set(oid, value, tag))

    def fault(
        self, kind: str, *, share: float = 1.0, delay_seconds: float = DEFAULT_DELAY_SECONDS, **options: object
    ) -> None:
        """Give it a fault: loss, too_big (variables=10), wrong_source, hang, slow (delay_seconds), reboot (seconds)."""
        if Kind(kind) is Kind.REBOOT:
            self.reboot(float(str(options.get("seconds", DEFAULT_REBOOT_SECONDS))))
            return
        chosen = {name: values[0] for name, values in OPTIONS.get(Kind(kind), {}).items()} | options
        made = Fault(Kind(kind), share=share, delay_seconds=delay_seconds, options=chosen)
        self._on_loop(lambda: setattr(self.agent, "fault", made))

    def heal(self) -> None:
        """End its fault."""
        self._on_loop(lambda: setattr(self.agent, "fault", None))

    def reboot(self, seconds: float = DEFAULT_REBOOT_SECONDS) -> None:
        """Go silent for so long, and come back with an uptime that starts anew."""

        def begin() -> None:
            self._booting = asyncio.get_running_loop().create_task(self.agent.reboot(seconds))

        self._on_loop(begin)

    @property
    def counters(self) -> dict[str, int]:
        """What it was asked: get, getnext, getbulk, set, writes, answers, malformed, ...."""
        return dict(self.agent.counters)

    def close(self) -> None:
        """Stop answering; only in the loop that serves."""
        if self._booting:
            self._booting.cancel()
        self._endpoint.close()


def start(what: Serving) -> Served:
    """Serve in the running loop until `close`."""
    securities: list[Security] = [Community(version, what.community) for version in what.versions]
    engine = Engine(what.name)
    if what.users:
        securities.append(Users(engine, what.users, what.contexts))
    rows = _rows(what.walk)
    agent = Agent(
        lambda: rows,
        securities,
        engine=engine,
        largest=what.largest,
        unsorted=what.unsorted,
        seed=(what.name, what.host),
    )
    if what.moving:
        agent.run()
    return Served(agent, Endpoint(agent, what.host, what.port), lambda deed: deed())


@asynccontextmanager
async def serve(wanted: Sequence[Serving | Path | str]) -> AsyncIterator[list[Served]]:
    """Serve several agents in the running loop."""
    served: list[Served] = []
    try:
        for each in wanted:
            served.append(start(each if isinstance(each, Serving) else Serving(each)))
        yield served
    finally:
        for one in served:
            one.close()


@contextmanager
def agents(wanted: Sequence[Serving | Path | str]) -> Iterator[list[Served]]:
    """Serve several agents in a thread, for callers that have a loop of their own or none."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="snmp agents", daemon=True)
    thread.start()

    def on_loop(deed: Callable[[], Result]) -> Result:
        async def run() -> Result:
            return deed()

        return asyncio.run_coroutine_threadsafe(run(), loop).result(10)

    served: list[Served] = []
    try:
        for each in wanted:
            one = on_loop(functools.partial(start, each if isinstance(each, Serving) else Serving(each)))
            one._on_loop = on_loop
            served.append(one)
        yield served
    finally:
        for one in served:
            on_loop(one.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@contextmanager
def agent(walk: Path | str | Sequence[Row], **options: object) -> Iterator[Served]:
    """Serve one agent in a thread: `with agent("lab/devices/snmp/ups/x.snmprec") as a: a.host, a.port`."""
    with agents([Serving(walk, **options)]) as served:  # type: ignore[arg-type]
        yield served[0]


def _rows(walk: Path | str | Sequence[Row]) -> Sequence[Row]:
    if isinstance(walk, Path) or (isinstance(walk, str) and "|" not in walk):
        return read(Path(walk))
    if isinstance(walk, str):
        return [row(line.strip()) for line in walk.splitlines() if line.strip()]
    return walk
