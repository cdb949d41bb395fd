"""The terminal line of a device: echo as it is typed, line editing, the pager."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncssh

NUL, CTRL_C, BELL, BACKSPACE, LF, CR = 0x00, 0x03, 0x07, 0x08, 0x0A, 0x0D
CTRL_U, CTRL_W, CTRL_Z, ESCAPE, SPACE, DELETE = 0x15, 0x17, 0x1A, 0x1B, 0x20, 0x7F

MORE = " --More-- "
ERASE_MORE = b"\b" * 9 + b" " * 8 + b"\b" * 9
CHUNK = 1 << 15


class HungUp(Exception):
    """The other side left."""


class EndOfConfiguration(Exception):
    """Ctrl-Z: leave configuration mode at once."""


class Interrupted(Exception):
    """Ctrl-C: forget the line."""


class Terminal:
    """Reads keys and writes text over one SSH channel."""

    def __init__(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self._process = process
        self._keys = bytearray()
        self._after_return = False
        self._column = 0
        self.length = 24
        self.more = MORE
        self.erase_more = ERASE_MORE
        self.trickle: Callable[[], float] = lambda: 0.0
        """Seconds that the whole of an answer is to take, asked anew for each answer."""
        rows = process.term_size[1] if process.term_type else 0
        if rows:
            self.length = rows

    # ---- reading -------------------------------------------------------------------------------

    async def _key(self) -> int:
        while not self._keys:
            try:
                data = await self._process.stdin.read(4096)
            except (asyncssh.BreakReceived, asyncssh.SignalReceived, asyncssh.TerminalSizeChanged):
                continue
            except (asyncssh.Error, OSError) as error:
                raise HungUp from error
            if not data:
                raise HungUp
            self._keys += data
        return self._keys.pop(0)

    async def read_line(self, help_: Callable[[str], str] | None = None, prompt: str = "", *, echo: bool = True) -> str:
        """One line as it is typed, without its end. `?` asks `help_` unless the line is a password."""
        line = bytearray()
        shown = bytearray()

        async def show() -> None:
            # What arrived together is echoed together: every key is still echoed before the next is read.
            if shown and echo:
                await self.echo(bytes(shown), prompt)
            shown.clear()

        while True:
            if not self._keys:
                await show()
            key = await self._key()
            after_return, self._after_return = self._after_return, False
            if key == NUL or (key == LF and after_return):
                continue
            if key in (CR, LF):
                self._after_return = key == CR
                await show()
                await self.return_key()
                return line.decode("utf-8", "surrogateescape")
            if key == CTRL_C:
                await self._send(b"\r\n")
                raise Interrupted
            if key == CTRL_Z:
                await self._send(b"^Z\r\n" if echo else b"\r\n")
                raise EndOfConfiguration
            if key in (BACKSPACE, DELETE):
                if line:
                    line.pop()
                    shown += b"\b \b"
            elif key == CTRL_U:
                shown += b"\b \b" * len(line)
                line.clear()
            elif key == CTRL_W:
                kept = line.rstrip()
                kept = kept[: kept.rfind(b" ") + 1]
                shown += b"\b \b" * (len(line) - len(kept))
                line[:] = kept
            elif key == ESCAPE:
                await self._swallow_sequence()
            elif key == ord("?") and echo and help_ is not None:
                text = line.decode("utf-8", "surrogateescape")
                await show()
                await self.write(f"?\n{help_(text)}\n{prompt}{text}")
            elif key >= SPACE:
                line.append(key)
                shown.append(key)

    async def echo(self, keys: bytes, prompt: str) -> None:  # noqa: ARG002  for terminals that paint
        """Show what was typed behind the prompt."""
        await self._send(keys)

    async def return_key(self) -> None:
        """Show that the line was ended."""
        await self._send(b"\r\n")

    async def _swallow_sequence(self) -> None:
        """Cursor keys have no history to walk here: their sequences are read and dropped."""
        if await self._key() == ord("["):
            while (await self._key()) < 0x40:
                pass

    async def any_key(self) -> None:
        """Wait until something is pressed."""
        self._after_return = await self._key() == CR

    # ---- writing -------------------------------------------------------------------------------

    async def write(self, text: str) -> None:
        """Send text; line ends become CR LF."""
        await self._send(encode(text))

    async def prompt(self, text: str) -> None:
        """Say that a command may be typed."""
        await self.write(text)

    async def page(self, text: str) -> None:
        """Send an answer, a screen at a time unless the terminal length is 0."""
        if self.length == 0:
            await self._flow(encode(text))
            return
        rows = text.splitlines(keepends=True)
        while rows:
            screen, rows = rows[: self.length - 1], rows[self.length - 1 :]
            await self._flow(encode("".join(screen)))
            while rows:
                await self._send(self.more.encode())
                key = await self._key()
                await self._send(self.erase_more)
                if key in (CR, LF):
                    self._after_return = key == CR
                    await self._flow(encode(rows.pop(0)))
                    continue
                if key != SPACE:
                    return
                break

    async def _flow(self, data: bytes) -> None:
        """Send an answer, in a trickle when the device is slow."""
        seconds = self.trickle()
        if not seconds:
            await self._send(data)
            return
        pieces = 16
        size = max(1, -(-len(data) // pieces))
        for start in range(0, len(data), size):
            await self._send(data[start : start + size])
            await asyncio.sleep(seconds / pieces)

    async def _send(self, data: bytes) -> None:
        try:
            for start in range(0, len(data), CHUNK):
                self._process.stdout.write(data[start : start + CHUNK])
                await self._process.stdout.drain()
        except (asyncssh.Error, OSError) as error:
            raise HungUp from error


def encode(text: str) -> bytes:
    """Text as it goes over the wire. A lone surrogate stands for a byte that is not UTF-8."""
    return text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")
