"""`samples` as rules write them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import yaml

from dcops.audit.parameters import Value
from dcops.audit.reading.plain import TooMuch, plain
from dcops.audit.rule import Content, Sample
from dcops.audit.tree import Shape
from dcops.model.moment import from_rfc3339
from dcops.model.source import SourceKind
from dcops.yamlfile.sections import Section

KEY = "samples"


def samples(rule: Section, platforms: tuple[str, ...], shape: Shape | None) -> tuple[Sample, ...]:
    """All samples; a platform without a passing and a failing one is a mistake."""
    found = [_sample(section, platforms, shape) for section in rule.sections(KEY)]
    for platform in platforms:
        for what in ("passing", "failing"):
            if not any(getattr(each, what) for each in found if each.platform == platform):
                key = {"passing": "pass", "failing": "fail"}[what]
                rule.mistake(rule.line_of(KEY), f"samples hold no `{key}` for {platform}")
    return tuple(found)


def _sample(section: Section, platforms: tuple[str, ...], shape: Shape | None) -> Sample:
    only = platforms[0] if len(platforms) == 1 else None
    platform = section.choice("platform", platforms, only) if platforms else ""
    level = int(section.number("level", 1, 1, 5)) if "level" in section else None
    found = Sample(
        line=section.line,
        passing=_contents(section, "pass", shape),
        failing=_contents(section, "fail", shape),
        not_applicable=_contents(section, "not_applicable", shape),
        could_not_check=_contents(section, "could_not_check", shape),
        platform=platform,
        version=section.text("version", ""),
        role=section.text("role", ""),
        site=section.text("site", ""),
        model=section.text("model", ""),
        tags=section.texts("tags"),
        level=level,
        parameters=parameter_values(section.section("parameters")),
        weak=section.texts("weak"),
        now=_moment(section),
        besides=_besides(section.section("besides")),
    )
    section.finish()
    return found


def _besides(section: Section | None) -> dict[tuple[SourceKind, str], Content]:
    """Other sources by their titles, such as `inv/accounts`."""
    found: dict[tuple[SourceKind, str], Content] = {}
    for title in section.keys() if section is not None else ():
        assert section is not None
        kind, _, name = title.partition("/")
        for content in _contents(section, title, None):
            if kind in {each.value for each in SourceKind}:
                found[SourceKind(kind), name] = content
            else:
                section.mistake(section.line_of(title), f"{title!r} is no source such as inv/accounts")
    if section is not None:
        section.finish()
    return found


def parameter_values(section: Section | None) -> dict[str, Value]:
    """Parameters and their values; the section is finished by that."""
    if section is None:
        return {}
    found: dict[str, Value] = {}
    for name in section.keys():  # noqa: SIM118  no mapping
        node = section.node(name)
        if isinstance(node, yaml.SequenceNode):
            values = section.texts(name)
            if not values:
                section.mistake(
                    section.line_of(name), f"{name} is an empty list: what asks for it would ask for nothing"
                )
            found[name] = values
        elif isinstance(node, yaml.ScalarNode):
            if not node.value.strip() or node.value == "~":
                section.mistake(section.line_of(name), f"{name} has no value")
            found[name] = node.value
        else:
            section.mistake(section.line_of(name), f"{name} must be a text, a number, or a list of them")
    section.finish()
    return found


def _contents(section: Section, key: str, shape: Shape | None) -> tuple[Content, ...]:
    node = section.node(key)
    if node is None:
        return ()
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return tuple(content for item in items if (content := _content(section, key, item, shape)) is not None)


def _content(section: Section, key: str, node: yaml.Node, shape: Shape | None) -> Content | None:
    line = int(node.start_mark.line) + 1
    try:
        value: Any = plain(node)
    except TooMuch:
        section.mistake(line, f"{key} says more than anybody reads")
        return None
    if isinstance(value, dict) and shape in (Shape.PROPERTIES, None):
        return value
    if isinstance(node, yaml.ScalarNode) and (
        shape is not Shape.PROPERTIES or key in ("not_applicable", "could_not_check")
    ):
        return str(node.value)
    wanted = "a mapping of properties" if shape is Shape.PROPERTIES else "a text"
    section.mistake(line, f"{key} must be {wanted}")
    return None


def _moment(section: Section) -> datetime | None:
    text = section.text("now", "")
    if not text:
        return None
    try:
        return from_rfc3339(text)
    except ValueError:
        section.mistake(section.line_of("now"), f"now must be a time such as 2026-01-15T01:00:00Z, not {text!r}")
        return None
