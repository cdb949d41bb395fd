"""Secrets that are known by their value, found however they are written.

Formats know where a platform keeps its secrets. Here it is the other way round: the secret is known, and it may stand
anywhere, in any of the ways in which texts are put into other texts.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

SHORTEST = 4
"""A shorter one cannot be told from ordinary text."""
_QUOTES = ({'"': "&quot;"}, {"'": "&apos;"}, {'"': "&quot;", "'": "&apos;"}, {'"': "&#34;", "'": "&#39;"})


def forms(secret: str) -> frozenset[bytes]:
    """Every way in which the secret could be written."""
    plain = secret.encode("utf-8", "surrogateescape")
    found = {plain, plain.hex().encode(), plain.hex().upper().encode(), *_in_base64(plain)}
    for text in _in_text(secret):
        found.add(text.encode("utf-8", "surrogateescape"))
    return frozenset(found)


def _in_text(secret: str) -> Iterator[str]:
    for escaped in (quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace"), quote(secret)):
        yield escaped
        yield re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), escaped)
    yield escape(secret)
    for quotes in _QUOTES:
        yield escape(secret, quotes)
    for ascii_only in (True, False):
        text = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield text
        # Some writers escape the stroke as well.
        yield text.replace("/", "\\/")
    yield repr(secret)[1:-1]
    # An XML document inside a form, as a login is sent.
    yield quote_plus(escape(secret), errors="replace")


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """As it stands in base64, whatever comes before it: the outer signs of each alignment depend on the neighbours."""
    for before in range(3):
        padded = b"\0" * before + plain
        for alphabet in (b"+/", b"-_"):
            encoded = base64.b64encode(padded, alphabet).rstrip(b"=")
            first = -(-before * 8 // 6)
            last = len(encoded) if len(padded) % 3 == 0 else len(encoded) - 1
            inner = encoded[first:last]
            # The inner part of a short secret is so short that it stands in any text by chance.
            if len(inner) >= 6:
                yield inner


class Hider:
    """Takes secrets out of answers, and finds what is left of them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= SHORTEST}, key=len, reverse=True)
        self._number = {form: number for number, secret in enumerate(known, 1) for form in forms(secret)}

    def hide(self, text: bytes) -> tuple[bytes, int]:
        """The text without the secrets, and how many were taken out.

        What stands in their place needs no escaping in XML, JSON or an address.
        """
        # Searching for one after the other is far faster than one pattern of thousands.
        there = sorted((form for form in self._number if form in text), key=len, reverse=True)
        if not there:
            return text, 0
        pattern = re.compile(b"|".join(re.escape(form) for form in there))
        return pattern.subn(lambda match: b"hidden-%03d" % self._number[match[0]], text)

    def finds(self, text: bytes) -> bool:
        """Whether a secret is left."""
        return any(form in text for form in self._number)
