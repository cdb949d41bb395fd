"""Reads packs and controls."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

from dcops.audit.packs import CONFIDENCE, Choice, Control, Pack
from dcops.audit.reading.samples import parameter_values
from dcops.audit.reading.words import words
from dcops.audit.rule import Rule
from dcops.model.finding import Severity
from dcops.yamlfile.sections import Mistakes, Section, read

CONTROL = re.compile(r"[NHP]-[A-Z0-9]+-\d+")
"""How controls are called; other references are numbers of public benchmarks."""


def pack_of(file: Path, mistakes: Mistakes, rules: Collection[str]) -> Pack | None:
    """One pack."""
    section = read(file, mistakes)
    if section is None:
        return None
    name = section.text("pack")
    if name and name != file.stem:
        section.mistake(section.line_of("pack"), f"pack is {name!r}, and the file {file.name}: they have one name")
    choices: list[Choice] = []
    for entry in section.entries("rules", must=True):
        if isinstance(entry, Section):
            rule, line = entry.text("id"), entry.line
            severity = (
                Severity(entry.choice("severity", [each.value for each in Severity])) if "severity" in entry else None
            )
            entry.finish()
        else:
            rule, line, severity = entry.value, int(entry.start_mark.line) + 1, None
        if rule not in rules:
            near = get_close_matches(rule, rules, 1)
            section.mistake(line, f"there is no rule {rule!r}{f', did you mean {near[0]}?' if near else ''}")
        elif any(each.rule == rule for each in choices):
            section.mistake(line, f"{rule} is there twice")
        else:
            choices.append(Choice(rule, severity))
    pack = Pack(
        name=file.stem,
        title=words(section, "title"),
        standard=section.text("standard", ""),
        level=int(section.number("level", 1, 1, 5)) if "level" in section else None,
        choices=tuple(choices),
        parameters=parameter_values(section.section("parameters")),
    )
    section.finish()
    return pack


def controls_of(file: Path, mistakes: Mistakes) -> dict[str, Control]:
    """The controls of one file by their ids."""
    section = read(file, mistakes)
    if section is None:
        return {}
    found: dict[str, Control] = {}
    for each in section.sections("controls", must=True):
        id_ = each.text("id")
        if id_ in found:
            each.mistake(each.line, f"{id_} is there twice")
        if id_ and not CONTROL.fullmatch(id_):
            each.mistake(each.line_of("id"), f"id {id_!r} is none such as N-MGT-1")
        found[id_] = Control(id_, words(each, "title"), each.choice("confidence", CONFIDENCE), each.texts("standards"))
        each.finish()
    section.finish()
    return found


def unknown_controls(rules: Collection[Rule], controls: Collection[str]) -> list[str]:
    """A mistake for each reference to a control that nobody describes."""
    return [
        f"{rule.where}: {rule.id} refers to {reference}, which controls.yaml does not have"
        for rule in rules
        for reference in rule.refs
        if CONTROL.fullmatch(reference) and reference not in controls
    ]
