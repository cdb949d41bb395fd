"""Which source a rule reads, as it writes it: `config`, `state/sshd`."""

from __future__ import annotations

from dcops.model.source import SourceKind
from dcops.yamlfile.sections import Section

KEY = "source"
Wanted = tuple[SourceKind, str]


def known_source(section: Section) -> Wanted:
    """The source of a rule; the configuration when it names none, or none that there is."""
    kind, _, name = section.text(KEY, SourceKind.CONFIG.value).partition("/")
    try:
        return SourceKind(kind), name
    except ValueError:
        return SourceKind.CONFIG, ""


def source(section: Section) -> Wanted:
    """The same; one that there is not is a mistake."""
    text = section.text(KEY, SourceKind.CONFIG.value)
    kinds = [each.value for each in SourceKind]
    if text.partition("/")[0] not in kinds:
        section.mistake(
            section.line_of(KEY), f"source {text!r} is none of {', '.join(kinds)}, with /NAME where there are several"
        )
    return known_source(section)
