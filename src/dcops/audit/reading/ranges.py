"""Ranges of versions and levels as rules write them."""

from __future__ import annotations

from dcops.audit.version import Range, parsed
from dcops.yamlfile.sections import Section


def range_of(section: Section, key: str) -> Range | None:
    """A range; None when it is not there or wrong."""
    text = section.text(key, "")
    if not text:
        return None
    try:
        return parsed(text)
    except ValueError as error:
        section.mistake(section.line_of(key), f"{key}: {error}")
        return None
