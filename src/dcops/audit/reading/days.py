"""A day, as files under `compliance/` write it."""

from __future__ import annotations

from datetime import date

from dcops.yamlfile.sections import Section


def day(section: Section, key: str) -> date | None:
    """The day under a key; None with a mistake when there is none."""
    text = section.text(key)
    try:
        return date.fromisoformat(text)
    except ValueError:
        if text:
            section.mistake(section.line_of(key), f"{key} must be a day such as 2027-01-31, not {text!r}")
        return None
