"""One device while it is judged: what was captured of it, opened once for all rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from dcops.audit.parameters import Values
from dcops.audit.pattern import Book, MatchingFailed
from dcops.audit.said import Said, Unknown
from dcops.audit.subject import Subject
from dcops.audit.tree import Shape, Unreadable, bounds, ios, plain, properties, xml
from dcops.audit.tree.lines import Lines
from dcops.audit.tree.xml import Xml
from dcops.model.moment import rfc3339
from dcops.model.source import Source, SourceKind

Tree = Lines | Xml | Mapping[str, object]

FRESH: Mapping[SourceKind, timedelta] = MappingProxyType(
    {
        SourceKind.CONFIG: timedelta(hours=26),
        SourceKind.STATE: timedelta(hours=1),
        SourceKind.DNS: timedelta(hours=1),
        SourceKind.PROBE: timedelta(hours=1),
        SourceKind.VSPHERE: timedelta(hours=1),
        SourceKind.SNMP: timedelta(hours=1),
    }
)
"""How old a source may be. The inventory and what runs left behind do not go stale."""
CLOCKS_DIFFER = timedelta(minutes=5)
MAIN = "running"
"""The configuration that is meant when a rule says only `config`."""


class Look:
    """What rules may ask about one device."""

    def __init__(
        self,
        subject: Subject,
        sources: Iterable[Source],
        now: datetime,
        *,
        book: Book,
        values: Values,
        whole: bool = True,
        fresh: Mapping[SourceKind, timedelta] = FRESH,
    ) -> None:
        self.subject = subject
        self.values = values
        self.now = now
        self._book = book
        self._whole = whole
        self._fresh = fresh
        self._sources: dict[tuple[SourceKind, str], Source] = {(each.kind, each.name): each for each in sources}
        self._origins: dict[tuple[SourceKind, str], str] = {}
        self._opened: dict[tuple[SourceKind, str, Shape], Tree | Said] = {}

    def source(self, kind: SourceKind, name: str = "") -> Source | None:
        """What was captured under this name; without one, the main one of its kind."""
        if name:
            return self._sources.get((kind, name))
        return self._sources.get((kind, "")) or (self._sources.get((kind, MAIN)) if kind is SourceKind.CONFIG else None)

    def origin(self, wanted: tuple[SourceKind, str]) -> str:
        """What is read, whence and when; empty when there is nothing."""
        if wanted not in self._origins:
            source = self.source(*wanted)
            self._origins[wanted] = f"{source.title}, {source.origin}, {rfc3339(source.taken)}" if source else ""
        return self._origins[wanted]

    def lines(self, kind: SourceKind = SourceKind.CONFIG, name: str = "") -> Lines:
        """A source as lines; raises Unknown."""
        tree = self.opened(kind, name, Shape.LINES)
        assert isinstance(tree, Lines)
        return tree

    def xml(self, kind: SourceKind = SourceKind.CONFIG, name: str = "") -> Xml:
        """A source as XML; raises Unknown."""
        tree = self.opened(kind, name, Shape.XML)
        assert isinstance(tree, Xml)
        return tree

    def facts(self, kind: SourceKind = SourceKind.CONFIG, name: str = "") -> Mapping[str, object]:
        """A source as properties; raises Unknown."""
        tree = self.opened(kind, name, Shape.PROPERTIES)
        assert isinstance(tree, Mapping)
        return tree

    def opened(self, kind: SourceKind, name: str, shape: Shape) -> Tree:
        """A source in one shape, parsed once; raises Unknown when it is missing, stale or cannot be read."""
        key = (kind, name, shape)
        found = self._opened.get(key)
        if found is None:
            try:
                found = self._open(kind, name, shape)
            except Unknown as unknown:
                found = unknown.said
            self._opened[key] = found
        if isinstance(found, Said):
            raise Unknown(found)
        return found

    def _open(self, kind: SourceKind, name: str, shape: Shape) -> Tree:
        source = self.source(kind, name)
        if source is None:
            raise Unknown(Said("no source", f"{kind}/{name}" if name else kind.value))
        if source.problem:
            raise Unknown(Said("source problem", source.title, source.problem))
        age = self.now - source.taken
        limit = self._fresh.get(kind)
        if age < -CLOCKS_DIFFER:
            raise Unknown(Said("from the future", source.title, rfc3339(source.taken)))
        if limit is not None and age > limit:
            raise Unknown(Said("stale", source.title, _hours(age)))
        try:
            return self._parsed(source, shape)
        except Unreadable as error:
            raise Unknown(Said("unreadable", source.title, str(error))) from None
        except MatchingFailed:
            raise Unknown(Said("matching failed", source.title)) from None

    def _parsed(self, source: Source, shape: Shape) -> Tree:
        content = source.content
        if isinstance(content, str):
            bounds.refuse_large(content)
        if shape is Shape.PROPERTIES:
            return properties.read(content)
        if not isinstance(content, str):
            raise Unreadable("it is a mapping, not text")
        whole = self._whole and source.kind is SourceKind.CONFIG
        if shape is Shape.XML:
            return xml.read(content, self.subject.platform, whole=whole)
        if content.lstrip()[:1] in ("<", "{"):
            raise Unreadable("it is XML or JSON, not lines")
        bounds.refuse_many_lines(content)
        if self.subject.platform == "ios" and source.kind is SourceKind.CONFIG:
            return ios.read(content, self._book, whole=whole)
        return plain.read(content, self._book)


def _hours(age: timedelta) -> str:
    return f"{age.total_seconds() / 3600:.1f} h"
