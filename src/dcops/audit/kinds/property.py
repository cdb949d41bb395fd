"""`property`: the values at a path are so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dcops.audit.comparison import Bound, Comparison, Together, text_of
from dcops.audit.look import Look
from dcops.audit.parameters import names_in
from dcops.audit.reading.comparisons import comparison, together
from dcops.audit.reading.missing import Missing, missing
from dcops.audit.requirement import Binding, Place
from dcops.audit.said import Said, Unknown
from dcops.audit.tree import Shape, properties
from dcops.yamlfile.sections import Section

KEY = "property"


@dataclass(frozen=True, slots=True)
class Property:
    """A path, and what its values have to be each by itself or together."""

    path: str
    comparison: Comparison
    together: Together
    missing: Missing
    shape: Shape = Shape.PROPERTIES

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return self.comparison.names | self.together.names | names_in(self.missing.value)

    def bound(self, binding: Binding) -> BoundProperty:
        """With its parameters filled in."""
        values = binding.values
        return BoundProperty(
            self.path,
            properties.split(self.path),
            self.comparison.bound(values),
            self.together.bound(values),
            self.missing.bound(values),
        )


@dataclass(frozen=True, slots=True)
class BoundProperty:
    """The path and what is asked."""

    path: str
    parts: tuple[str, ...]
    comparison: Bound
    together: Together
    missing: Missing

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:  # noqa: ARG002
        """Each value that is otherwise, and what all together are not."""
        assert isinstance(place, properties.Spot)
        spots = values_at(place.value, self.parts, self.path)
        for spot in spots:
            # A mapping or a list is there, and is no value that can be compared.
            if isinstance(spot.value, Mapping | list | tuple) and not self.together.asks:
                raise Unknown(Said("no value", spot.label))
            if not self.comparison.holds(spot.value):
                yield Said("value", self.comparison.shown, f"{spot.label}: {text_of(spot.value)}")
        if self.together.asks:
            yield from self.together.wrong([spot.value for spot in spots])
        elif not spots:
            yield from self.missing.wrong(self.comparison, 0, self.path)


def values_at(value: object, parts: tuple[str, ...], path: str) -> list[properties.Spot]:
    """What stands at a path; raises Unknown where the source could not tell."""
    try:
        return [*properties.found(value, parts)]
    except properties.Nobody:
        raise Unknown(Said("told nothing", path)) from None


def read_one(section: Section) -> Property | None:
    """One mapping."""
    path = section.text("path")
    all_together = together(section)
    compared = comparison(section, needed=not all_together.asks)
    absent = missing(section)
    section.finish()
    return Property(path, compared, all_together, absent) if path else None


def read(section: Section) -> Iterator[Property]:
    """The requirements as a rule writes them."""
    yield from filter(None, map(read_one, section.sections(KEY)))
