"""Reads the rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from dcops.audit import applies
from dcops.audit.kinds import (
    count,
    must,
    must_in_order,
    must_not,
    must_one_of,
    not_weak,
    property,
    property_none,
    python,
    value,
    xpath_none,
    xpath_one,
    xpath_value,
)
from dcops.audit.reading.conditions import condition
from dcops.audit.reading.paths import NAME, shown_as
from dcops.audit.reading.samples import samples
from dcops.audit.reading.sources import Wanted, source
from dcops.audit.reading.words import words
from dcops.audit.requirement import Requirement
from dcops.audit.rule import Rule
from dcops.audit.scope import lines as line_scope
from dcops.audit.scope import properties as property_scope
from dcops.audit.scope import xml as xml_scope
from dcops.audit.scope.common import Scope
from dcops.audit.tree import Shape, shapes_of
from dcops.model.finding import Severity
from dcops.model.source import SourceKind
from dcops.yamlfile.sections import Mistakes, Section, read, refuse

WHAT = "the rules"
_ID = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+")

_Made = Requirement | Iterable[Requirement] | None

# Written by hand: the key of a rule, and who reads it.
KINDS: Mapping[str, Callable[[Section], _Made]] = MappingProxyType(
    {
        must.KEY: must.read,
        must_not.KEY: must_not.read,
        must_one_of.KEY: must_one_of.read,
        must_in_order.KEY: must_in_order.read,
        count.KEY: count.read,
        value.KEY: value.read,
        not_weak.KEY: not_weak.read,
        xpath_one.KEY: xpath_one.read,
        xpath_none.KEY: xpath_none.read,
        xpath_value.KEY: xpath_value.read,
        property.KEY: property.read,
        property_none.KEY: property_none.read,
        python.KEY: python.read,
    }
)


def load(files: Iterable[Path]) -> tuple[Rule, ...]:
    """All rules of all files; InvalidInput names every mistake with file and line."""
    found: list[Rule] = []
    mistakes: list[str] = []
    for file in files:
        noted = Mistakes(file)
        found += rules_of(file, noted)
        mistakes += noted.found
    mistakes += twice(found)
    refuse(mistakes, WHAT, next_step="docs/reference/rules.md has every key on one page")
    return tuple(found)


def rules_of(file: Path, mistakes: Mistakes) -> list[Rule]:
    """The rules of one file, as far as they can be read."""
    section = read(file, mistakes)
    if section is None:
        return []
    found = [_rule(each, file) for each in section.sections("rules", must=True)]
    section.finish()
    return [rule for rule in found if rule is not None]


def twice(rules: Iterable[Rule]) -> list[str]:
    """A mistake for each rule whose id another one has already."""
    first: dict[str, Rule] = {}
    found = []
    for rule in rules:
        if rule.id in first:
            found.append(f"{rule.where}: {rule.id} is there twice, first at {first[rule.id].where}")
        first.setdefault(rule.id, rule)
    return found


def _rule(section: Section, file: Path) -> Rule | None:
    id_ = section.text("id")
    if id_ and not _ID.fullmatch(id_):
        section.mistake(section.line_of("id"), f"id {id_!r} is none such as IOS-021")
    platforms = section.texts("platforms", None)
    wanted = source(section)
    show = shown_as(section)
    made: list[Requirement] = []
    asked = [key for key in KINDS if key in section]
    for key in asked:
        result = KINDS[key](section)
        made += [] if result is None else [*result] if isinstance(result, Iterable) else [result]
    when = condition(section)
    shape = _shape(section, made, asked, when.shape if when is not None else None)
    scope = _scope(section, shape, show)
    _fit(section, platforms, wanted, shape)
    applied = applies.read(section.section("applies"))
    rule = Rule(
        id=id_,
        title=words(section, "title"),
        severity=Severity(section.choice("severity", [each.value for each in Severity])),
        platforms=platforms,
        requirements=tuple(made),
        why=words(section, "why"),
        fix=words(section, "fix"),
        refs=section.texts("refs"),
        applies=applied,
        when=when,
        scope=scope,
        source=wanted,
        samples=samples(section, platforms, shape),
        file=file,
        line=section.line,
    )
    section.finish()
    return rule if id_ else None


def _shape(section: Section, made: Sequence[Requirement], asked: Sequence[str], when: Shape | None) -> Shape | None:
    """The one shape that everything in the rule works on."""
    if not asked:
        section.mistake(section.line, f"asks for nothing: none of {', '.join(KINDS)}")
    found = {each.shape for each in made if each.shape is not None}
    if len(found) > 1:
        section.mistake(section.line, f"asks for {' and '.join(sorted(found))} at once: make two rules of it")
    shape = next(iter(sorted(found)), None)
    if when is not None and shape is not None and when is not shape:
        section.mistake(section.line_of("when"), f"when is about {when}, and the rule about {shape}")
    return shape or when


def _scope(section: Section, shape: Shape | None, show: str) -> Scope | None:
    inside = section.section("in")
    if shape is None:
        if inside is not None:
            section.mistake(section.line_of("in"), "a check in Python looks for itself: it takes no `in`")
        return None
    found: Scope
    if shape is Shape.LINES:
        found = line_scope.read(inside) if inside is not None else line_scope.LineScope()
    elif shape is Shape.XML:
        found = xml_scope.read(inside, show or NAME) if inside is not None else xml_scope.XmlScope()
    else:
        found = property_scope.read(inside, show) if inside is not None else property_scope.PropertyScope()
    if inside is not None:
        inside.finish()
        _refuse_absolute(section, shape)
    return found


def _refuse_absolute(section: Section, shape: Shape) -> None:
    """Inside an element a path from the root looks at the whole document again, and passes by what stands elsewhere."""
    if shape is not Shape.XML:
        return
    for key in ("xpath_one", "xpath_none"):
        if any(path.lstrip("( ").startswith("/") for path in section.texts(key)):
            section.mistake(section.line_of(key), f"{key} begins at the root, and `in` means: relative to each element")


def _fit(section: Section, platforms: Sequence[str], wanted: Wanted, shape: Shape | None) -> None:
    if shape is None or wanted[0] is not SourceKind.CONFIG:
        return
    for platform in platforms:
        if shape not in (known := shapes_of(platform)):
            section.mistake(
                section.line, f"asks for {shape}, and a configuration of {platform} is {' or '.join(sorted(known))}"
            )
