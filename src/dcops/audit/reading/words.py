"""Texts in two languages as rules write them."""

from __future__ import annotations

from dcops.audit.parameters import malformed
from dcops.audit.words import LANGUAGES, Words
from dcops.yamlfile.sections import Section


def words(section: Section, key: str, *, must: bool = True) -> Words:
    """`{en: …, vi: …}`, or a plain text in English."""
    if key not in section:
        if must:
            section.mistake(section.line, f"missing key {key}")
        return Words("")
    for entry in section.entries(key):
        if isinstance(entry, Section):
            found = Words(*(entry.text(language, None if language == "en" else "") for language in LANGUAGES))
            entry.finish()
        else:
            found = Words(section.text(key))
        if any(malformed(found.of(language)) for language in LANGUAGES):
            section.mistake(section.line_of(key), f"{key} holds braces that name no parameter")
        return Words(found.en.strip(), found.vi.strip())
    section.mistake(section.line_of(key), f"{key} is empty")
    return Words("")
