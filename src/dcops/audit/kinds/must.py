"""`must`: each of these lines stands there."""

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

KEY = "must"


@dataclass(frozen=True, slots=True)
class Must:
    """Lines of which none may be missing."""

    lines: tuple[LineSpec, ...]
    shape: Shape = Shape.LINES

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return frozenset[str]().union(*(line.names for line in self.lines))

    def bound(self, binding: Binding) -> BoundMust:
        """With its parameters filled in."""
        return BoundMust(
            tuple(
                matcher
                for line in self.lines
                for matcher in line.matchers(binding.values, binding.book, whole=True, every=True)
            )
        )


@dataclass(frozen=True, slots=True)
class BoundMust:
    """The lines that are looked for."""

    lines: tuple[Matcher, ...]

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:
        """Each line that is missing."""
        assert isinstance(place, Block)
        for wanted in self.lines:
            if wanted.text in place.texts if wanted.text else wanted.first(place):
                continue
            if opposite := wanted.negation(place):
                yield Said("negated", wanted.shown, opposite.text, opposite.number)
            elif wanted.absent is None or not wanted.absent.is_safe(look.subject.version):
                yield Said("missing", wanted.shown, "", place.line)


def read(section: Section) -> Must:
    """The requirement as a rule writes it."""
    return Must(line_specs(section, KEY))
