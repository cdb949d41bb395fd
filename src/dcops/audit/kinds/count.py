"""`count`: so many lines match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dcops.audit.comparison import bounds_shown
from dcops.audit.line import LineSpec, Matcher
from dcops.audit.look import Look
from dcops.audit.pattern import compiled
from dcops.audit.reading.lines import line_spec
from dcops.audit.requirement import Binding, Place
from dcops.audit.said import Said
from dcops.audit.tree import Shape
from dcops.audit.tree.lines import Block, Line
from dcops.yamlfile.sections import Section

KEY = "count"
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Count:
    """How many lines there have to be."""

    line: LineSpec
    least: int | None
    most: int | None
    distinct: bool
    shape: Shape = Shape.LINES

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return self.line.names

    def bound(self, binding: Binding) -> BoundCount:
        """With its parameters filled in."""
        return BoundCount(
            self.line.matchers(binding.values, binding.book, whole=False), self.least, self.most, self.distinct
        )


@dataclass(frozen=True, slots=True)
class BoundCount:
    """The lines that are counted."""

    lines: tuple[Matcher, ...]
    least: int | None
    most: int | None
    distinct: bool

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:  # noqa: ARG002
        """One statement when they are too few or too many."""
        assert isinstance(place, Block)
        found = [(matcher, line) for matcher in self.lines for line in matcher.among(place)]
        number = len({_value(*each) for each in found}) if self.distinct else len(found)
        if (self.least is not None and number < self.least) or (self.most is not None and number > self.most):
            shown = " | ".join(matcher.shown for matcher in self.lines)
            yield Said("count", f"{bounds_shown(self.least, self.most)} `{shown}`", str(number), place.line)


def _value(matcher: Matcher, line: Line) -> str:
    """What makes a line different from another: the first group, where the expression has one."""
    if matcher.text:
        return line.text
    match = compiled(matcher.shown).match(line.text)
    return str(match[1]) if match is not None and match.re.groups else line.text


def read(section: Section) -> Iterator[Count]:
    """The requirements as a rule writes them."""
    for each in section.sections(KEY):
        line = line_spec(each)
        least = int(each.number("min", 0, 0, MOST)) if "min" in each else None
        most = int(each.number("max", 0, 0, MOST)) if "max" in each else None
        if least is None and most is None:
            each.mistake(each.line, "needs min or max")
        if least is not None and most is not None and least > most:
            each.mistake(each.line_of("min"), "min is above max")
        distinct = each.flag("distinct", False)
        each.finish()
        if line is not None:
            yield Count(line, least, most, distinct)
