"""`not_weak`: a secret is none of the well-known words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dcops.audit.line import LineSpec, Matcher
from dcops.audit.look import Look
from dcops.audit.parameters import names_in
from dcops.audit.pattern import compiled
from dcops.audit.reading.lines import needs_group, pattern_spec
from dcops.audit.reading.paths import xpath
from dcops.audit.reading.sources import known_source
from dcops.audit.requirement import Binding, Place
from dcops.audit.said import Said, Unknown
from dcops.audit.tree import Shape, query, xml
from dcops.audit.tree.lines import Block
from dcops.model.source import SourceKind
from dcops.yamlfile.sections import Section

KEY = "not_weak"


@dataclass(frozen=True, slots=True)
class NotWeak:
    """Where a secret stands: a group of a line, or an element."""

    line: LineSpec | None
    xpath: str
    source: tuple[SourceKind, str]

    @property
    def shape(self) -> Shape:
        """Lines or XML."""
        return Shape.LINES if self.line else Shape.XML

    @property
    def names(self) -> frozenset[str]:
        """Its parameters."""
        return self.line.names if self.line else names_in(self.xpath) | query.variables(self.xpath)

    def bound(self, binding: Binding) -> BoundNotWeak:
        """With its parameters filled in."""
        lines = self.line.matchers(binding.values, binding.book, whole=False) if self.line else ()
        variables = {name: xml.variable(binding.values.of(name)) for name in query.variables(self.xpath)}
        return BoundNotWeak(lines, self.xpath, variables, self.source)


@dataclass(frozen=True, slots=True)
class BoundNotWeak:
    """What is held against the marks of well-known words."""

    lines: tuple[Matcher, ...]
    xpath: str
    variables: dict[str, object]
    source: tuple[SourceKind, str]

    def wrong(self, place: Place, look: Look) -> Iterator[Said]:
        """Each secret that is a well-known word."""
        source = look.source(*self.source)
        weak = source.weak if source is not None else None
        for secret, shown, line in self._secrets(place):
            if weak is None:
                raise Unknown(Said("weak unknown"))
            if secret in weak:
                yield Said("weak", "", shown, line)

    def _secrets(self, place: Place) -> Iterator[tuple[str, str, int]]:
        if isinstance(place, Block):
            for matcher in self.lines:
                for line in matcher.among(place):
                    match = compiled(matcher.shown).match(line.text)
                    if match is not None and match[1] is not None:
                        yield str(match[1]), line.text, line.number
        elif isinstance(place, xml.Spot):
            for item in xml.found(self.xpath, place, self.variables):
                yield xml.text_of(item), xml.place_of(item), xml.line_of(item)


def read(section: Section) -> Iterator[NotWeak]:
    """The requirements as a rule writes them."""
    source = known_source(section)
    for each in section.sections(KEY):
        path = xpath(each, "xpath") if "xpath" in each else ""
        line = None if path else pattern_spec(each)
        each.finish()
        if path or (line is not None and needs_group(each, line)):
            yield NotWeak(line, path, source)
