"""What was read from a device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ConfigSource(StrEnum):
    """Which configuration of the device a document is."""

    RUNNING = "running"
    STARTUP = "startup"
    CANDIDATE = "candidate"
    STATE = "state"
    """What the device says of its settings, as text. It cannot restore the device."""
    FILE = "file"
    """The device's own backup file, opaque to us: restored by the device's own means."""

    @property
    def restores(self) -> bool:
        """Whether the device can be brought back with it."""
        return self is not ConfigSource.STATE


@dataclass(frozen=True, slots=True)
class Document:
    """One configuration as the device gave it, byte for byte (line ends as LF for a terminal)."""

    source: ConfigSource
    content: bytes = field(repr=False)
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the device said besides and is worth keeping with it: the software that wrote it."""


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
