"""A Cisco device that answers what was recorded of a real one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import yaml

from lab.clock import Clock
from lab.device import BadChange
from lab.ios import shell
from lab.ios.configuration import Configuration
from lab.ios.grammar import Command
from lab.ios.models import MODELS
from lab.ios.router import Identity, Login, Router

ESCAPE = re.compile(r'\\(x[0-9A-Fa-f]{2}|[nrt"\\])')
SIGNS = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded session: what the box said first, and its answer to each command."""

    prompt: str
    greeting: str
    answers: Mapping[str, str]

    @classmethod
    def read(cls, file: Path) -> Recording:
        """Read a simulation file: commands with their echo and the prompt that followed."""
        with file.open("rb") as stream:
            data: Any = yaml.load(stream, Loader)
        greeting, _, prompt = unescape(data["init_prompt"]).rpartition("\n")
        answers = {}
        for typed, raw in data["commands"].items():
            command = unescape(typed).strip()
            text = unescape(raw).removesuffix(prompt)
            answers[command] = text.removeprefix(f"{command}\n")
        return cls(prompt, f"{greeting}\n", answers)


def unescape(text: str) -> str:
    r"""A recorded text as it was: `\x20` and `\"` stand for what YAML block texts would lose."""
    return ESCAPE.sub(lambda match: SIGNS.get(match[1]) or chr(int(match[1][1:], 16)), text)


class RecordedRouter(Router):
    """A device that answers what was recorded, and beyond that what its platform would."""

    def __init__(
        self,
        name: str,
        address: str,
        port: int,
        clock: Clock,
        *,
        recording: Recording,
        login: Login,
        host_key: Callable[[bool], asyncssh.SSHKey],
    ) -> None:
        identity = Identity(recording.prompt.rstrip("#>"), "", "17.09.04a", "main", "192.0.2.1")
        super().__init__(
            name,
            address,
            port,
            clock,
            model=MODELS["Catalyst 9200L"],
            identity=identity,
            login=login,
            host_key=host_key,
        )
        self.recording = recording

    def first_configuration(self) -> str:
        return self.recording.answers.get("show running-config", "")

    @property
    def hostname(self) -> str:
        return self.identity.hostname

    def banner(self, kind: str) -> str:
        return {"exec": self.recording.greeting}.get(kind, "")

    def change(self, request: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG002  the shape of every device
        raise BadChange("a recording does not change")

    def forget_volatile(self) -> None:
        self.running = Configuration(self.first_configuration())

    @property
    def commands(self) -> Sequence[Command]:
        recorded = tuple(
            Command(command, _answer(text), gives_configuration=command.endswith("-config"))
            for command, text in self.recording.answers.items()
            if command not in ("exit", "quit", "logout") and not command.startswith("terminal ")
        )
        if "show startup-config" in self.recording.answers:
            return (*recorded, *shell.COMMANDS)
        # Not in the recording: a reading account may not see it, which is what such a box would say.
        refused = Command("show startup-config", lambda _session, _arguments: shell.NOT_AUTHORISED)
        return (*recorded, refused, *shell.COMMANDS)


def _answer(text: str) -> Callable[[shell.Session, Mapping[str, str]], str]:
    return lambda _session, _arguments: text
