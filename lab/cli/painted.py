"""A terminal that paints: the cursor is moved for every character that is echoed, as ProCurve switches do."""

from __future__ import annotations

import asyncssh

from lab.ssh.terminal import Terminal, encode

BOTTOM = 24
SHOW_CURSOR = "\x1b[?25h"
SCROLLS = f"\x1b[1;{BOTTOM}r"


class PaintedTerminal(Terminal):
    """Everything happens on the last line of a VT100 whose screen scrolls."""

    def __init__(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        super().__init__(process)
        self.more = "-- MORE --, next page: Space, next line: Enter, quit: Control-C"
        self.erase_more = b"\r\x1b[2K"
        self._typed = 0

    async def prompt(self, text: str) -> None:
        """Wipe the last line and write the prompt there, twice, as the switch does."""
        column = len(text) + 1
        await self._send(
            encode(
                f"{SCROLLS}{_at(1)}\x1b[2K{_at(1)}{SHOW_CURSOR}{_at(1)}{text}{_at(column)}{SHOW_CURSOR}{_at(column)}"
            )
        )

    async def echo(self, keys: bytes, prompt: str) -> None:
        """One character at a time, each at its column."""
        painted = bytearray()
        for key in keys:
            column = len(prompt) + self._typed + 1
            painted += _at(column).encode() + bytes((key,)) + f"{_at(column + 1)}{SHOW_CURSOR}".encode()
            self._typed += 1
        await self._send(bytes(painted))

    async def return_key(self) -> None:
        """The line is ended with `ESC E`, never with CR LF."""
        self._typed = 0
        await self._send(f"{SHOW_CURSOR}{_at(1)}\x1bE{_at(1)}{SCROLLS}{_at(1)}".encode())


def _at(column: int) -> str:
    return f"\x1b[{BOTTOM};{column}H"
