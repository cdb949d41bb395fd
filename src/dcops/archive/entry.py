"""What is put into the archive, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dcops.errors import InvalidInput
from dcops.model.snapshot import ConfigSource

_DEVICE = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")
_SUFFIX = re.compile(r"[a-z0-9]{1,8}")
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,79}")


@dataclass(frozen=True, slots=True)
class Item:
    """One configuration in both forms."""

    source: ConfigSource
    suffix: str
    """How its readable file ends: `cfg`, `xml`."""
    readable: str
    """What git keeps: canonical, every secret replaced by a keyed hash."""
    exact: bytes = field(repr=False)
    """What restores the device; it leaves this process only sealed."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the noise told and is worth keeping."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The configurations of one device, as they were read at one time."""

    device: str
    platform: str
    taken: datetime
    items: tuple[Item, ...]


class Change(StrEnum):
    """How an entry compares with the last version of its device."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Stored:
    """What came of one entry."""

    device: str
    change: Change
    added: int = 0
    """Lines that the last version did not have."""
    removed: int = 0
    """Lines that only the last version had."""
    key_rotated: bool = False
    """The texts differ in nothing but secrets' hashes, and those were made with another site key."""
    documents: tuple[ConfigSource, ...] = ()
    """Which configurations were stored anew."""
    note: str = ""
    """What a person should know of it."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What came of a session."""

    revision: str | None
    """The commit, or None when nothing had changed."""
    stored: tuple[Stored, ...]


def require_device_name(name: str) -> str:
    """Give back a name that can be a folder of the archive; refuse all others, whoever checked them before."""
    if not _DEVICE.fullmatch(name):
        raise InvalidInput(
            f"{name!r} cannot name a device in the archive",
            next_step="Use a-z, 0-9, dot and hyphen, at most 63 signs, a letter or digit first",
        )
    return name


def require_run_name(name: str) -> str:
    """Give back a name that can stand in a commit message; refuse all others."""
    if not _RUN.fullmatch(name):
        raise InvalidInput(f"{name!r} cannot name a run")
    return name


def check_entry(entry: Entry) -> None:
    """Refuse an entry that could not be found again, or would be found in the wrong place."""
    require_device_name(entry.device)
    if entry.taken.tzinfo is None:
        raise ValueError("the time of an entry needs its time zone")
    sources = [item.source for item in entry.items]
    if not sources or len(set(sources)) != len(sources):
        raise ValueError("an entry holds each configuration once, and at least one")
    for item in entry.items:
        if not _SUFFIX.fullmatch(item.suffix):
            raise ValueError("the suffix of a configuration is made of a-z and 0-9, without the dot")


def encoded(readable: str) -> bytes:
    """The readable text as git keeps it: always UTF-8, signs that are none written out."""
    return readable.encode("utf-8", "backslashreplace")
