"""Loopback addresses: each lab claims a block 127.B.0.0/16, each device has an address of its own in it."""

from __future__ import annotations

import socket
from dataclasses import dataclass

SSH_PORT = 2222
TLS_PORT = 8443
SNMP_PORT = 1161
TRAP_PORT = 1162
CONTROL_PORT = 9099

FIRST_BLOCK = 16
LAST_BLOCK = 250
PER_ROW = 250


class NoBlockFree(Exception):
    """Every block is taken, or another server listens on all addresses at the control port."""


@dataclass(frozen=True, slots=True)
class Block:
    """A claimed /16; the claim lasts as long as the control socket is open."""

    number: int
    control: socket.socket

    @property
    def control_address(self) -> str:
        """Where the control interface listens."""
        return f"127.{self.number}.0.1"

    @property
    def elsewhere(self) -> str:
        """An address that no device has, to answer from where nobody was asked."""
        return f"127.{self.number}.255.254"

    def device(self, index: int) -> str:
        """The address of the device with this number, counted from 0."""
        row, place = divmod(index, PER_ROW)
        return f"127.{self.number}.{row + 1}.{place + 1}"


def claim() -> Block:
    """Take the first free block: whoever listens on its control address owns it."""
    for number in range(FIRST_BLOCK, LAST_BLOCK + 1):
        control = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        control.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            control.bind((f"127.{number}.0.1", CONTROL_PORT))
            control.listen(64)
        except OSError:
            control.close()
            continue
        control.setblocking(False)
        return Block(number, control)
    raise NoBlockFree(f"no block 127.B.0.0/16 is free at port {CONTROL_PORT}")
