"""Reads `exceptions.yaml`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from dcops.audit.exceptions import LONGEST, Exempt
from dcops.audit.pattern import BadPattern, compiled
from dcops.yamlfile.sections import Mistakes, Section, read


def exceptions_of(file: Path, mistakes: Mistakes, rules: Collection[str], today: date) -> list[Exempt]:
    """The exceptions of one file, as far as they can be read."""
    section = read(file, mistakes)
    if section is None:
        return []
    found = [_exception(each, file, rules, today) for each in section.sections("exceptions")]
    section.finish()
    return [each for each in found if each is not None]


def _exception(section: Section, file: Path, rules: Collection[str], today: date) -> Exempt | None:
    rule = section.text("rule")
    if rule and rule not in rules:
        near = get_close_matches(rule, rules, 1)
        section.mistake(
            section.line_of("rule"), f"there is no rule {rule!r}{f', did you mean {near[0]}?' if near else ''}"
        )
    device, tag = section.text("device", ""), section.text("tag", "")
    if bool(device) == bool(tag):
        section.mistake(section.line, "is for one device or for one tag")
    until = _until(section, today)
    found = Exempt(
        rule=rule,
        owner=section.text("owner"),
        reason=section.text("reason"),
        ticket=section.text("ticket"),
        until=until or today,
        device=device,
        tag=tag,
        block=_pattern(section, "block"),
        evidence=_pattern(section, "evidence"),
        file=file,
        line=section.line,
    )
    section.finish()
    return found if until is not None else None


def _until(section: Section, today: date) -> date | None:
    text = section.text("until")
    try:
        until = date.fromisoformat(text)
    except ValueError:
        if text:
            section.mistake(section.line_of("until"), f"until must be a day such as 2027-01-31, not {text!r}")
        return None
    if until - today > LONGEST:
        section.mistake(
            section.line_of("until"),
            f"until {until} is more than {LONGEST.days} days away: nothing is allowed for longer",
        )
    return until


def _pattern(section: Section, key: str) -> str:
    text = section.text(key, "")
    if text:
        try:
            if compiled(text).search("") is not None:
                section.mistake(section.line_of(key), f"{key} {text!r} matches everything: leave it out")
        except BadPattern as error:
            section.mistake(section.line_of(key), f"{key} {text!r} {error}")
            return ""
    return text
