"""A recording: what a device was asked and what it answered, without its secrets."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

VERSION = 1
HTTP = re.compile(r"[A-Z]+ /")
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BadRecording(Exception):
    """The file is no recording that the lab can read."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer."""

    body: bytes
    status: int | None = None
    content_type: str = ""


Key = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything that was recorded of one device."""

    platform: str
    vendor: str
    model: str
    software: str
    greeting: str
    prompt: str
    """Empty when it is no terminal."""
    answers: Mapping[Key, Recorded] = field(repr=False)

    def answer(self, request: str, parameters: Mapping[str, str] | None = None) -> Recorded | None:
        """What was answered to this request; None when it was not asked."""
        return self.answers.get((request, tuple(sorted((parameters or {}).items()))))

    @property
    def commands(self) -> dict[str, bytes]:
        """Of a command line: every command and its answer."""
        return {request: given.body for (request, _), given in self.answers.items()}

    @property
    def is_http(self) -> bool:
        """It speaks HTTP."""
        return any(HTTP.match(request) for request, _ in self.answers)


def find(folder: Path) -> Iterator[tuple[str, Transcript]]:
    """The recordings of a folder, each with the name of its file; other files are passed over."""
    for file in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        with file.open("rb") as stream:
            if b"recording:" not in stream.read(200):
                continue
        yield file.name.removesuffix(file.suffix).removesuffix(".recording"), read(file)


def read(file: Path) -> Transcript:
    """Read a recording; BadRecording says what is wrong with it."""
    try:
        with file.open("rb") as stream:
            data = yaml.load(stream, Loader)
    except yaml.YAMLError as error:
        raise BadRecording(f"{file}: {error}") from None
    if not isinstance(data, dict) or data.get("recording") != VERSION:
        raise BadRecording(f"{file}: not a recording of version {VERSION}")
    terminal = data.get("terminal") or {}
    try:
        return Transcript(
            platform=data["platform"],
            vendor=str(data.get("vendor", "")),
            model=str(data.get("model", "")),
            software=str(data.get("software", "")),
            greeting=str(terminal.get("greeting", "")),
            prompt=str(terminal.get("prompt", "")),
            answers=dict(_exchange(entry) for entry in data["exchanges"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadRecording(f"{file}: {type(error).__name__}: {error}") from None


def _exchange(entry: Mapping[str, Any]) -> tuple[Key, Recorded]:
    parameters = tuple(sorted((entry.get("parameters") or {}).items()))
    given = Recorded(_body(entry), entry.get("status"), str(entry.get("content_type", "")))
    return (entry["request"], parameters), given


def _body(entry: Mapping[str, Any]) -> bytes:
    if "withheld_bytes" in entry:
        return filler(int(entry["withheld_bytes"]))
    if "answer_base64" in entry:
        return base64.b64decode(entry["answer_base64"])
    answer = entry["answer"]
    return ("\n".join(answer) if isinstance(answer, list) else str(answer)).encode()


def filler(length: int) -> bytes:
    """Bytes in place of a file that nobody could look through: as many, and always the same."""
    blocks = (hashlib.sha256(number.to_bytes(8, "big")).digest() for number in range(length // 32 + 1))
    return b"".join(blocks)[:length]
