"""What stands between a datagram and the request in it: a community, or a user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lab.snmp.ber import Reader
from lab.snmp.pdu import Request


class Refused(Exception):
    """Whoever asks may not; its text is the counter that says so, `reply` what the agent answers, if anything."""

    def __init__(self, counter: str, reply: bytes | None = None) -> None:
        super().__init__(counter)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Asked:
    """A request from somebody who may ask."""

    request: Request
    version: int
    room: int
    """Bytes that the PDU of the answer may have."""
    seal: Callable[[bytes], bytes]
    """Makes the datagram that carries a PDU back."""


class Security(Protocol):
    """One way to be asked."""

    version: int
    """As the first number of a message tells it: 0 is SNMPv1, 1 v2c, 3 v3."""

    def open(self, message: Reader, largest: int) -> Asked:
        """Read what follows the version; raises Refused, and Malformed for what is no message."""

    def trap(self, pdu: bytes) -> bytes:
        """The datagram that carries a notification of the agent's own."""
