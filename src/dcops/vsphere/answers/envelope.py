"""Elements of a SOAP answer, one after the other, so that a large one never stands in memory as a whole tree.

ElementTree of the standard library: lxml parses faster, but each look at a tag or a text of its elements costs more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from dcops.vsphere.answers.malformed import Malformed
from dcops.vsphere.answers.schema import VIM, Element

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
_STEP = 1 << 16


class Envelope:
    """One answer. Iterating gives each element of a name; what is left of the tree is `result` then.

    One inside of another would come first, and by itself; nothing that is asked for holds one.
    """

    def __init__(self, body: bytes | bytearray | str, tag: str) -> None:
        self._body = body
        self._tag = VIM + tag
        self.result: Element | None = None
        """The element `returnval`, without what was given out; None for an answer without a value."""

    def __iter__(self) -> Iterator[Element]:
        parser: Any = ElementTree.XMLPullParser(("end",))
        body, tag, last = self._body, self._tag, None
        try:
            for start in range(0, len(body) + _STEP, _STEP):
                if start < len(body):
                    parser.feed(body[start : start + _STEP])
                else:
                    # Some versions of expat keep the last ones until then.
                    parser.close()
                for _, last in parser.read_events():
                    if last.tag == tag:
                        yield last
                        last.clear()
        except ElementTree.ParseError as error:
            raise Malformed(f"it is not well-formed: {str(error)[:120]}") from None
        # The element that ends last is the one that holds all others.
        if last is not None:
            self.result = last.find(f"{SOAP}Body/*/{VIM}returnval")


def tree(body: bytes | bytearray) -> Element:
    """The root of a small answer."""
    try:
        # The guard has seen it: there is no document type, so no entity that could grow or fetch anything.
        return ElementTree.fromstring(body)  # noqa: S314
    except ElementTree.ParseError as error:
        raise Malformed(f"it is not well-formed: {str(error)[:120]}") from None
