"""The command line of a box: prompts, answers, and the faults that a session can meet."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import asyncssh

from lab.cli.commands import Command, Match, Unknown, find
from lab.cli.dialect import Dialect
from lab.device import Connection
from lab.faults import Kind
from lab.ssh.terminal import EndOfConfiguration, HungUp, Interrupted, Terminal

if TYPE_CHECKING:
    from lab.cli.box import Box

FLUSH_SECONDS = 0.1
HANG_UP_SECONDS = 30


class Session:
    """One shell."""

    def __init__(self, box: Box, connection: Connection, terminal: Terminal, user: str) -> None:
        self.box = box
        self.dialect: Dialect = box.dialect
        self.connection = connection
        self.terminal = terminal
        self.user = user
        self.is_enabled = not box.dialect.needs_enable
        self.is_over = False
        terminal.trickle = self._slow_seconds

    async def run(self) -> None:
        """Answer lines until the session ends."""
        await self.dialect.arrive(self)
        while not self.is_over:
            prompt = self.dialect.prompt(self)
            await self.terminal.prompt(prompt)
            try:
                line = await self.terminal.read_line(None, prompt)
            except (Interrupted, EndOfConfiguration):
                continue
            if line.strip():
                await self.execute(line, len(prompt))

    async def execute(self, line: str, prompt_width: int) -> None:
        """Run one line and print its answer."""
        self.box.counters.commands += 1
        commands = [command for command in self.box.commands if self.is_enabled or not command.needs_right]
        try:
            match = find(commands, line, cut_short=self.dialect.cuts_short)
        except Unknown as unknown:
            self.box.counters.requests["unknown command"] += 1
            await self._pause()
            await self.terminal.write(self.dialect.complaint(line.strip(), unknown.place, prompt_width))
            return
        self.box.counters.requests[match.command.syntax] += 1
        await self._pause()
        answer = match.command.run(self, match.arguments)
        text: str = await answer if asyncio.iscoroutine(answer) else answer
        await self._deliver(match, text)

    async def _deliver(self, match: Match, text: str) -> None:
        """Send an answer, or what a fault leaves of it."""
        fault = self.connection.fault()
        kind = fault.kind if fault else None
        configuration = match.command.gives_configuration
        if fault and configuration and kind is Kind.ERROR_DOCUMENT:
            text = self.dialect.invalid() if fault.option("variant") == "invalid" else self.dialect.denied
        elif configuration and kind is Kind.TRUNCATE:
            # In the middle of a line, as a broken buffer cuts; the prompt follows as if all were well.
            text = text[: len(text) // 2].rstrip("\n") + "\n"
        elif kind in (Kind.HANG, Kind.DROP_MID_ANSWER) and _shows(match.command):
            await self.terminal.page(text[: len(text) // 2])
            if kind is Kind.HANG:
                await asyncio.Event().wait()
            await asyncio.sleep(FLUSH_SECONDS)
            self.connection.abort()
            raise HungUp
        await self.terminal.page(text)

    async def _pause(self) -> None:
        seconds = self.box.command_delay_seconds + self._slow_seconds()
        if seconds:
            await asyncio.sleep(seconds)

    def _slow_seconds(self) -> float:
        slow = self.connection.has(Kind.SLOW)
        return slow.delay_seconds if slow else 0.0


def _shows(command: Command) -> bool:
    """The faults in the middle of an answer need one that has a middle."""
    return command.gives_configuration or "show" in command.syntax


async def serve(box: Box, connection: Connection, process: asyncssh.SSHServerProcess[bytes]) -> None:
    """Serve one channel. A single command on a channel of its own is answered as in a shell without a pager."""
    terminal = box.dialect.new_terminal(process)
    session = Session(box, connection, terminal, process.get_extra_info("username"))
    try:
        if connection.has(Kind.SESSION_EXPIRED):
            await terminal.write("\nThe session was closed: it was idle for too long.\n")
        elif process.command is None:
            await session.run()
        else:
            terminal.length = 0
            await session.execute(process.command, 0)
    except HungUp:
        return
    process.exit(0)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait_closed(), HANG_UP_SECONDS)
    process.get_extra_info("connection").close()
