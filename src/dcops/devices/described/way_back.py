"""The section `restore:` of a described platform: how it comes back, in the words of people who know it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from dcops.model.snapshot import ConfigSource
from dcops.model.way_back import PLACEHOLDER, PLACEHOLDERS, Case, Loss, Need, Sign, Step, Way, WayBack, Where
from dcops.yamlfile.sections import Section

SOURCES = tuple(source.value for source in ConfigSource if source.restores)
PLACES = {"console": Where.CONSOLE, "device": Where.DEVICE, "web": Where.WEB, "room": Where.ROOM, "host": Where.HOST}
IDENTITY = ("hostname", "model", "serial", "software")


def way_back(top: Section, title: str) -> WayBack | None:
    """What the section says; None when the description has none."""
    section = top.section("restore")
    if section is None:
        return None
    sends = section.texts("sends", (ConfigSource.RUNNING.value, ConfigSource.STARTUP.value))
    for word in sends:
        if word not in SOURCES:
            section.mistake(section.line_of("sends"), f"sends {word!r} is not one of {', '.join(SOURCES)}")
    said = WayBack(
        title=title,
        proven=section.text("proven"),
        needs=tuple(_needs(section)),
        losses=tuple(_losses(section)),
        ways=tuple(_ways(section, tuple(ConfigSource(word) for word in sends if word in SOURCES))),
        identity=_identity(section),
        suffix=_optional(section, "suffix"),
        no_way=_optional(section, "no_way"),
    )
    section.finish()
    return said


def _ways(restore: Section, sends: tuple[ConfigSource, ...]) -> Iterator[Way]:
    found = False
    for key, case in (("replacement", Case.REPLACEMENT), ("repair", Case.REPAIR)):
        section = restore.section(key)
        if section is None:
            continue
        found = True
        yield Way(
            case=case,
            sends=sends,
            form=section.text("as"),
            before=tuple(_steps(section, "before")),
            restore=tuple(_steps(section, "steps", must=True)),
            check=tuple(_steps(section, "check")),
            undo=tuple(_steps(section, "undo")),
            load_suffix=_optional(section, "prepared"),
        )
        section.finish()
    if not found:
        restore.mistake(restore.line, "neither replacement nor repair is said: there is no way back in it")


def _steps(way: Section, key: str, *, must: bool = False) -> Iterator[Step]:
    for section in way.sections(key, must=must):
        at = section.choice("at", tuple(PLACES), "device")
        only = section.pattern("only")
        yield Step(
            where=PLACES[at],
            what=_words(section, "do", section.text("do")),
            types=tuple(_words(section, "type", line) for line in section.texts("type")),
            only=Sign(only) if only else None,
            unproven=_optional(section, "unproven"),
        )
        section.finish()


def _needs(restore: Section) -> Iterator[Need]:
    for entry in restore.entries("needs"):
        if isinstance(entry, yaml.ScalarNode):
            yield Need(entry.value)
            continue
        yield Need(entry.text("what"), _sign(entry))
        entry.finish()


def _losses(restore: Section) -> Iterator[Loss]:
    for entry in restore.sections("lost", must=True):
        yield Loss(entry.text("what"), entry.text("instead"), _sign(entry))
        entry.finish()


def _sign(section: Section) -> Sign | None:
    pattern, unless = section.pattern("sign"), section.pattern("unless")
    if pattern is None and unless is not None:
        pattern = re.compile("")
    return Sign(pattern, unless) if pattern else None


def _identity(restore: Section) -> dict[str, re.Pattern[str]]:
    section = restore.section("identity")
    if section is None:
        return {}
    found = {}
    for name in IDENTITY:
        if pattern := section.pattern(name, re.MULTILINE):
            found[name] = pattern
            if not pattern.groups:
                section.mistake(section.line_of(name), f"{name} has no group ( ) around what is wanted")
    section.finish()
    return found


def _optional(section: Section, key: str) -> str:
    return _words(section, key, section.text(key)) if key in section else ""


def _words(section: Section, key: str, text: str) -> str:
    """A text whose `{name}` all mean something."""
    for match in PLACEHOLDER.finditer(text):
        if match[1] not in PLACEHOLDERS:
            known = ", ".join(sorted(PLACEHOLDERS))
            section.mistake(section.line_of(key), f"{match[0]} stands for nothing; known: {known}")
    return text
