"""`must_not`: none of these lines stands there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dcops.audit.line import LineSpec, Matcher
from dcops.audit.look import Look
from dcops.audit.reading.lines import line_specs
from dcops.audit.requirement import Binding, Place
from dcops.audit.said import Said
from dcops.audit.tree import Shape
from dcops.audit.tree.lines import Block
from dcops.yamlfile.sections import Section

KEY = "must_not"


@dataclass(frozen=True, slots=True)
class MustNot:
    """Lines that may not be there."""

    lines: tuple[LineSpec, ...]
    shape: Shape = Shape.LINES

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return frozenset[str]().union(*(line.names for line in self.lines))

    def bound(self, binding: Binding) -> BoundMustNot:
        """With its parameters filled in."""
        return BoundMustNot(
            tuple(
                matcher for line in self.lines for matcher in line.matchers(binding.values, binding.book, whole=False)
            )
        )


@dataclass(frozen=True, slots=True)
class BoundMustNot:
    """The lines that are looked for."""

    lines: tuple[Matcher, ...]

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:
        """Each line that stands there, and each that the device takes for granted."""
        assert isinstance(place, Block)
        for unwanted in self.lines:
            may_stand = unwanted.text in place.texts if unwanted.text else unwanted.number in place.hits
            if not may_stand and unwanted.absent is None:
                continue
            found = False
            for line in unwanted.among(place):
                found = True
                yield Said("forbidden", unwanted.shown, line.text, line.number)
            if found or unwanted.absent is None or unwanted.negation(place):
                continue
            if not unwanted.absent.is_safe(look.subject.version):
                yield Said("default is unsafe", unwanted.negated_text or f"no {unwanted.shown}", "", place.line)


def read(section: Section) -> MustNot:
    """The requirement as a rule writes it."""
    return MustNot(line_specs(section, KEY))
