"""Reads `advisories.yaml`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dcops.audit.advisories import Advisories, Advisory
from dcops.audit.reading.days import day
from dcops.audit.reading.words import words
from dcops.audit.release import Affected, affected
from dcops.model.finding import Severity
from dcops.yamlfile.sections import Mistakes, Section, read


def advisories_of(file: Path, mistakes: Mistakes) -> Advisories | None:
    """The file, as far as it can be read; None when it is none."""
    section = read(file, mistakes)
    if section is None:
        return None
    covers = section.texts("covers", None)
    found = [_advisory(each, covers) for each in section.sections("advisories")]
    made = Advisories(
        origin=section.text("origin"),
        day=day(section, "date") or date.min,
        covers=covers,
        example=section.flag("example", False),
        advisories=tuple(each for each in found if each is not None),
    )
    section.finish()
    return made


def _advisory(section: Section, covers: tuple[str, ...]) -> Advisory | None:
    platform = section.text("platform")
    if platform and platform not in covers:
        section.mistake(section.line_of("platform"), f"covers does not name the platform {platform}")
    found = Advisory(
        id=section.text("id"),
        platform=platform,
        severity=Severity(section.choice("severity", [each.value for each in Severity])),
        title=words(section, "title"),
        affected=tuple(filter(None, (_range(section, platform, text) for text in section.texts("affected", None)))),
        fixed=section.texts("fixed", None),
        link=section.text("link"),
    )
    section.finish()
    return found if found.id else None


def _range(section: Section, platform: str, text: str) -> Affected | None:
    try:
        return affected(platform, text)
    except ValueError as error:
        section.mistake(section.line_of("affected"), f"affected: {error}")
        return None
