"""What every simulated device has: a door on loopback, counters, at most one fault, and a power switch."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Mapping
from typing import Any, ClassVar

from lab.clock import Clock
from lab.counters import Counters
from lab.faults import DEFAULT_REBOOT_SECONDS, Fault, Kind, Options
from lab.snmp.door import Door


class BadChange(Exception):
    """Another administrator's change that this device cannot take."""


class Connection:
    """One TCP connection of a device. Which fault afflicts it is drawn once per fault."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._drawn: Fault | None = None
        self._struck = False
        self.transport: asyncio.BaseTransport | None = None
        self.task: asyncio.Task[None] | None = None
        self.closed = asyncio.Event()
        """Set when the other side has left, on platforms that can tell."""

    def fault(self) -> Fault | None:
        """The fault that this connection meets right now."""
        fault = self._device.fault
        if fault is not self._drawn:
            self._drawn = fault
            self._struck = fault is not None and fault.strikes()
        return fault if self._struck else None

    def has(self, kind: Kind) -> Fault | None:
        """The fault, when it is of this kind."""
        fault = self.fault()
        return fault if fault and fault.kind is kind else None

    def abort(self) -> None:
        """Break the connection off."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
        elif self.task is not None:
            # Nothing was said yet: the task still holds the bare socket.
            self.task.cancel()


class Device:
    """A simulated device: subclasses say what is spoken behind the door."""

    platform: ClassVar[str]
    faults: ClassVar[frozenset[Kind]]
    """The faults that it can be given."""
    fault_options: ClassVar[Options] = {}

    def __init__(self, name: str, address: str, port: int, clock: Clock) -> None:
        self.name = name
        self.address = address
        self.port = port
        self.clock = clock
        self.counters = Counters()
        self.snmp: Door | None = None
        """Its SNMP agent, on the same address."""
        self._fault: Fault | None = None
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._wanted = False
        self._booting: asyncio.Task[None] | None = None
        self.booted_at = 0.0
        """On the lab's clock."""

    # ---- what a platform adds ------------------------------------------------------------------

    async def serve(self, connection: Connection, stream: socket.socket) -> None:
        """Speak the platform's protocol on an accepted connection."""
        raise NotImplementedError

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Another administrator's change; returns what changed, raises BadChange."""
        raise NotImplementedError

    def forget_volatile(self) -> None:
        """What a power cycle loses."""

    def rogue_change(self) -> Mapping[str, Any]:
        """A change that somebody made without telling anyone."""
        raise NotImplementedError

    # ---- the door ------------------------------------------------------------------------------

    def open(self) -> None:
        """Listen; raises OSError when the address is taken."""
        self._wanted = True
        self._settle_door()
        if self.snmp:
            self.snmp.open()

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        self._wanted = False
        self._settle_door()
        if self.snmp:
            self.snmp.close()
        self.drop_connections()
        if self._booting:
            self._booting.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def state(self) -> str:
        """`up`, `booting` or `faulty`."""
        if self._booting:
            return "booting"
        return "faulty" if self.fault else "up"

    def _settle_door(self) -> None:
        fault = self.fault
        refuses = fault is not None and fault.kind is Kind.REFUSE and fault.share >= 1
        should_listen = self._wanted and self._booting is None and not refuses
        if should_listen and self._listener is None:
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((self.address, self.port))
                listener.listen(128)
                listener.setblocking(False)
            except OSError:
                listener.close()
                raise
            self._listener = listener
            self._accepting = asyncio.get_running_loop().create_task(self._accept(listener))
        elif not should_listen and self._listener is not None:
            assert self._accepting is not None
            self._accepting.cancel()
            self._listener.close()
            self._listener = None

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                stream, _ = await loop.sock_accept(listener)
            except OSError:
                # The process ran out of descriptors, or the peer left while it waited.
                await asyncio.sleep(0.05)
                continue
            task = loop.create_task(self._greet(stream))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _greet(self, stream: socket.socket) -> None:
        self.counters.connections += 1
        connection = Connection(self)
        connection.task = asyncio.current_task()
        self._connections.add(connection)
        try:
            if connection.has(Kind.REFUSE):
                reset(stream)
                return
            if (fault := connection.has(Kind.HANG)) and fault.option("where") == "connect":
                await self._keep_silent(stream)
                return
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self.serve(connection, stream)
        except (OSError, asyncio.CancelledError):
            # A cancelled task ends here too: nobody awaits it.
            stream.close()
        finally:
            self._connections.discard(connection)

    async def _keep_silent(self, stream: socket.socket) -> None:
        """Accept and never say a word, until the other side gives up."""
        stream.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            while await loop.sock_recv(stream, 4096):
                pass
        finally:
            stream.close()

    def drop_connections(self) -> None:
        """Reset every open connection."""
        for connection in list(self._connections):
            connection.abort()

    # ---- faults --------------------------------------------------------------------------------

    @property
    def fault(self) -> Fault | None:
        """The fault the device has now."""
        if self._fault is not None and self._fault.is_over():
            self.clear_fault()
        return self._fault

    def set_fault(self, fault: Fault, for_seconds: float | None = None) -> None:
        """Give the device a fault in place of the one it has."""
        self.clear_fault()
        if fault.kind is Kind.REBOOT:
            self.reboot(DEFAULT_REBOOT_SECONDS if for_seconds is None else for_seconds)
            return
        self._fault = fault
        self._settle_door()
        if self.snmp:
            self.snmp.afflict(fault)
        if for_seconds is not None:
            # A closed door must open by itself, without anybody asking.
            asyncio.get_running_loop().call_later(for_seconds, self._expire, fault)

    def clear_fault(self) -> None:
        """Heal. A boot that runs goes on."""
        if self._fault is not None:
            self._fault = None
            self._settle_door()
            if self.snmp:
                self.snmp.afflict(None)

    def _expire(self, fault: Fault) -> None:
        if self._fault is fault:
            self.clear_fault()

    def reboot(self, seconds: float) -> None:
        """Drop everything, refuse for so many device seconds, and come back without what was not saved."""
        if self._booting:
            self._booting.cancel()
        self._booting = asyncio.get_running_loop().create_task(self._boot(seconds))
        self._settle_door()
        self.drop_connections()
        if self.snmp:
            self.snmp.agent.power_off()

    async def _boot(self, seconds: float) -> None:
        await self.clock.sleep(seconds)
        self.forget_volatile()
        self.booted_at = self.clock.now()
        self._booting = None
        if self.snmp:
            self.snmp.agent.power_on()
        with contextlib.suppress(OSError):
            self._settle_door()

    def endpoint(self) -> dict[str, Any]:
        """Where it is, as `endpoints.json` says it."""
        return {
            "name": self.name,
            "platform": self.platform,
            "address": self.address,
            "port": self.port,
            "snmp": self.snmp.port if self.snmp else None,
        }

    def as_json(self) -> dict[str, Any]:
        """The device as `GET /devices` shows it."""
        fault = self.fault
        return {
            "name": self.name,
            "platform": self.platform,
            "address": self.address,
            "port": self.port,
            "state": self.state,
            "fault": fault.as_json() if fault else None,
            "faults": sorted(self.faults),
            "counters": self.counters.as_json(),
            **({"snmp": self.snmp.as_json()} if self.snmp else {}),
        }


def reset(stream: socket.socket) -> None:
    """Close a connection with a TCP reset, as a port that nobody listens on answers."""
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.close()
