"""A device with a command line that answers what was recorded of a real one, whatever it is."""

from __future__ import annotations

import asyncio
import contextlib
import hmac

import asyncssh

from lab.recorded.ssh import RecordedSsh
from lab.ssh.terminal import EndOfConfiguration, HungUp, Interrupted, Terminal

HANG_UP_SECONDS = 30
UNKNOWN = "% Invalid input: it was not recorded.\n"
GOODBYES = {"exit", "quit", "logout", "end"}


class RecordedTerminal(RecordedSsh):
    """Replays a command line: greeting, prompt, and the answer to every command that was recorded."""

    async def _channel(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        terminal = Terminal(process)
        with contextlib.suppress(HungUp, EndOfConfiguration):
            await self._talk(terminal)
        process.exit(0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait_closed(), HANG_UP_SECONDS)
        process.get_extra_info("connection").close()

    async def _talk(self, terminal: Terminal) -> None:
        prompt = self.transcript.prompt
        await terminal.write(self.transcript.greeting)
        while True:
            await terminal.write(prompt)
            try:
                line = (await terminal.read_line()).strip()
            except Interrupted:
                continue
            if not line:
                continue
            self.counters.commands += 1
            given = self.transcript.answer(line)
            if given is not None:
                await terminal.write(given.body.decode("utf-8", "surrogateescape"))
            elif line == "enable" and prompt.rstrip().endswith(">"):
                prompt = await self._enabled(terminal, prompt)
            elif line in GOODBYES:
                return
            else:
                self.counters.requests["not recorded"] += 1
                await terminal.write(UNKNOWN)

    async def _enabled(self, terminal: Terminal, prompt: str) -> str:
        """The recording begins before `enable`, and what was typed there is in no recording."""
        await terminal.write("Password: ")
        given = await terminal.read_line(echo=False)
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self.account.enable.encode()):
            await terminal.write("% Access denied\n")
            return prompt
        return "#".join(prompt.rsplit(">", 1))
