"""Command-line platforms described by data, without code of their own: what one file of `platforms/` says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import WayBack

FEW_LINES = 20
"""A complaint is shorter than this; a configuration that speaks of errors is longer."""


class Screen(StrEnum):
    """How what a terminal sends becomes lines."""

    PLAIN = "plain"
    """As it comes, every byte."""
    VT100 = "vt100"
    """As a terminal would show it: painted over, wiped, moved."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Something that the device shows while it waits for a key, and that key."""

    shows: re.Pattern[str]
    key: str


@dataclass(frozen=True, slots=True)
class Enable:
    """How a login gets the right to see the configuration."""

    command: str
    reached: re.Pattern[str]
    """Matches the prompt when nothing more is needed."""
    password: re.Pattern[str]
    """How it asks for the password."""
    user: re.Pattern[str] | None = None
    """How it asks for the user first, where it does."""


@dataclass(frozen=True, slots=True)
class Login:
    """From the SSH login to a prompt at which commands can be typed."""

    device_type: str
    """netmiko's name for the system: how its server is logged in to."""
    prompt: re.Pattern[str]
    """The whole last line; its group `name` stays the same for one device."""
    screen: Screen = Screen.PLAIN
    answers: tuple[Answered, ...] = ()
    """Questions of the greeting, and the pager where it cannot be switched off without writing."""
    enable: Enable | None = None
    setup: tuple[str, ...] = ()
    """Typed once, for this session only: the pager off, the lines long."""
    logout: tuple[str, ...] = ("exit",)
    settle_seconds: float = 0.5
    """How long it must stay quiet after a prompt before that is believed."""


@dataclass(frozen=True, slots=True)
class CliDocument:
    """One text that is read, and how a whole one looks."""

    source: ConfigSource
    command: str
    ends: re.Pattern[str] | None = None
    """Matches its last line. Without it the prompt and `settle_seconds` have to do."""
    contains: tuple[re.Pattern[str], ...] = ()
    """Each matches a line of a whole one."""
    opens: re.Pattern[str] | None = None
    closes: re.Pattern[str] | None = None
    """Lines that open and close a block: in a whole text all are closed."""
    absent: re.Pattern[str] | None = None
    """What the device says when it has none."""
    smallest_lines: int = 5
    settle_seconds: float = 1.0
    needed: bool = True
    """Without it there is no backup."""

    def is_none(self, text: str) -> bool:
        """The device says, in a few words, that it has no such text."""
        return self.absent is not None and text.count("\n") < FEW_LINES and bool(self.absent.search(text))

    def signs(self, lines: Sequence[str]) -> int:
        """By how many of its marks a text can be told from a banner or another command's answer."""
        wanted = [*self.contains, *((self.ends,) if self.ends else ())]
        return sum(any(pattern.search(line) for line in lines) for pattern in wanted)

    def cut(self, lines: Sequence[str]) -> str:
        """Why the text cannot be a whole one; empty when it may be. The last line is no blank one."""
        if self.ends and not (lines and self.ends.search(lines[-1])):
            return f"its last line does not match `{self.ends.pattern}`"
        for pattern in self.contains:
            if not any(pattern.search(line) for line in lines):
                return f"no line matches `{pattern.pattern}`"
        if self.opens and self.closes:
            open_blocks = 0
            for line in lines:
                open_blocks += bool(self.opens.search(line)) - bool(self.closes.search(line))
            if open_blocks > 0:
                return "a block never closes" if open_blocks == 1 else f"{open_blocks} blocks never close"
        if len(lines) < self.smallest_lines:
            return f"it has {len(lines)} lines, and {self.smallest_lines} are the least"
        return ""


@dataclass(frozen=True, slots=True)
class Noise:
    """What the text says although nobody changed anything. Named groups are kept as facts of the version."""

    pattern: re.Pattern[str]
    """A line, the part of one that `instead` replaces, or the first line of a block."""
    instead: str | None = None
    """Stands in the place of what matched; None: the whole line goes."""
    ends: re.Pattern[str] | None = None
    """The last line of a block, which goes as a whole."""


@dataclass(frozen=True, slots=True)
class SecretRule:
    """Where the text keeps a secret: in the group `secret` of a line, or between two lines."""

    pattern: re.Pattern[str]
    ends: re.Pattern[str] | None = None
    """Makes it a block: what stands between the line that `pattern` matches and this one."""
    within: re.Pattern[str] | None = None
    until: re.Pattern[str] | None = None
    """Applies only between a line that matches `within` and the next that matches `until`."""
    salted: bool = False
    """The device writes it anew each time it is asked: it is hidden, and a change of it cannot be seen."""


@dataclass(frozen=True, slots=True)
class FactCommand:
    """A command, and which of NAPALM's facts stand in its answer: the first group of each pattern."""

    command: str
    patterns: Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Rights:
    """How an account sees what it may do. `{username}` stands for its name."""

    command: str
    writes: re.Pattern[str]
    """Found when the account may change the device."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A command whose answer names the neighbours, and the template of ntc-templates that reads it."""

    command: str
    template: str
    """ntc-templates' name of the system: `cisco_nxos`."""
    local: str
    """The template's word for our interface."""
    name: str
    """… for the neighbour's name."""
    port: str
    """… for the neighbour's port."""


@dataclass(frozen=True, slots=True)
class CliPlatform:
    """One described platform."""

    name: str
    """As the inventory names it: the name of its file."""
    title: str
    """Vendor and system, for people."""
    vendor: str
    comment: str
    """What is proven, on what, and what is not."""
    login: Login
    documents: tuple[CliDocument, ...]
    refused: tuple[re.Pattern[str], ...]
    """What it says when the account may not do something."""
    errors: tuple[re.Pattern[str], ...]
    """What it says when it does not understand."""
    noise: tuple[Noise, ...]
    secrets: tuple[SecretRule, ...]
    harmless: tuple[re.Pattern[str], ...] = ()
    """Lines that speak of passwords and hold none: no rule looks at them, only at what has the shape of a secret."""
    facts: tuple[FactCommand, ...] = ()
    rights: Rights | None = None
    neighbours: Neighbours | None = None
    restore: WayBack | None = None
    """How it comes back; None: nobody has written that down."""
    suffix: str = "txt"

    def complaint(self, text: str) -> tuple[str, bool]:
        """What the device complains of in place of an answer, and whether the account is not allowed; empty: nothing.

        A long text is an answer, whatever stands in it: only its first lines are looked at.
        """
        lines = [line for line in text.split("\n") if line.strip()]
        for line in lines if len(lines) <= FEW_LINES else lines[:3]:
            for patterns, is_refusal in ((self.refused, True), (self.errors, False)):
                if any(pattern.search(line) for pattern in patterns):
                    return " ".join(line.split()), is_refusal
        return "", False

    def document(self, source: ConfigSource) -> CliDocument | None:
        """How the document of a source looks; None when the platform has no such one."""
        return next((each for each in self.documents if each.source is source), None)
