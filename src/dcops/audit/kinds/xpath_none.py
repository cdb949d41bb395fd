"""`xpath_none`: no XPath finds anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dcops.audit.look import Look
from dcops.audit.reading.paths import NAME, shown_as, xpaths
from dcops.audit.requirement import Binding, Place
from dcops.audit.said import Said
from dcops.audit.tree import Shape, query, xml
from dcops.yamlfile.sections import Section

KEY = "xpath_none"


@dataclass(frozen=True, slots=True)
class XPathNone:
    """What may not be there."""

    paths: tuple[str, ...]
    show: str
    shape: Shape = Shape.XML

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return frozenset[str]().union(*(query.variables(path) for path in self.paths))

    def bound(self, binding: Binding) -> BoundXPathNone:
        """With its parameters filled in."""
        variables = {name: xml.variable(binding.values.of(name)) for name in self.names}
        return BoundXPathNone(self.paths, self.show, variables)


@dataclass(frozen=True, slots=True)
class BoundXPathNone:
    """The paths and their variables."""

    paths: tuple[str, ...]
    show: str
    variables: Mapping[str, Any] = field(default_factory=dict)

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:  # noqa: ARG002
        """Each thing that is found."""
        assert isinstance(place, xml.Spot)
        for path in self.paths:
            for item in xml.found(path, place, self.variables):
                yield Said("found", path, xml.named(item, self.show), xml.line_of(item))


def read(section: Section) -> XPathNone:
    """The requirement as a rule writes it."""
    return XPathNone(xpaths(section, KEY), shown_as(section) or NAME)
