"""The way from an archived document back to a running device, as data: what is sent, how, and what never comes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dcops.model.snapshot import ConfigSource

PLACEHOLDERS: Mapping[str, str] = {
    "device": "DEVICE",
    "address": "ADDRESS",
    "host": "ADDRESS",
    "model": "its model",
    "software": "the software it had",
    "file": "FILE",
    "load": "FILE",
    "source": "SOURCE",
    "revision": "REVISION",
    "dcops": "dcops",
    "ssh_port": "",
    "web_port": "",
}
"""What `{name}` in a text or a command stands for, and what stands there when it is not known."""

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Where(StrEnum):
    """Where a person stands who does a step."""

    HOST = "this host"
    ROOM = "machine room"
    CONSOLE = "console"
    """On a cable: the network may not be there, or go away."""
    DEVICE = "command line"
    """At the device's prompt, over the network or on the console."""
    WEB = "web admin"


class Case(StrEnum):
    """In what state the device is."""

    REPLACEMENT = "replacement"
    """It is dead: a blank one takes its place."""
    REPAIR = "repair"
    """It runs, and its configuration is wrong."""


class Phase(StrEnum):
    """What a step is for."""

    BEFORE = "before"
    RESTORE = "restore"
    CHECK = "check"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Sign:
    """How a readable configuration shows that something concerns this very device."""

    pattern: re.Pattern[str]
    """Searched for in each line."""
    unless: re.Pattern[str] | None = None
    """A line that matches this one takes the sign away."""


@dataclass(frozen=True, slots=True)
class Need:
    """What must be so before anything is sent."""

    what: str
    sign: Sign | None = None
    """It concerns only a device that shows this. None: every one."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What no archive brings back."""

    what: str
    instead: str
    """What a person does about it."""
    sign: Sign | None = None
    """None: the configuration does not tell whether the device has it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a person does."""

    where: Where
    what: str
    types: tuple[str, ...] = ()
    """Typed as it stands here; what a person fills in stands in capitals."""
    only: Sign | None = None
    """Left out for a device that does not show this."""
    unproven: str = ""
    """What of it nobody has tried."""


@dataclass(frozen=True, slots=True)
class Way:
    """How one kind of document gets back into a device."""

    case: Case
    sends: tuple[ConfigSource, ...]
    form: str
    """As what it is sent: `as its startup configuration`."""
    before: tuple[Step, ...]
    restore: tuple[Step, ...]
    check: tuple[Step, ...] = ()
    undo: tuple[Step, ...] = ()
    load_suffix: str = ""
    """The prepared file's name ends in this; empty: the exported file is sent as it is."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the configuration that a step needs; the first group of the pattern, in the whole text."""

    pattern: re.Pattern[str]
    otherwise: str


@dataclass(frozen=True, slots=True)
class WayBack:
    """Everything about bringing a platform back."""

    title: str
    proven: str
    """What of it was tried, on what; and what was not."""
    needs: tuple[Need, ...]
    losses: tuple[Loss, ...]
    ways: tuple[Way, ...]
    identity: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """Where the readable text tells `model`, `serial`, `software` or `hostname`; the first group."""
    values: Mapping[str, Value] = field(default_factory=dict)
    suffix: str = ""
    """Of the exported file, where that is not the one of the archive's readable form."""
    no_way: str = ""
    """Where a document of it restores nothing: what has to be archived instead, and how."""
