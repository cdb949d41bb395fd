"""`when`: what the source must hold for a rule to be applicable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dcops.audit.kinds.property import BoundProperty, Property
from dcops.audit.line import LineSpec, Matcher
from dcops.audit.look import Look, Tree
from dcops.audit.requirement import Binding
from dcops.audit.said import NotApplicable, Said
from dcops.audit.tree import Shape, query, xml
from dcops.audit.tree.lines import Lines
from dcops.audit.tree.properties import Spot
from dcops.audit.tree.xml import Xml


class BoundWhen(Protocol):
    """A condition with its parameters filled in."""

    def refuse(self, look: Look, tree: Tree) -> None:
        """Raise NotApplicable unless it is met."""


class When(Protocol):
    """A condition, as it was read."""

    @property
    def shape(self) -> Shape:
        """The shape that it works on."""

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""

    def bound(self, binding: Binding) -> BoundWhen:
        """With its parameters filled in."""


@dataclass(frozen=True, slots=True)
class WhenLines:
    """Lines that must stand at the left margin, or in a block, and lines that must not."""

    present: tuple[LineSpec, ...] = ()
    absent: tuple[LineSpec, ...] = ()
    levels: tuple[str, ...] = ()
    shape: Shape = Shape.LINES

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        specs = (*self.present, *self.absent, *(LineSpec(regex=regex) for regex in self.levels))
        return frozenset[str]().union(*(spec.names for spec in specs))

    def bound(self, binding: Binding) -> BoundWhenLines:
        """With its parameters filled in."""
        values, book = binding.values, binding.book

        def matchers(specs: Sequence[LineSpec]) -> tuple[tuple[Matcher, ...], ...]:
            return tuple(spec.matchers(values, book, whole=False) for spec in specs)

        levels = [values.pattern(regex) for regex in self.levels]
        return BoundWhenLines(
            matchers(self.present),
            matchers(self.absent),
            tuple(book.add(regex, whole=False) for regex in levels),
            " / ".join(levels),
        )


@dataclass(frozen=True, slots=True)
class BoundWhenLines:
    """What is looked for."""

    present: tuple[tuple[Matcher, ...], ...]
    absent: tuple[tuple[Matcher, ...], ...]
    levels: tuple[int, ...]
    shown: str

    def refuse(self, look: Look, tree: Tree) -> None:  # noqa: ARG002
        """Raise NotApplicable unless it is met."""
        assert isinstance(tree, Lines)
        blocks = tree.blocks(self.levels, deep=False) if self.levels else (tree.top,)
        if not blocks:
            raise NotApplicable(Said("not when", f"`{self.shown}`"))
        for one in self.present:
            if not any(matcher.first(block) for block in blocks for matcher in one):
                raise NotApplicable(Said("not when", " | ".join(f"`{each.shown}`" for each in one)))
        for one in self.absent:
            for matcher in one:
                if any(matcher.first(block) for block in blocks):
                    raise NotApplicable(Said("not when present", f"`{matcher.shown}`"))


@dataclass(frozen=True, slots=True)
class WhenXml:
    """XPaths that must find something, and such that must not."""

    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    shape: Shape = Shape.XML

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return frozenset[str]().union(*(query.variables(path) for path in (*self.present, *self.absent)))

    def bound(self, binding: Binding) -> BoundWhenXml:
        """With its parameters filled in."""
        return BoundWhenXml(self, {name: xml.variable(binding.values.of(name)) for name in self.names})


@dataclass(frozen=True, slots=True)
class BoundWhenXml:
    """The paths and their variables."""

    when: WhenXml
    variables: Mapping[str, Any]

    def refuse(self, look: Look, tree: Tree) -> None:  # noqa: ARG002
        """Raise NotApplicable unless it is met."""
        assert isinstance(tree, Xml)
        for path in self.when.present:
            if not xml.found(path, tree.top, self.variables):
                raise NotApplicable(Said("not when", path))
        for path in self.when.absent:
            if xml.found(path, tree.top, self.variables):
                raise NotApplicable(Said("not when present", path))


@dataclass(frozen=True, slots=True)
class WhenProperty:
    """A property that must be so."""

    wanted: Property
    shape: Shape = Shape.PROPERTIES

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return self.wanted.names

    def bound(self, binding: Binding) -> BoundWhenProperty:
        """With its parameters filled in."""
        return BoundWhenProperty(self.wanted.bound(binding))


@dataclass(frozen=True, slots=True)
class BoundWhenProperty:
    """The property."""

    wanted: BoundProperty

    def refuse(self, look: Look, tree: Tree) -> None:
        """Raise NotApplicable unless it is met."""
        if any(self.wanted.wrong(Spot("", tree), look)):
            raise NotApplicable(Said("not when", f"{self.wanted.path} {self.wanted.comparison.shown}"))
