"""Whom to ask, and how hard."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Protocol


class Security(Protocol):
    """One version of SNMP with its secrets: makes messages of PDUs, and finds the PDU in an answer."""

    has_bulk: bool
    """It knows GetBulk (v2c and v3)."""

    @property
    def ready(self) -> bool:
        """Nothing has to be learned from the device before it can be asked (v3: its engine)."""

    def probe(self, request: int) -> bytes:
        """The message that learns it; the answer is read by `open`, which raises Again."""

    def seal(self, request: int, pdu: bytes) -> bytes:
        """The message that carries a PDU."""

    def open(self, data: bytes, asked: Container[int]) -> tuple[bytes, int, int]:
        """The bytes in which the PDU of an answer stands, where it begins, and its end.

        `asked` are the numbers of the messages that wait for an answer: what a device says without being asked is
        not believed. Raises Malformed (not to be used), Unasked, Again (learned something: ask again) or Denied.
        """

    @property
    def suspicion(self) -> str:
        """What may be wrong when the device says nothing at all; empty when nothing points anywhere."""


class Unasked(Exception):
    """An answer to nothing that waits for one: it came too late, or twice, or from somebody else."""


class Again(Exception):
    """The device told what was missing; the same question can be asked again."""

    def __init__(self, request: int, reason: str) -> None:
        super().__init__(reason)
        self.request = request


class Denied(Exception):
    """The device refuses us, and says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard a device may be asked. The defaults are for switches and routers; small cards need less."""

    timeout_seconds: float = 1.5
    """For the first answer to a question; each retry waits half as long again."""
    retries: int = 2
    """Of a question while nothing was answered yet; one that loses single datagrams gets some more."""
    repetitions: int = 25
    """Rows that one answer is asked for; smaller after answers that were too big or got lost."""
    in_flight: int = 2
    """Questions that wait for their answer at the same time; one after the first that got lost."""
    rows: int = 100_000
    """Of one walk: a table that never ends is one that loops."""
    table_bytes: int = 64 << 20
    """Of one walk, as it travels."""


@dataclass(frozen=True, slots=True)
class Target:
    """One SNMP agent."""

    name: str
    """Of the device, for messages."""
    host: str
    """IPv4 or IPv6 address, of a link with its interface (`fe80::1%eth0`). No name: looking it up would block."""
    port: int
    security: Callable[[], Security] = field(repr=False)
    limits: Limits = Limits()

    @property
    def is_ipv6(self) -> bool:
        """Raises ValueError when the host is no address."""
        return ipaddress.ip_address(self.host).version == 6
