"""What kinds of rules have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from dcops.audit.look import Look
from dcops.audit.parameters import Values
from dcops.audit.pattern import Book
from dcops.audit.said import Said
from dcops.audit.tree import Shape, properties, xml
from dcops.audit.tree.lines import Block

Place = Block | xml.Spot | properties.Spot
"""Where a rule is judged: the whole source or a part of it."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What is filled into a rule before it meets a device."""

    values: Values
    book: Book
    scopes: dict[object, object] = field(default_factory=dict)
    """Scopes that are alike are one, so that what they choose in a source is chosen once."""


class Judged(Protocol):
    """A requirement with its parameters filled in."""

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:
        """What is wrong at a place; nothing when it is well. Raises Unknown when it cannot be told."""


class Requirement(Protocol):
    """One thing that a rule asks for, as it was read."""

    @property
    def shape(self) -> Shape | None:
        """The shape that it works on; None: it asks for what it needs by itself."""

    @property
    def names(self) -> frozenset[str]:
        """The parameters that it needs."""

    def bound(self, binding: Binding) -> Judged:
        """The same with its parameters filled in; raises Undefined."""
