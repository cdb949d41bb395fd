"""A PAN-OS configuration as text that only changes when the configuration does.

Two blanks per level, attributes sorted, comments dropped, entries in the device's order: the order of rules matters.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from lxml import etree

from dcops.diff.panos.document import Parsed
from dcops.diff.panos.secrets import Hider
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.visible import visible

NOISE = frozenset({"admin", "dirtyid", "loc", "src", "time"})
"""Attributes of saved and candidate copies: who touched an element when, and where it was pushed from."""

_INDENT = "  "


def write(parsed: Parsed, conceal: Conceal) -> Readable:
    """Write the document in its canonical form, noise ignored and secrets hidden."""
    writer = _Writer(parsed, conceal)
    rows = list(writer.rows(parsed.root))
    return Readable("".join(f"{row}\n" for row in rows), writer.facts(), writer.hider.count)


class _Writer:
    """Walks the tree once, and remembers what the noise tells."""

    def __init__(self, parsed: Parsed, conceal: Conceal) -> None:
        self.parsed = parsed
        self.hider = Hider(conceal)
        self.last_change = ("", "")

    def facts(self) -> dict[str, str]:
        """Version, URL database, and who changed what last, where the document says so."""
        root = self.parsed.root
        found = {name: visible(str(root.get(name))) for name in ("version", "urldb") if root.get(name)}
        at, by = self.last_change
        if at:
            found["last_changed_at"] = visible(at)
        if by:
            found["last_changed_by"] = visible(by)
        if self.parsed.illegal:
            found["illegal_characters"] = str(self.parsed.illegal)
        return found

    def rows(self, root: etree._Element) -> Iterator[str]:
        """The rows of the document. Not recursive: a document may be nested deeper than Python calls."""
        open_elements: list[tuple[str, Iterator[etree._Element]]] = []
        following: Iterator[etree._Element] = iter((root,))
        while True:
            element = next(following, None)
            if element is not None:
                indent = _INDENT * len(open_elements)
                name, start = self._start(element)
                if len(element):
                    yield f"{indent}<{start}>"
                    if text := self._text(element, element.text):
                        yield f"{indent}{_INDENT}{text}"
                    open_elements.append((name, following))
                    self.hider.enter(element, name)
                    following = iter(element)
                    continue
                text = self._text(element, element.text)
                yield f"{indent}<{start}>{text}</{name}>" if text else f"{indent}<{start}/>"
            else:
                if not open_elements:
                    return
                name, following = open_elements.pop()
                element = self.hider.leave()
                yield f"{_INDENT * len(open_elements)}</{name}>"
            if open_elements and (tail := self._text(element.getparent(), element.tail)):
                yield f"{_INDENT * len(open_elements)}{tail}"

    def _start(self, element: etree._Element) -> tuple[str, str]:
        """The element's name, and its start tag without brackets."""
        name = self._visible(str(element.tag).rpartition("}")[2])
        if not element.attrib:
            return name, name
        kept = []
        for key, value in sorted((str(key), str(value)) for key, value in element.attrib.items()):
            if key.lower() not in NOISE:
                kept.append(
                    f'{self._visible(key)}="{_quoted(self.hider.attribute(element, key, self._visible(value)))}"'
                )
        at = str(element.get("time") or "")
        if at > self.last_change[0]:
            self.last_change = (at, str(element.get("admin") or ""))
        return name, " ".join(chain((name,), kept))

    def _visible(self, text: str) -> str:
        """What was illegal is written out already: its backslash must not be taken for the device's."""
        return visible(text, escaped=self.parsed.illegal > 0)

    def _text(self, element: etree._Element | None, text: str | None) -> str:
        """Text of an element as it is written; white space alone is layout and nobody's text."""
        if element is None or text is None or not text.strip():
            return ""
        return _escaped(self.hider.text(element, self._visible(text)))


def _escaped(text: str) -> str:
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def _quoted(value: str) -> str:
    return _escaped(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
