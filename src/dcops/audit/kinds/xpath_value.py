"""`xpath_value`: the text of what an XPath finds is so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dcops.audit.comparison import Bound, Comparison, Together
from dcops.audit.look import Look
from dcops.audit.parameters import names_in
from dcops.audit.reading.comparisons import comparison, together
from dcops.audit.reading.missing import Missing, missing
from dcops.audit.reading.paths import xpath
from dcops.audit.requirement import Binding, Place
from dcops.audit.said import Said
from dcops.audit.tree import Shape, query, xml
from dcops.yamlfile.sections import Section

KEY = "xpath_value"


@dataclass(frozen=True, slots=True)
class XPathValue:
    """A path, and what its texts have to be each by itself or together."""

    path: str
    comparison: Comparison
    together: Together
    missing: Missing
    shape: Shape = Shape.XML

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return query.variables(self.path) | self.comparison.names | self.together.names | names_in(self.missing.value)

    def bound(self, binding: Binding) -> BoundXPathValue:
        """With its parameters filled in."""
        values = binding.values
        variables = {name: xml.variable(values.of(name)) for name in query.variables(self.path)}
        return BoundXPathValue(
            self.path,
            self.comparison.bound(values),
            self.together.bound(values),
            self.missing.bound(values),
            variables,
        )


@dataclass(frozen=True, slots=True)
class BoundXPathValue:
    """The path, its variables and what is asked."""

    path: str
    comparison: Bound
    together: Together
    missing: Missing
    variables: Mapping[str, Any] = field(default_factory=dict)

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:  # noqa: ARG002
        """Each text that is otherwise, and what all together are not."""
        assert isinstance(place, xml.Spot)
        items = xml.found(self.path, place, self.variables)
        for item in items:
            text = xml.text_of(item)
            if not self.comparison.holds(text):
                yield Said("value", self.comparison.shown, f"{xml.place_of(item)}: {text}", xml.line_of(item))
        if self.together.asks:
            yield from self.together.wrong([xml.text_of(item) for item in items], place.line)
        elif not items:
            yield from self.missing.wrong(self.comparison, place.line, self.path)


def read(section: Section) -> Iterator[XPathValue]:
    """The requirements as a rule writes them."""
    for each in section.sections(KEY):
        path = xpath(each, "xpath")
        all_together = together(each)
        compared = comparison(each, needed=not all_together.asks)
        absent = missing(each)
        each.finish()
        if path:
            yield XPathValue(path, compared, all_together, absent)
