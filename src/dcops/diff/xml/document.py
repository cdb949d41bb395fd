"""Parse XML from a device without trusting it: no document type, no entities, no network."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from dcops.diff.visible import decoded

_PROLOG = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\udc80-\udcff]")
"""Control characters and bytes that are no UTF-8: XML has no way to write them, boxes give them all the same."""


class NotXml(ValueError):
    """The content is no XML that we read."""


class CutOff(NotXml):
    """The content is sound as far as it goes, and stops too early."""


class HasDocumentType(NotXml):
    """The content declares a document type: a configuration never does, an attack does."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document and how much of it XML does not allow."""

    root: etree._Element
    illegal: int
    """Characters that were written out as `\\x1b` before parsing."""


def parse(content: bytes) -> Parsed:
    """Parse the content, or raise NotXml."""
    body = without_prolog(content)
    if body.startswith(b"<!") and not b"<!--".startswith(body[:4]):
        raise HasDocumentType("a document type is declared")
    illegal = 0
    text = decoded(body)
    if _ILLEGAL.search(text):
        text, illegal = _ILLEGAL.subn(lambda match: _written(match[0]), text)
        body = text.encode()
    del text
    try:
        return Parsed(etree.fromstring(body, _parser()), illegal)
    except etree.XMLSyntaxError as error:
        if _goes_on(body):
            raise CutOff("the end is missing") from None
        line, column = error.position
        raise NotXml(f"line {line}, column {column}") from None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,  # 20 MB; without a document type there is nothing to blow up
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )


def _goes_on(body: bytes) -> bool:
    """A parser that is fed piece by piece still waits for more: nothing is wrong but the missing end."""
    waiting = _parser()
    try:
        waiting.feed(body)
    except etree.XMLSyntaxError:
        return False
    return True


def without_prolog(content: bytes) -> bytes:
    """The content from its root element, or from a document type, on."""
    match = _PROLOG.match(content)
    return content[match.end() :] if match else content


def _written(character: str) -> str:
    code = ord(character)
    if code > 0xFFFD:
        return f"\\u{code:04x}"
    return f"\\x{code - 0xDC00 if code >= 0xDC80 else code:02x}"
