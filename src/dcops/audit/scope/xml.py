"""Where a rule looks in XML: the document, or each element that an XPath finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dcops.audit.look import Look, Tree
from dcops.audit.reading.paths import xpath, xpaths
from dcops.audit.requirement import Binding
from dcops.audit.scope.common import ONE, Bounds, bounds
from dcops.audit.tree import Shape, query, xml
from dcops.audit.tree.xml import Spot, Xml
from dcops.yamlfile.sections import Section


@dataclass(frozen=True, slots=True)
class XmlScope:
    """Elements by an XPath; empty: the document."""

    path: str = ""
    with_: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    show: str = "@name"
    bounds: Bounds = ONE
    shape: Shape = Shape.XML

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return frozenset[str]().union(*(query.variables(path) for path in (self.path, *self.with_, *self.without)))

    def bound(self, binding: Binding) -> BoundXmlScope:
        """With its parameters filled in."""
        return BoundXmlScope(self, {name: xml.variable(binding.values.of(name)) for name in self.names})


@dataclass(frozen=True, slots=True)
class BoundXmlScope:
    """The paths and their variables."""

    scope: XmlScope
    variables: Mapping[str, Any]

    def places(self, look: Look, tree: Tree) -> Sequence[Spot]:
        """The elements that are judged."""
        assert isinstance(tree, Xml)
        scope = self.scope
        scope.bounds.refuse_tagged(look)
        if not scope.path:
            return (tree.top,)
        items = scope.bounds.counted(
            [item for item in xml.found(scope.path, tree.top, self.variables) if xml.is_element(item)], scope.path
        )
        work = query.MOST_WORK // len(items)
        spots = [Spot(xml.named(item, scope.show), item, tree.size, work) for item in items]
        return scope.bounds.kept([spot for spot in spots if self._judged(spot)], len(items))

    def _judged(self, spot: Spot) -> bool:
        if any(xml.found(path, spot, self.variables) for path in self.scope.without):
            return False
        return all(xml.found(path, spot, self.variables) for path in self.scope.with_)


def read(section: Section, show: str) -> XmlScope:
    """`in` of a rule about XML."""
    return XmlScope(
        path=xpath(section, "xpath"),
        with_=xpaths(section, "with"),
        without=xpaths(section, "without"),
        show=show,
        bounds=bounds(section),
    )
