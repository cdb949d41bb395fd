"""`missing`: what it means that nothing is there to be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from dcops.audit.comparison import Bound
from dcops.audit.parameters import Values
from dcops.audit.said import Said, Unknown
from dcops.yamlfile.sections import Section

KEY = "missing"


class Meaning(StrEnum):
    """What follows from nothing."""

    FAIL = "fail"
    PASS = "pass"  # noqa: S105  the word for a check that is well
    UNKNOWN = "unknown"
    VALUE = "value"
    """The device then does what this value says."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The meaning, and the value that the device takes by itself."""

    meaning: Meaning = Meaning.FAIL
    value: str = ""

    def bound(self, values: Values) -> Missing:
        """With its parameters filled in."""
        return Missing(self.meaning, next(values.texts(self.value))) if self.value else self

    def wrong(self, comparison: Bound, line: int, path: str = "") -> Iterator[Said]:
        """What is wrong when there is nothing."""
        if self.meaning is Meaning.UNKNOWN:
            raise Unknown(Said("told nothing", path))
        if self.meaning is Meaning.FAIL:
            # The path tells one thing that is missing from another.
            where = f"{path}: " if path else ""
            yield Said("no value", f"{where}{comparison.shown}", "", line)
        elif self.meaning is Meaning.VALUE and not comparison.holds(self.value):
            yield Said("default value", comparison.shown, self.value, line)


def missing(section: Section) -> Missing:
    """The key as a rule writes it: a word, or a mapping with the device's default."""
    for entry in section.entries(KEY):
        if isinstance(entry, Section):
            value = entry.text("value")
            entry.finish()
            return Missing(Meaning.VALUE, value)
        return Missing(Meaning(section.choice(KEY, ("fail", "pass", "unknown"), "fail")))
    return Missing()
