"""XPath as rules write it."""

from __future__ import annotations

from dcops.audit.parameters import as_variables, malformed
from dcops.audit.tree.query import compiled
from dcops.yamlfile.sections import Section

SHOW = "show"
NAME = "@name"
"""What names an element, unless a rule says otherwise."""


def shown_as(section: Section) -> str:
    """The path of what names a place in the report: of a property, or an XPath; empty when the rule names none."""
    if SHOW not in section:
        return ""
    if "property" in section or "property_none" in section:
        return section.text(SHOW)
    return xpath(section, SHOW)


def xpath(section: Section, key: str) -> str:
    """One path that can be compiled; empty when it is not there or wrong."""
    text = section.text(key)
    return _checked(section, section.line_of(key), key, text) if text else ""


def xpaths(section: Section, key: str) -> tuple[str, ...]:
    """A list of paths; one alone may stand without the list."""
    found = []
    for entry in section.entries(key):
        if isinstance(entry, Section):
            entry.mistake(entry.line, f"{key} holds texts")
        elif path := _checked(section, entry.start_mark.line + 1, key, entry.value):
            found.append(path)
    return tuple(found)


def _checked(section: Section, line: int, key: str, text: str) -> str:
    path = as_variables(text)
    if malformed(path):
        section.mistake(line, f"{key} {text!r} holds braces that name no parameter")
        return ""
    try:
        compiled(path)
    except ValueError as error:
        section.mistake(line, f"{key} {text!r} {error}")
        return ""
    return path
