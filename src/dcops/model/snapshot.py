"""What was read from a device."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ConfigSource(StrEnum):
    """Which configuration of the device a document is."""

    RUNNING = "running"
    STARTUP = "startup"
    CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True)
class Document:
    """One configuration as the device gave it, byte for byte (line ends as LF for a terminal)."""

    source: ConfigSource
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The configurations of one device at one time."""

    device: str
    platform: str
    taken: datetime
    """UTC."""
    documents: tuple[Document, ...]
    missing: tuple[str, ...] = ()
    """What the device would not give and need not, in words: `startup: not authorised`."""
