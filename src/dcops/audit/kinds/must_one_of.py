"""`must_one_of`: at least one of these lines stands there."""

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

KEY = "must_one_of"


@dataclass(frozen=True, slots=True)
class MustOneOf:
    """Lines of which one is enough."""

    lines: tuple[LineSpec, ...]
    shape: Shape = Shape.LINES

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return frozenset[str]().union(*(line.names for line in self.lines))

    def bound(self, binding: Binding) -> BoundMustOneOf:
        """With its parameters filled in."""
        return BoundMustOneOf(
            tuple(matcher for line in self.lines for matcher in line.matchers(binding.values, binding.book, whole=True))
        )


@dataclass(frozen=True, slots=True)
class BoundMustOneOf:
    """The lines that are looked for."""

    lines: tuple[Matcher, ...]

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:  # noqa: ARG002
        """One statement when all are missing."""
        assert isinstance(place, Block)
        if not any(wanted.first(place) for wanted in self.lines):
            yield Said("none of", ", ".join(f"`{wanted.shown}`" for wanted in self.lines), "", place.line)


def read(section: Section) -> MustOneOf:
    """The requirement as a rule writes it."""
    return MustOneOf(line_specs(section, KEY))
