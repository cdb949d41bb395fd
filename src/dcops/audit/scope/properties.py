"""Where a rule looks in properties: all of them, or each that a path finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dcops.audit.comparison import text_of
from dcops.audit.kinds.property import BoundProperty, Property, values_at
from dcops.audit.kinds.property import read_one as read_property
from dcops.audit.look import Look, Tree
from dcops.audit.requirement import Binding
from dcops.audit.scope.common import ONE, Bounds, bounds
from dcops.audit.tree import Shape, properties
from dcops.audit.tree.properties import Spot
from dcops.yamlfile.sections import Section


@dataclass(frozen=True, slots=True)
class PropertyScope:
    """Values by a path; empty: all of them."""

    path: str = ""
    with_: tuple[Property, ...] = ()
    without: tuple[Property, ...] = ()
    show: str = ""
    bounds: Bounds = ONE
    shape: Shape = Shape.PROPERTIES

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return frozenset[str]().union(*(each.names for each in (*self.with_, *self.without)))

    def bound(self, binding: Binding) -> BoundPropertyScope:
        """With its parameters filled in."""
        return BoundPropertyScope(
            self.path,
            tuple(each.bound(binding) for each in self.with_),
            tuple(each.bound(binding) for each in self.without),
            self.show,
            self.bounds,
        )


@dataclass(frozen=True, slots=True)
class BoundPropertyScope:
    """The path and what is asked of each value."""

    path: str
    with_: tuple[BoundProperty, ...]
    without: tuple[BoundProperty, ...]
    show: str
    bounds: Bounds

    def places(self, look: Look, tree: Tree) -> Sequence[Spot]:
        """The values that are judged."""
        self.bounds.refuse_tagged(look)
        if not self.path:
            return (Spot("", tree),)
        found = self.bounds.counted(values_at(tree, properties.split(self.path), self.path), self.path)
        kept = [spot for spot in found if self._judged(spot, look)]
        return [Spot(self._label(spot), spot.value) for spot in self.bounds.kept(kept, len(found))]

    def _judged(self, spot: Spot, look: Look) -> bool:
        if any(not any(each.wrong(spot, look)) for each in self.without):
            return False
        return not any(any(each.wrong(spot, look)) for each in self.with_)

    def _label(self, spot: Spot) -> str:
        if not self.show:
            return spot.label
        names = [text_of(each.value) for each in values_at(spot.value, properties.split(self.show), self.show)]
        return ", ".join(names) or spot.label


def read(section: Section, show: str) -> PropertyScope:
    """`in` of a rule about properties."""
    return PropertyScope(
        path=section.text("path"),
        with_=tuple(filter(None, map(read_property, section.sections("with")))),
        without=tuple(filter(None, map(read_property, section.sections("without")))),
        show=show,
        bounds=bounds(section),
    )
