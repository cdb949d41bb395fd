"""The SNMP agent of a device of the lab: its socket beside the device's other doors, and what it tells unasked."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

from lab.faults import Fault, Kind
from lab.snmp.agent import FAULTS, Agent
from lab.snmp.endpoint import Endpoint
from lab.snmp.event import Event, Trap


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where the agents of a lab send their traps."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Receiver:
        """The receiver of `HOST:PORT`; raises ValueError."""
        host, _, port = text.rpartition(":")
        if not host or not 0 < int(port) < 65536:
            raise ValueError(text)
        return cls(str(ipaddress.IPv4Address(host)), int(port))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Door:
    """Opens and closes the agent's socket, and hands on the faults that concern it."""

    def __init__(self, agent: Agent, address: str, port: int, *, version: str, walk: str, elsewhere: str) -> None:
        self.agent = agent
        self.version = version
        self.walk = walk
        self._address = address
        self.port = port
        self._elsewhere = elsewhere
        self._endpoint: Endpoint | None = None
        self._events: list[Event] = []

    def open(self) -> None:
        """Answer from now on; raises OSError when the port is taken."""
        self._endpoint = Endpoint(self.agent, self._address, self.port, elsewhere=self._elsewhere)
        self.agent.run()

    def close(self) -> None:
        """Stop answering."""
        if self._endpoint:
            self._endpoint.close()
            self._endpoint = None

    def afflict(self, fault: Fault | None) -> None:
        """Have a fault, or none; those of other doors do not concern this one."""
        concerns = fault is not None and fault.kind in FAULTS
        if fault is not None and fault.kind is Kind.HANG and fault.option("where") == "answer":
            concerns = False
        self.agent.fault = fault if concerns else None

    def happen(self, event: Event, receiver: Receiver) -> list[str]:
        """Let something happen to the agent, which tells of it; gives the variables that change."""
        self._events.append(event)
        changed = event.begin()
        if event.trap:
            self.tell(receiver, event.trap)
        return changed

    def calm(self, receiver: Receiver) -> int:
        """Everything that happened is over; gives how much that was."""
        events, self._events = self._events, []
        for event in reversed(events):
            if event.over:
                # What it tells may be a row that goes away with it.
                self.tell(receiver, event.over)
            event.end()
        return len(events)

    def tell(self, receiver: Receiver, trap: Trap) -> None:
        """Send a trap from the agent's own address, unless it is silent."""
        if self._endpoint and not self.agent.is_silent:
            self._endpoint.send(
                self.agent.trap(trap.kind, trap.variables, self._address), (receiver.host, receiver.port)
            )

    def as_json(self) -> dict[str, Any]:
        """The agent as the control interface shows it."""
        return {
            "port": self.port,
            "version": self.version,
            "walk": self.walk,
            "faults": sorted(FAULTS),
            "counters": self.agent.as_json(),
        }
