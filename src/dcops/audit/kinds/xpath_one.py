"""`xpath_one`: each XPath finds at least one element or attribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dcops.audit.look import Look
from dcops.audit.reading.paths import xpaths
from dcops.audit.requirement import Binding, Place
from dcops.audit.said import Said
from dcops.audit.tree import Shape, query, xml
from dcops.yamlfile.sections import Section

KEY = "xpath_one"


@dataclass(frozen=True, slots=True)
class XPathOne:
    """What has to be there."""

    paths: tuple[str, ...]
    shape: Shape = Shape.XML

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return frozenset[str]().union(*(query.variables(path) for path in self.paths))

    def bound(self, binding: Binding) -> BoundXPathOne:
        """With its parameters filled in."""
        return BoundXPathOne(self.paths, {name: xml.variable(binding.values.of(name)) for name in self.names})


@dataclass(frozen=True, slots=True)
class BoundXPathOne:
    """The paths and their variables."""

    paths: tuple[str, ...]
    variables: Mapping[str, Any] = field(default_factory=dict)

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:  # noqa: ARG002
        """Each path that finds nothing."""
        assert isinstance(place, xml.Spot)
        for path in self.paths:
            if not xml.found(path, place, self.variables):
                yield Said("not found", path, "", place.line)


def read(section: Section) -> XPathOne:
    """The requirement as a rule writes it."""
    return XPathOne(xpaths(section, KEY))
