"""Reads `platforms/`: command-line platforms described by data, one YAML file each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from dcops.devices.described.way_back import way_back
from dcops.devices.registry import Drivers
from dcops.model.platform import (
    Answered,
    CliDocument,
    CliPlatform,
    Enable,
    FactCommand,
    Login,
    Neighbours,
    Noise,
    Rights,
    Screen,
    SecretRule,
)
from dcops.model.snapshot import ConfigSource
from dcops.yamlfile.files import files_in
from dcops.yamlfile.sections import Mistakes, Section, read, refuse

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,30}")
WHAT = "the described platforms"
NEXT_STEP = "platforms/README.md says what stands in such a file"
FACTS = ("model", "serial_number", "os_version", "hostname", "fqdn", "uptime", "interface_list")
SOURCES = tuple(source.value for source in ConfigSource if source is not ConfigSource.FILE)


def load(folders: Sequence[Path]) -> Mapping[str, CliPlatform]:
    """Every description by its platform's name; a file of an earlier folder wins over one of a later.

    InvalidInput names file and line of what is wrong.
    """
    found: list[str] = []
    described = {name: _platform(name, file, found) for name, file in files_in(folders).items()}
    refuse(found, WHAT, next_step=NEXT_STEP)
    return {name: platform for name, platform in described.items() if platform}


def load_one(name: str, file: Path) -> CliPlatform:
    """One description; InvalidInput names file and line of what is wrong."""
    found: list[str] = []
    platform = _platform(name, file, found)
    refuse(found, WHAT, next_step=NEXT_STEP)
    assert platform is not None, "without a mistake there is a platform"
    return platform


def _platform(name: str, file: Path, found: list[str]) -> CliPlatform | None:
    mistakes = Mistakes(file)
    if not NAME.fullmatch(name):
        mistakes.add(1, f"{name!r} is no name of a platform: small letters, digits, - and _")
    elif name in Drivers().platforms():
        mistakes.add(1, f"{name} has a driver of its own and cannot be described: give the file another name")
    section = read(file, mistakes)
    platform = _description(name, section) if section else None
    found += mistakes.found
    return platform


def _description(name: str, top: Section) -> CliPlatform:
    title = top.text("title")
    platform = CliPlatform(
        name=name,
        title=title,
        vendor=top.text("vendor"),
        comment=top.text("comment"),
        login=_login(top),
        documents=tuple(_documents(top)),
        refused=top.patterns("refused", re.MULTILINE),
        errors=top.patterns("errors", re.MULTILINE),
        noise=tuple(_noise(top)),
        secrets=tuple(_secrets(top)),
        harmless=top.patterns("harmless", re.IGNORECASE),
        facts=tuple(_facts(top)),
        rights=_rights(top),
        neighbours=_neighbours(top),
        restore=way_back(top, title),
        suffix=top.text("suffix", "txt"),
    )
    top.finish()
    return platform


def _login(top: Section) -> Login:
    section = top.section("login", must=True)
    if section is None:
        return Login("generic", re.compile("(?P<name>x)"))
    login = Login(
        device_type=_device_type(section),
        prompt=section.needed_pattern("prompt", group="name"),
        screen=Screen(section.choice("screen", tuple(Screen), Screen.PLAIN)),
        answers=tuple(_answers(section)),
        enable=_enable(section),
        setup=section.texts("setup"),
        logout=section.texts("logout", ("exit",)),
        settle_seconds=section.number("settle_seconds", 0.5, 0.1, 30),
    )
    section.finish()
    return login


def _device_type(section: Section) -> str:
    """Checked against netmiko's list only when the platform is used: importing netmiko costs half a second."""
    kind = section.text("device_type", "generic")
    if not NAME.fullmatch(kind) or kind.endswith(("_telnet", "_serial")):
        section.mistake(section.line_of("device_type"), f"device_type {kind!r} is no SSH device type of netmiko")
    return kind


def _answers(login: Section) -> Iterator[Answered]:
    for section in login.sections("answers"):
        shows = section.needed_pattern("shows")
        yield Answered(re.compile(rf"(?:{shows.pattern})\Z", shows.flags), section.key("key"))
        section.finish()


def _enable(login: Section) -> Enable | None:
    section = login.section("enable")
    if section is None:
        return None
    enable = Enable(
        command=section.text("command", "enable"),
        reached=section.needed_pattern("reached"),
        password=section.needed_pattern("password"),
        user=section.pattern("user"),
    )
    section.finish()
    return enable


def _documents(top: Section) -> Iterator[CliDocument]:
    sources = set()
    for section in top.sections("documents", must=True):
        opens, closes = section.pattern("opens"), section.pattern("closes")
        if (opens is None) != (closes is None):
            section.mistake(section.line, "opens and closes are said together")
        source = ConfigSource(section.choice("source", SOURCES))
        if source in sources:
            section.mistake(section.line, f"there is a {source} document already")
        sources.add(source)
        yield CliDocument(
            source=source,
            command=section.text("command"),
            ends=section.pattern("ends"),
            contains=section.patterns("contains"),
            opens=opens,
            closes=closes,
            absent=section.pattern("absent", re.MULTILINE),
            smallest_lines=int(section.number("smallest_lines", 5, 1, 100_000)),
            settle_seconds=section.number("settle_seconds", 1.0, 0.1, 60),
            needed=section.flag("needed", True),
        )
        section.finish()
    if not sources:
        top.mistake(top.line_of("documents"), "documents is empty: nothing would be read")


def _noise(top: Section) -> Iterator[Noise]:
    for entry in top.entries("noise", must=True):
        if isinstance(entry, yaml.ScalarNode):
            if pattern := top.compile("noise", entry):
                yield Noise(pattern)
            continue
        if "replace" in entry:
            yield Noise(entry.needed_pattern("replace"), instead=entry.text("with"))
        else:
            yield Noise(entry.needed_pattern("begins"), ends=entry.needed_pattern("ends"))
        entry.finish()


def _secrets(top: Section) -> Iterator[SecretRule]:
    for entry in top.entries("secrets", must=True):
        if isinstance(entry, yaml.ScalarNode):
            if pattern := top.compile("secrets", entry, re.IGNORECASE, group="secret"):
                yield SecretRule(pattern)
            continue
        salted = entry.flag("salted", False)
        if "begins" in entry:
            begins, ends = entry.needed_pattern("begins", re.IGNORECASE), entry.needed_pattern("ends", re.IGNORECASE)
            yield SecretRule(begins, ends=ends, salted=salted)
        else:
            line = entry.needed_pattern("line", re.IGNORECASE, group="secret")
            within, until = entry.pattern("within", re.IGNORECASE), entry.pattern("until", re.IGNORECASE)
            if (within is None) != (until is None):
                entry.mistake(entry.line, "within and until are said together")
            yield SecretRule(line, within=within, until=until, salted=salted)
        entry.finish()


def _facts(top: Section) -> Iterator[FactCommand]:
    for section in top.sections("facts", must=True):
        command = section.text("command")
        patterns = {}
        for name in FACTS:
            if pattern := section.pattern(name, re.MULTILINE):
                patterns[name] = pattern
                if not pattern.groups:
                    section.mistake(section.line_of(name), f"{name} has no group ( ) around what is wanted")
        section.finish()
        yield FactCommand(command, patterns)


def _rights(top: Section) -> Rights | None:
    section = top.section("rights")
    if section is None:
        return None
    rights = Rights(section.text("command"), section.needed_pattern("writes", re.MULTILINE))
    section.finish()
    return rights


def _neighbours(top: Section) -> Neighbours | None:
    section = top.section("neighbours")
    if section is None:
        return None
    neighbours = Neighbours(
        command=section.text("command"),
        template=section.text("template"),
        local=section.text("local", "local_interface"),
        name=section.text("name", "neighbor_name"),
        port=section.text("port", "neighbor_interface"),
    )
    section.finish()
    return neighbours
