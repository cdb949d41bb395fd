"""A server that answers single commands as they were recorded, each on a channel of its own."""

from __future__ import annotations

import contextlib
import re

import asyncssh

from lab.recorded.ssh import RecordedSsh
from lab.recorded.transcript import Recorded

NOT_FOUND = 127
SURROUNDINGS = re.compile(r"^(?:sudo -n |env (?:\w+=\S* )*)+")


class RecordedCommands(RecordedSsh):
    """Replays commands without a terminal; how each of them ended is replayed too."""

    async def _channel(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self.counters.commands += 1
        given = self._given(process.command or "")
        with contextlib.suppress(asyncssh.Error, OSError):
            if given is None:
                self.counters.requests["not recorded"] += 1
                process.stderr.write(b"command not found: it was not recorded\n")
            elif given.status:
                process.stderr.write(given.body)
            else:
                process.stdout.write(given.body)
            await process.stdout.drain()
        process.exit(NOT_FOUND if given is None else given.status or 0)

    def _given(self, command: str) -> Recorded | None:
        """The answer; a command that differs in its paths alone is the same one on another site root."""
        if (exact := self.transcript.answer(command)) is not None:
            return exact
        alike = [
            given for (request, _), given in self.transcript.answers.items() if _program(request) == _program(command)
        ]
        return alike[0] if len(alike) == 1 else None


def _program(command: str) -> str:
    return SURROUNDINGS.sub("", command).partition(" ")[0]
