"""`value`: of every line that matches, the group is so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dcops.audit.comparison import Bound, Comparison
from dcops.audit.line import LineSpec, Matcher
from dcops.audit.look import Look
from dcops.audit.parameters import names_in
from dcops.audit.pattern import compiled
from dcops.audit.reading.comparisons import comparison
from dcops.audit.reading.lines import needs_group, pattern_spec
from dcops.audit.reading.missing import Missing, missing
from dcops.audit.requirement import Binding, Place
from dcops.audit.said import Said
from dcops.audit.tree import Shape
from dcops.audit.tree.lines import Block
from dcops.yamlfile.sections import Section

KEY = "value"
GROUP = "value"


@dataclass(frozen=True, slots=True)
class Value:
    """A part of a line that is compared."""

    line: LineSpec
    comparison: Comparison
    missing: Missing
    shape: Shape = Shape.LINES

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return self.line.names | self.comparison.names | names_in(self.missing.value)

    def bound(self, binding: Binding) -> BoundValue:
        """With its parameters filled in."""
        values = binding.values
        return BoundValue(
            self.line.matchers(values, binding.book, whole=True),
            self.comparison.bound(values),
            self.missing.bound(values),
        )


@dataclass(frozen=True, slots=True)
class BoundValue:
    """The lines that are looked for, and what their group has to be."""

    lines: tuple[Matcher, ...]
    comparison: Bound
    missing: Missing

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:  # noqa: ARG002
        """Each line with another value; and where there is none, what the device does then."""
        assert isinstance(place, Block)
        found = False
        for matcher in self.lines:
            for line in matcher.among(place):
                found = True
                match = compiled(matcher.shown).fullmatch(line.text)
                seen = "" if match is None else match[GROUP if GROUP in match.re.groupindex else 1]
                # A group that took no part in the match: the line says nothing of it.
                if seen is None or not self.comparison.holds(seen):
                    yield Said("value", self.comparison.shown, line.text, line.number)
        if not found:
            yield from self.missing.wrong(self.comparison, place.line)


def read(section: Section) -> Iterator[Value]:
    """The requirements as a rule writes them."""
    for each in section.sections(KEY):
        line = pattern_spec(each)
        compared = comparison(each)
        absent = missing(each)
        each.finish()
        if line is not None and needs_group(each, line):
            yield Value(line, compared, absent)
