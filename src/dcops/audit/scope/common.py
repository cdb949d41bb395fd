"""What all scopes have in common: how many places there must be, and what it means that there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from dcops.audit.look import Look, Tree
from dcops.audit.requirement import Binding, Place
from dcops.audit.said import NotApplicable, Said, Unknown
from dcops.audit.tree import Shape
from dcops.yamlfile.sections import Section

MOST = 10_000
P = TypeVar("P")


class BoundScope(Protocol):
    """A scope with its parameters filled in."""

    def places(self, look: Look, tree: Tree) -> Sequence[Place]:
        """Every place that is judged, at least one; raises NotApplicable and Unknown."""


class Scope(Protocol):
    """Where a rule looks, as it was read."""

    @property
    def shape(self) -> Shape:
        """The shape that it works on."""

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""

    def bound(self, binding: Binding) -> BoundScope:
        """With its parameters filled in."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many places there must be."""

    least: int = 1
    optional: bool = False
    excluded_tags: tuple[str, ...] = ()

    def refuse_tagged(self, look: Look) -> None:
        """Raise NotApplicable for a device with a tag that is left out."""
        for tag in self.excluded_tags:
            if tag in look.subject.tags:
                raise NotApplicable(Said("not for", "tag", tag))

    def counted(self, found: Sequence[P], shown: str) -> Sequence[P]:
        """The places again; raises NotApplicable for none where that is allowed, Unknown for too few."""
        if not found and self.optional:
            raise NotApplicable(Said("no block", f"`{shown}`"))
        if len(found) < self.least:
            raise Unknown(Said("too few blocks", f"`{shown}`", str(len(found))))
        return found

    @staticmethod
    def kept(places: Sequence[P], found: int) -> Sequence[P]:
        """The places that were not left out; raises NotApplicable when all were."""
        if not places:
            raise NotApplicable(Said("all left out", "", str(found)))
        return places


ONE = Bounds()


def bounds(section: Section) -> Bounds:
    """`min_blocks`, `blocks_optional` and `exclude_tags`."""
    least = int(section.number("min_blocks", 1, 0, MOST))
    optional = section.flag("blocks_optional", False)
    if least == 0:
        section.mistake(
            section.line_of("min_blocks"), "min_blocks is at least 1; blocks_optional: true says that none is well"
        )
        least = 1
    return Bounds(least, optional, section.texts("exclude_tags"))
