"""`when` as rules write it."""

from __future__ import annotations

from dcops.audit.comparison import Together
from dcops.audit.kinds.property import Property
from dcops.audit.reading.comparisons import comparison
from dcops.audit.reading.lines import checked_pattern, line_specs
from dcops.audit.reading.missing import Meaning, Missing
from dcops.audit.reading.paths import xpaths
from dcops.audit.when import When, WhenLines, WhenProperty, WhenXml
from dcops.yamlfile.sections import Section

KEY = "when"


def condition(rule: Section) -> When | None:
    """A line, a list of lines, or a mapping."""
    if KEY not in rule:
        return None
    entries = [*rule.entries(KEY)]
    if len(entries) == 1 and isinstance(entries[0], Section):
        section = entries[0]
        if "xpath" in section or "xpath_absent" in section:
            return _xml(section)
        if "property" in section:
            return _property(section)
        if "regex" not in section and "line" not in section:
            return _lines(section)
    return WhenLines(present=line_specs(rule, KEY))


def _lines(section: Section) -> WhenLines:
    levels = []
    for entry in section.entries("block"):
        if isinstance(entry, Section):
            entry.mistake(entry.line, "block holds regular expressions")
        elif regex := checked_pattern(section, entry.start_mark.line + 1, "block", entry.value):
            levels.append(regex)
    found = WhenLines(
        present=line_specs(section, "with") if "with" in section else (),
        absent=line_specs(section, "absent") if "absent" in section else (),
        levels=tuple(levels),
    )
    section.finish()
    if not (found.present or found.absent or found.levels):
        section.mistake(section.line, "when is a line, or has block, with, absent, xpath, xpath_absent or property")
    return found


def _xml(section: Section) -> WhenXml:
    found = WhenXml(xpaths(section, "xpath"), xpaths(section, "xpath_absent"))
    section.finish()
    return found


def _property(section: Section) -> WhenProperty:
    path = section.text("property")
    compared = comparison(section, needed=False)
    section.finish()
    return WhenProperty(Property(path, compared, Together(), Missing(Meaning.FAIL)))
