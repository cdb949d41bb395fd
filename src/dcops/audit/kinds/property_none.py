"""`property_none`: no value at a path is so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dcops.audit.comparison import Bound, Comparison, text_of
from dcops.audit.kinds.property import values_at
from dcops.audit.look import Look
from dcops.audit.reading.comparisons import comparison
from dcops.audit.requirement import Binding, Place
from dcops.audit.said import Said
from dcops.audit.tree import Shape, properties
from dcops.yamlfile.sections import Section

KEY = "property_none"


@dataclass(frozen=True, slots=True)
class PropertyNone:
    """A path, and what none of its values may be; without a comparison nothing may be there."""

    path: str
    comparison: Comparison
    shape: Shape = Shape.PROPERTIES

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return self.comparison.names

    def bound(self, binding: Binding) -> BoundPropertyNone:
        """With its parameters filled in."""
        return BoundPropertyNone(self.path, properties.split(self.path), self.comparison.bound(binding.values))


@dataclass(frozen=True, slots=True)
class BoundPropertyNone:
    """The path and what is looked for."""

    path: str
    parts: tuple[str, ...]
    comparison: Bound

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:  # noqa: ARG002
        """Each value that is so."""
        assert isinstance(place, properties.Spot)
        for spot in values_at(place.value, self.parts, self.path):
            if isinstance(spot.value, Mapping | list | tuple):
                yield Said("found", self.path, spot.label)
            elif self.comparison.holds(spot.value):
                yield Said("found", self.path, f"{spot.label}: {text_of(spot.value)}")


def read(section: Section) -> Iterator[PropertyNone]:
    """The requirements as a rule writes them."""
    for each in section.sections(KEY):
        path = each.text("path")
        compared = comparison(each, needed=False)
        each.finish()
        if path:
            yield PropertyNone(path, compared)
