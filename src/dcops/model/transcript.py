"""What crossed the wire between dcops and one device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from dcops.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer. The question never holds a secret; the answer may, until it is redacted."""

    request: str
    """A command line, or `POST /api/login`: method and path without the query."""
    answer: bytes = field(repr=False)
    """Byte for byte; of a terminal without the echo and the prompt after it, line ends as LF."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Of HTTP: what was asked, without logins, keys and tokens."""
    status: int | None = None
    """Of HTTP; of a command that runs without a terminal, how it ended."""
    content_type: str = ""
    """Of HTTP."""


class Tape(Protocol):
    """Is told what crosses the wire, while a device is recorded."""

    def greeting(self, text: bytes, prompt: str) -> None:
        """What a terminal said before the first prompt, and that prompt."""

    def add(self, exchange: Exchange) -> None:
        """One question was answered."""

    def learned(self, secret: Secret) -> None:
        """A secret was made on the way (session, token, key): it must not be kept either."""


class NoTape:
    """Nobody records."""

    def greeting(self, text: bytes, prompt: str) -> None:
        """Forget it."""

    def add(self, exchange: Exchange) -> None:
        """Forget it."""

    def learned(self, secret: Secret) -> None:
        """Forget it."""
