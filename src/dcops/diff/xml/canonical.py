"""A document as text that only changes when what it says does.

Two blanks per level, attributes sorted, comments and noise dropped, elements in the order of the tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Protocol

from lxml import etree

from dcops.diff.visible import visible
from dcops.diff.xml.document import Parsed

_INDENT = "  "


class Hider(Protocol):
    """Knows the way from the root to the element being written, and conceals what is secret there."""

    def enter(self, element: etree._Element, name: str) -> None:
        """Go below an element."""

    def leave(self) -> etree._Element:
        """Come back up and give the element that was left."""

    def text(self, element: etree._Element, text: str) -> str:
        """The element's text, concealed where it is secret."""

    def attribute(self, element: etree._Element, name: str, value: str) -> str:
        """An attribute's value, concealed where it is secret."""


def write(parsed: Parsed, hider: Hider, noise: frozenset[str] = frozenset()) -> str:
    """Write the document in its canonical form; `noise` names attributes that are left out, in lower case."""
    return "".join(f"{row}\n" for row in _Writer(parsed, hider, noise).rows(parsed.root))


class _Writer:
    """Walks the tree once."""

    def __init__(self, parsed: Parsed, hider: Hider, noise: frozenset[str]) -> None:
        self._escaped = parsed.illegal > 0
        self._hider = hider
        self._noise = noise

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
                    self._hider.enter(element, name)
                    following = iter(element)
                    continue
                text = self._text(element, element.text)
                yield f"{indent}<{start}>{text}</{name}>" if text else f"{indent}<{start}/>"
            else:
                if not open_elements:
                    return
                name, following = open_elements.pop()
                element = self._hider.leave()
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
            if key.lower() not in self._noise:
                kept.append(
                    f'{self._visible(key)}="{_quoted(self._hider.attribute(element, key, self._visible(value)))}"'
                )
        return name, " ".join(chain((name,), kept))

    def _visible(self, text: str) -> str:
        """What was illegal is written out already: its backslash must not be taken for the device's."""
        return visible(text, escaped=self._escaped)

    def _text(self, element: etree._Element | None, text: str | None) -> str:
        """Text of an element as it is written; white space alone is layout and nobody's text."""
        if element is None or text is None or not text.strip():
            return ""
        return _escaped(self._hider.text(element, self._visible(text)))


def _escaped(text: str) -> str:
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def _quoted(value: str) -> str:
    return _escaped(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
