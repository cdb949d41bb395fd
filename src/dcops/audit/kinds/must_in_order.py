"""`must_in_order`: all of these lines stand there, in this order."""

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

KEY = "must_in_order"


@dataclass(frozen=True, slots=True)
class MustInOrder:
    """Lines whose order is what they do: entries of an access list."""

    lines: tuple[LineSpec, ...]
    shape: Shape = Shape.LINES

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return frozenset[str]().union(*(line.names for line in self.lines))

    def bound(self, binding: Binding) -> BoundMustInOrder:
        """With its parameters filled in."""
        return BoundMustInOrder(
            tuple(
                matcher
                for line in self.lines
                for matcher in line.matchers(binding.values, binding.book, whole=True, every=True)
            )
        )


@dataclass(frozen=True, slots=True)
class BoundMustInOrder:
    """The lines that are looked for, one after the other."""

    lines: tuple[Matcher, ...]

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:  # noqa: ARG002
        """Each line that is missing, or that stands only before the one it must follow."""
        assert isinstance(place, Block)
        at, previous = 0, ""
        for wanted in self.lines:
            following = next((n for n in range(at, len(place.lines)) if wanted.is_(place.lines[n])), None)
            if following is not None:
                at, previous = following + 1, wanted.shown
            elif earlier := wanted.first(place):
                yield Said("out of order", previous, earlier.text, earlier.number)
            else:
                yield Said("missing", wanted.shown, "", place.line)


def read(section: Section) -> MustInOrder:
    """The requirement as a rule writes it."""
    return MustInOrder(line_specs(section, KEY))
