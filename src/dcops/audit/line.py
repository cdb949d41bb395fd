"""A line that a rule names: as it is written, and as it is looked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dcops.audit.parameters import Values, names_in
from dcops.audit.pattern import Book
from dcops.audit.said import Said, Unknown
from dcops.audit.tree.lines import Block, Line
from dcops.audit.version import Range

NO = "no "


@dataclass(frozen=True, slots=True)
class Absent:
    """What it means that neither the line nor its negation is there."""

    safe: bool
    since: Range | None = None
    """Safe only in these versions; `safe` then says nothing."""

    def is_safe(self, version: str) -> bool:
        """Whether it is well; raises Unknown when that hangs on a version that nobody knows."""
        if self.since is None:
            return self.safe
        if not version:
            raise Unknown(Said("fact unknown", "version"))
        return self.since.holds(version)


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A line of a rule, with its parameters still to fill in."""

    text: str = ""
    regex: str = ""
    unless: str = ""
    negated: str = ""
    """A regular expression for what negates it; empty: `no` before it, or taken away."""
    absent: Absent | None = None

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return names_in(self.text, self.regex, self.unless, self.negated)

    def matchers(self, values: Values, book: Book, *, whole: bool, every: bool = False) -> tuple[Matcher, ...]:
        """What is looked for. With `every`, a list of values in an expression means one line for each of them."""
        if not self.regex:
            return tuple(self._exact(text, book) for text in values.texts(self.text))
        unless = book.add(values.pattern(self.unless), whole=False) if self.unless else 0
        negated = book.add(values.pattern(self.negated), whole=False) if self.negated else 0
        singles = _singles(values, self.regex) if every else (values,)
        return tuple(
            Matcher(regex, "", book.add(regex, whole=whole), unless, negated, "", self.absent)
            for regex in (single.pattern(self.regex) for single in singles)
        )

    def _exact(self, text: str, book: Book) -> Matcher:
        text = " ".join(text.split())
        if self.negated:
            return Matcher(text, text, 0, 0, book.add(self.negated, whole=False), "", self.absent)
        opposite = text.removeprefix(NO) if text.startswith(NO) else f"{NO}{text}"
        return Matcher(text, text, 0, 0, 0, opposite, self.absent)


@dataclass(frozen=True, slots=True)
class Matcher:
    """A line that is looked for in blocks whose lines were held against the book."""

    shown: str
    text: str
    """Exactly this; empty: an expression."""
    number: int
    unless: int = 0
    negated_number: int = 0
    negated_text: str = ""
    absent: Absent | None = None

    def first(self, block: Block) -> Line | None:
        """The first line that it is."""
        if self.text:
            return block.texts.get(self.text)
        if self.number not in block.hits:
            return None
        return next(self.among(block), None)

    def among(self, block: Block) -> Iterator[Line]:
        """All lines that it is."""
        if self.text:
            if self.text in block.texts:
                yield from (line for line in block.lines if line.text == self.text)
        elif self.number in block.hits:
            for line in block.lines:
                if self.number in line.hits and self.unless not in line.hits:
                    yield line

    def is_(self, line: Line) -> bool:
        """Whether a line is it."""
        if self.text:
            return line.text == self.text
        return self.number in line.hits and self.unless not in line.hits

    def negation(self, block: Block) -> Line | None:
        """The line that says the opposite."""
        if self.negated_text:
            return block.texts.get(self.negated_text)
        if self.negated_number and self.negated_number in block.hits:
            return next((line for line in block.lines if self.negated_number in line.hits), None)
        return None


def _singles(values: Values, template: str) -> Iterator[Values]:
    """The values with one choice for each list in the template."""
    from itertools import product

    names = sorted(names_in(template))
    for chosen in product(*(values.each(name) for name in names)):
        yield Values(tuple({**dict(values.items), **dict(zip(names, chosen, strict=True))}.items()))
