"""Reads what no rule looks at."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

from dcops.audit.limits import Limit, Limits
from dcops.audit.reading.words import words
from dcops.audit.words import Words
from dcops.yamlfile.sections import Mistakes, Section, read

_ALL, _SOME = "all", "some"


def limits_of(file: Path, mistakes: Mistakes, controls: Collection[str]) -> Limits:
    """The limits of one file."""
    section = read(file, mistakes)
    if section is None:
        return Limits()
    of_controls: dict[str, Limit] = {}
    for each in section.sections("not_checked"):
        control = each.text("control")
        if control in of_controls:
            each.mistake(each.line, f"{control} is there twice")
        elif control and control not in controls:
            near = get_close_matches(control, controls, 1)
            each.mistake(each.line_of("control"), f"controls.yaml has no {control}{_meant(near)}")
        of_controls[control] = Limit(control, each.choice("part", (_ALL, _SOME)) == _ALL, words(each, "reason"))
        each.finish()
    of_platforms = _platforms(section)
    section.finish()
    return Limits(of_controls, of_platforms)


def _platforms(section: Section) -> dict[str, Words]:
    found: dict[str, Words] = {}
    for each in section.sections("platforms"):
        platform = each.text("platform")
        if platform in found:
            each.mistake(each.line, f"{platform} is there twice")
        found[platform] = words(each, "reason")
        each.finish()
    return found


def _meant(near: list[str]) -> str:
    return f", did you mean {near[0]}?" if near else ""
