"""Recordings of real devices, replayed through the wire. They stay where they are and are never copied."""

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
from lab.estate import Estate, Loader
from lab.ios import shell
from lab.ios.configuration import Configuration
from lab.ios.grammar import Command
from lab.ios.models import MODELS
from lab.ios.router import Identity, Login, Router

SWITCH = "cli/oxidized-sessions/ios__C9200L-24P-4G_17.09.04a__simulation.yaml"
FIREWALLS = "cli/napalm-panos"

ESCAPE = re.compile(r'\\(x[0-9A-Fa-f]{2}|[nrt"\\])')
SIGNS = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
CONFIG = re.compile(rb"<config[\s>].*</config>", re.DOTALL)
VERSION = re.compile(rb"""<config[^>]*\bversion=["']([\d.]+)""")


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
            Command(command, _answer(text), gives_configuration=command == "show running-config")
            for command, text in self.recording.answers.items()
            if command not in ("exit", "quit", "logout") and not command.startswith("terminal ")
        )
        # Not in the recording: a reading account may not see it, which is what such a box would say.
        refused = Command("show startup-config", lambda _session, _arguments: shell.NOT_AUTHORISED)
        return (*recorded, refused, *shell.COMMANDS)


def _answer(text: str) -> Callable[[shell.Session, Mapping[str, str]], str]:
    return lambda _session, _arguments: text


def configurations(folder: Path) -> list[bytes]:
    """Every recorded PAN-OS configuration, out of its envelope, byte for byte; the same one only once."""
    found: dict[bytes, None] = {}
    for file in sorted(folder.rglob("*.xml")):
        match = CONFIG.search(file.read_bytes())
        if match:
            found[match[0]] = None
    return list(found)


def add_to(estate: Estate, folder: Path) -> None:
    """Add the recorded devices to an estate and its inventory."""
    site = next((site["name"] for content in estate.files.values() for site in content.get("sites") or ()), "main")
    devices: list[dict[str, Any]] = []
    if (folder / SWITCH).is_file():
        devices.append(
            {
                "name": "rec-c9200l",
                "site": site,
                "role": "access-switch",
                "platform": "ios",
                "vendor": "Cisco",
                "model": "Catalyst 9200L",
                "software": "17.09.04a",
                "credential": "recording",
                "tags": ["recording"],
            }
        )
        estate.recorded_sessions["rec-c9200l"] = Recording.read(folder / SWITCH)
    for number, document in enumerate(configurations(folder / FIREWALLS), start=1):
        version = VERSION.search(document)
        devices.append(
            {
                "name": f"rec-panos-{number}",
                "site": site,
                "role": "firewall",
                "platform": "panos",
                "vendor": "Palo Alto Networks",
                "model": "PA-VM",
                "software": version[1].decode() if version else "7.0.0",
                "credential": "recording",
                "tags": ["recording"],
            }
        )
        estate.recorded_documents[f"rec-panos-{number}"] = document
    if not devices:
        estate.left_out.append({"name": "recordings", "reason": f"{folder} holds none that the lab knows"})
        return
    estate.files["recordings.yaml"] = {
        "credentials": [{"name": "recording", "purpose": "login on the replayed devices"}],
        "devices": devices,
    }
    estate.devices += devices
