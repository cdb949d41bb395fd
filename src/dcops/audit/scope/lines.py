"""Where a rule looks in lines: the left margin, blocks, the text of a banner, everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dcops.audit.line import LineSpec, Matcher
from dcops.audit.look import Look, Tree
from dcops.audit.reading.lines import checked_pattern, line_specs, pattern
from dcops.audit.requirement import Binding
from dcops.audit.scope.common import ONE, Bounds, bounds
from dcops.audit.tree import Shape
from dcops.audit.tree.lines import Block, Lines
from dcops.yamlfile.sections import Section


@dataclass(frozen=True, slots=True)
class LineScope:
    """Blocks by the lines that open them."""

    levels: tuple[str, ...] = ()
    """One expression for each level; none: the left margin."""
    banner: str = ""
    """An expression for the command of a banner, whose text is judged instead."""
    with_: tuple[LineSpec, ...] = ()
    without: tuple[LineSpec, ...] = ()
    exclude: tuple[str, ...] = ()
    deep: bool = False
    bounds: Bounds = ONE
    shape: Shape = Shape.LINES

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        specs = [LineSpec(regex=regex) for regex in (*self.levels, *self.exclude, self.banner)]
        return frozenset[str]().union(*(spec.names for spec in (*specs, *self.with_, *self.without)))

    def bound(self, binding: Binding) -> BoundLineScope:
        """With its parameters filled in."""
        values, book = binding.values, binding.book

        def number(regex: str) -> int:
            return book.add(values.pattern(regex), whole=False)

        def matchers(specs: Sequence[LineSpec]) -> tuple[tuple[Matcher, ...], ...]:
            return tuple(spec.matchers(values, book, whole=False) for spec in specs)

        scope = BoundLineScope(
            " / ".join(values.pattern(regex) for regex in (*self.levels, self.banner) if regex),
            tuple(map(number, self.levels)),
            number(self.banner) if self.banner else 0,
            matchers(self.with_),
            tuple(each for one in matchers(self.without) for each in one),
            frozenset(map(number, self.exclude)),
            self.deep,
            self.bounds,
        )
        kept = binding.scopes.setdefault(scope, scope)
        assert isinstance(kept, BoundLineScope)
        return kept


@dataclass(frozen=True, slots=True)
class BoundLineScope:
    """What is looked for."""

    shown: str
    levels: tuple[int, ...]
    banner: int
    with_: tuple[tuple[Matcher, ...], ...]
    """Of each of these one of the lines must be there."""
    without: tuple[Matcher, ...]
    exclude: frozenset[int]
    deep: bool
    bounds: Bounds

    def places(self, look: Look, tree: Tree) -> Sequence[Block]:
        """The blocks that are judged."""
        assert isinstance(tree, Lines)
        self.bounds.refuse_tagged(look)
        if not self.levels and not self.banner:
            return (tree.all if self.deep else tree.top,)
        if self.banner:
            found = [tree.text_of(line) for line in tree.opened_by(self.banner)]
            return self.bounds.counted(found, self.shown)
        blocks = self.bounds.counted(tree.blocks(self.levels, deep=self.deep), self.shown)
        if not (self.exclude or self.with_ or self.without):
            return blocks
        kept = tree.chosen.get(id(self))
        if kept is None:
            kept = tree.chosen[id(self)] = [block for block in blocks if self._judged(block)]
        return self.bounds.kept(kept, len(blocks))

    def _judged(self, block: Block) -> bool:
        if self.exclude and self.exclude & block.opened_by:
            return False
        if any(matcher.first(block) for matcher in self.without):
            return False
        return all(any(matcher.first(block) for matcher in one) for one in self.with_)


def read(section: Section) -> LineScope:
    """`in` of a rule about lines."""
    levels = []
    for entry in section.entries("block"):
        if isinstance(entry, Section):
            entry.mistake(entry.line, "block holds regular expressions")
        elif regex := checked_pattern(section, entry.start_mark.line + 1, "block", entry.value):
            levels.append(regex)
    exclude = []
    for entry in section.entries("exclude"):
        if isinstance(entry, Section):
            entry.mistake(entry.line, "exclude holds regular expressions; lines of a block go to `without`")
        elif regex := checked_pattern(section, entry.start_mark.line + 1, "exclude", entry.value):
            exclude.append(regex)
    found = LineScope(
        levels=tuple(levels),
        banner=pattern(section, "banner"),
        with_=line_specs(section, "with") if "with" in section else (),
        without=line_specs(section, "without") if "without" in section else (),
        exclude=tuple(exclude),
        deep=section.flag("deep", False),
        bounds=bounds(section),
    )
    if found.banner and (found.levels or found.with_ or found.without or found.exclude or found.deep):
        section.mistake(section.line_of("banner"), "banner stands alone: the text of a banner has no blocks")
    if not found.levels and (found.with_ or found.without or found.exclude):
        section.mistake(section.line, "with, without and exclude choose among blocks: say which in `block`")
    return found
