"""XML from a firewall: parsed without entities, document types or network, and asked by XPath 1.0."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import etree

from dcops.audit.tree import Unreadable
from dcops.audit.tree.bounds import DEEPEST, MOST_ELEMENTS
from dcops.audit.tree.query import MOST_WORK, candidates, compiled

_PROLOG = re.compile(r"\A(?:\s+|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
# Roots of whole configurations, and a child that each of them has.
_WHOLE = {"panos": ("config", ("devices", "shared", "mgt-config")), "sfos": ("Response", ())}
SHOWN_DEPTH = 4


class Xml:
    """A whole document."""

    def __init__(self, root: etree._Element, size: int) -> None:
        self.root = root
        self.size = size
        """Elements."""

    @property
    def top(self) -> Spot:
        """All of it as one place."""
        return Spot("", self.root, self.size, MOST_WORK)


class Spot:
    """An element that is judged by itself."""

    __slots__ = ("element", "label", "line", "size", "work")

    def __init__(self, label: str, element: etree._Element, size: int = 1, work: int = 1) -> None:
        self.label = label
        self.element = element
        self.line = line_of(element) if label else 0
        self.size = size
        """Elements of the whole document."""
        self.work = work
        """So many elements may be looked at from here by looks at the whole document."""


def read(text: str, platform: str, *, whole: bool) -> Xml:
    """Parse a document; raises Unreadable."""
    body = text.removeprefix("\ufeff")
    body = body[_PROLOG.match(body).end() :]  # type: ignore[union-attr]  # it also matches nothing
    if body.startswith("<!"):
        raise Unreadable("it declares a document type, which no firewall does")
    if not body.startswith("<"):
        raise Unreadable("it is no XML")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(body.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"it is cut off or broken XML: {error.msg}") from None
    size = _size(root)
    if whole and (known := _WHOLE.get(platform)):
        name, children = known
        if root.tag != name:
            raise Unreadable(f"it is no configuration of {platform}, but a `{str(root.tag)[:40]}` document")
        if children and not any(root.find(child) is not None for child in children):
            raise Unreadable(f"it is only a part of a configuration: it holds none of {', '.join(children)}")
    return Xml(root, size)


def _size(root: etree._Element) -> int:
    """How many elements there are; raises Unreadable for too many, and for too many in each other."""
    depth = count = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start":
            count += 1
        if depth > DEEPEST:
            raise Unreadable(f"its elements are nested deeper than {DEEPEST}")
        if count > MOST_ELEMENTS:
            raise Unreadable(f"it has more than {MOST_ELEMENTS} elements")
    return count


class XPathFailed(Exception):
    """An XPath that libxml2 gave up on."""


def found(path: str, spot: Spot, values: Mapping[str, Any]) -> list[Any]:
    """What an XPath finds: elements and texts. A number or a text is itself, false is nothing. Raises XPathFailed."""
    try:
        _refuse_endless(path, spot)
        result = compiled(path)(spot.element, **values)
    except etree.XPathError as error:
        raise XPathFailed(str(error)) from None
    if isinstance(result, list):
        return result
    if isinstance(result, bool):
        return [result] if result else []
    return [f"{result:g}"] if isinstance(result, float) else [str(result)]


def _refuse_endless(path: str, spot: Spot) -> None:
    outer = candidates(path)
    if outer is None:
        return
    taken = outer(spot.element)
    number = len(taken) if isinstance(taken, list) else spot.size
    if number * spot.size > spot.work:
        raise XPathFailed(f"it would look {number} times at {spot.size} elements")


def is_element(item: Any) -> bool:
    """Whether what was found is an element, not a text."""
    return isinstance(item, etree._Element)


def text_of(item: Any) -> str:
    """The text of what was found."""
    if isinstance(item, etree._Element):
        return (item.text or "").strip()
    return str(item).strip()


def line_of(item: Any) -> int:
    """Where it stands; 0 when that is nowhere."""
    element = item if isinstance(item, etree._Element) else getattr(item, "getparent", lambda: None)()
    number: Any = element.sourceline if element is not None else None
    return int(number) if number else 0


def named(item: Any, show: str) -> str:
    """What was found, by the name that the rule wants to be shown, or by where it stands."""
    if show and isinstance(item, etree._Element):
        shown = [text_of(each) for each in found(show, Spot("", item), {})]
        if shown and shown[0]:
            return f"{item.tag} {', '.join(shown)}"
    place = place_of(item)
    return f"{place}: {text_of(item)}" if not isinstance(item, etree._Element) and place else place


def place_of(item: Any) -> str:
    """Where it stands, as a person would say it: the last elements on the way down, with their names."""
    element = item if isinstance(item, etree._Element) else getattr(item, "getparent", lambda: None)()
    if element is None:
        return ""
    return "/".join(reversed([*_steps(element)]))


def _steps(element: etree._Element) -> Iterator[str]:
    for number, each in enumerate((element, *element.iterancestors())):
        if number >= SHOWN_DEPTH:
            return
        name = each.get("name")
        yield f"{each.tag}[{name}]" if name else str(each.tag)


def variable(values: Iterable[str] | str) -> Any:
    """A value as XPath takes it; a list becomes elements, so that `=` finds any of them."""
    if isinstance(values, str):
        return values
    holder = etree.Element("values")
    for value in values:
        etree.SubElement(holder, "value").text = value
    return list(holder)
