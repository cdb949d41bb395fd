"""Lines in blocks, by their indentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dcops.audit.pattern import NONE, Book
from dcops.audit.tree import Unreadable
from dcops.model.bounds import LONGEST_LINE


class Line:
    """One line without its indentation, runs of blanks as one."""

    __slots__ = ("at", "body", "children", "depth", "end", "hits", "number", "text")

    def __init__(self, number: int, text: str, depth: int, hits: frozenset[int], at: int) -> None:
        self.number = number
        """In the source, from 1."""
        self.text = text
        self.depth = depth
        """0 at the left margin; deeper for each block around it."""
        self.hits = hits
        """The numbers of the expressions in the book that match it."""
        self.at = at
        """Where it stands among all lines."""
        self.end = at + 1
        """Where the block ends that it opens."""
        self.children: list[Line] | tuple[()] = ()
        """Most lines open no block."""
        self.body: Sequence[str] = ()
        """The text of a banner, row by row. It is nobody's command."""


class Block:
    """Lines that are judged together."""

    __slots__ = ("_hits", "_texts", "label", "line", "lines", "opened_by")

    def __init__(self, label: str, lines: Sequence[Line], line: int = 0, opened_by: frozenset[int] = NONE) -> None:
        self.label = label
        """The lines that open it; empty for the whole file."""
        self.opened_by = opened_by
        """The numbers of the expressions that match the last of these lines."""
        self.lines = lines
        self.line = line
        """Where it begins; 0 for the whole file."""
        self._texts: dict[str, Line] | None = None
        self._hits: frozenset[int] | None = None

    @property
    def texts(self) -> dict[str, Line]:
        """The first line of each text."""
        if self._texts is None:
            self._texts = {line.text: line for line in reversed(self.lines)}
        return self._texts

    @property
    def hits(self) -> frozenset[int]:
        """The numbers of all expressions that match any of its lines."""
        if self._hits is None:
            self._hits = NONE.union(*(line.hits for line in self.lines if line.hits))
        return self._hits


class Lines:
    """A whole text."""

    def __init__(self, lines: list[Line], book: Book) -> None:
        self.lines = lines
        self.book = book
        self.chosen: dict[int, Sequence[Block]] = {}
        """What scopes chose among blocks, by the identity of the scope."""
        self.top = Block("", [line for line in lines if line.depth == 0])
        self._all: Block | None = None
        self._opening: dict[int, list[Line]] | None = None
        self._blocks: dict[object, Sequence[Block]] = {}

    @property
    def all(self) -> Block:
        """Every line at any depth."""
        if self._all is None:
            self._all = Block("", self.lines)
        return self._all

    def opened_by(self, number: int) -> Sequence[Line]:
        """The lines at the left margin that an expression matches."""
        if self._opening is None:
            self._opening = {}
            for line in self.top.lines:
                for hit in line.hits:
                    self._opening.setdefault(hit, []).append(line)
        return self._opening.get(number, ())

    def blocks(self, levels: Sequence[int], *, deep: bool) -> Sequence[Block]:
        """The blocks that the expressions open, one expression for each level."""
        key = (tuple(levels), deep)
        found = self._blocks.get(key)
        if found is None:
            found = self._blocks[key] = [self._block(path, deep) for path in self._paths(levels)]
        return found

    def text_of(self, opener: Line) -> Block:
        """The text of a banner as lines of its own."""
        rows = enumerate(opener.body, start=opener.number)
        texts = ((number, " ".join(row.split())) for number, row in rows)
        return Block(
            opener.text, [Line(number, text, 0, self.book.of(text), 0) for number, text in texts if text], opener.number
        )

    def _paths(self, levels: Sequence[int]) -> Iterator[tuple[Line, ...]]:
        paths: list[tuple[Line, ...]] = [(line,) for line in self.opened_by(levels[0])]
        for number in levels[1:]:
            paths = [(*path, child) for path in paths for child in path[-1].children if number in child.hits]
        return iter(paths)

    def _block(self, path: Sequence[Line], deep: bool) -> Block:
        opener = path[-1]
        inside = self.below(opener) if deep else opener.children
        return Block(" / ".join(line.text for line in path), inside, opener.number, opener.hits)

    def below(self, opener: Line) -> Sequence[Line]:
        """All lines of a block, at any depth."""
        return self.lines[opener.at + 1 : opener.end]


class Builder:
    """Puts lines into blocks, one after the other."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._lines: list[Line] = []
        self._open: list[tuple[int, Line]] = []
        """Indentation and line of every block around the next line."""

    def add(self, number: int, row: str) -> Line | None:
        """One row of the source; None when it is blank."""
        text = row.strip()
        if not text:
            return None
        if len(text) > LONGEST_LINE:
            # In a readable form such a line is one mark: whoever wrote this did not write a configuration.
            raise Unreadable(f"line {number} has {len(text)} characters, more than {LONGEST_LINE}")
        indent = len(row) - len(row.lstrip()) if row[0] in " \t" else 0
        if "  " in text or "\t" in text:
            text = " ".join(text.split())
        around, lines = self._open, self._lines
        while around and around[-1][0] >= indent:
            around.pop()[1].end = len(lines)
        # An indented line below none stands in a block that nobody sees the beginning of: never at the left margin.
        depth = len(around) or (1 if indent else 0)
        line = Line(number, text, depth, self._book.of(text), len(lines))
        if around:
            opener = around[-1][1]
            if opener.children:
                opener.children.append(line)
            else:
                opener.children = [line]
        lines.append(line)
        around.append((indent, line))
        return line

    def built(self) -> Lines:
        """All of them."""
        for _, line in self._open:
            line.end = len(self._lines)
        return Lines(self._lines, self._book)
