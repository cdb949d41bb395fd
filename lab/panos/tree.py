"""Configuration trees: reading by XPath, and `set` as PAN-OS merges it."""

from __future__ import annotations

import re

from lxml import etree

STEP = re.compile(r"""([A-Za-z_][\w.-]*)(?:\[@name=(?:'([^']*)'|"([^"]*)")\])?""")


class BadXPath(Exception):
    """The XPath cannot be used."""


class BadElement(Exception):
    """The element is not well-formed XML."""


def parse(document: bytes) -> etree._Element:
    """The root of a configuration file."""
    # Space between elements is layout: without it a changed tree is laid out anew as one piece.
    parser = etree.XMLParser(
        remove_blank_text=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    return etree.fromstring(document, parser)


def find(root: etree._Element, xpath: str) -> list[etree._Element]:
    """The elements that an absolute XPath names."""
    if not xpath.startswith("/config"):
        raise BadXPath(xpath)
    try:
        found = root.getroottree().xpath(xpath)
    except etree.XPathError:
        raise BadXPath(xpath) from None
    if not isinstance(found, list):
        raise BadXPath(xpath)
    return [item for item in found if isinstance(item, etree._Element)]


def set_at(root: etree._Element, xpath: str, element: str) -> list[etree._Element]:
    """Merge elements below the node that the XPath names, making what is missing; gives what was touched."""
    try:
        new = etree.fromstring(
            f"<set>{element}</set>",
            etree.XMLParser(
                remove_blank_text=True,
                remove_comments=True,
                remove_pis=True,
                resolve_entities=False,
                no_network=True,
                huge_tree=True,
            ),
        )
    except etree.XMLSyntaxError as error:
        raise BadElement(str(error)) from None
    node = _reach(root, xpath)
    if len(new) == 0:
        if (new.text or "").strip():
            node.text = new.text
        return [node]
    return _merge(node, new)


def _reach(root: etree._Element, xpath: str) -> etree._Element:
    steps = list(STEP.finditer(xpath))
    if not xpath.startswith("/") or "".join("/" + step[0] for step in steps) != xpath.rstrip("/"):
        raise BadXPath(xpath)
    if not steps or steps[0][1] != root.tag:
        raise BadXPath(xpath)
    node = root
    for step in steps[1:]:
        name = step[2] if step[2] is not None else step[3]
        following = _child(node, step[1], name)
        if following is None:
            following = etree.SubElement(node, step[1], {} if name is None else {"name": name})
        node = following
    return node


def _child(node: etree._Element, tag: str, name: str | None) -> etree._Element | None:
    return next((child for child in node if child.tag == tag and child.get("name") == name), None)


def _merge(node: etree._Element, new: etree._Element) -> list[etree._Element]:
    touched = []
    members = {child.text for child in node if child.tag == "member"}
    by_name = {(child.tag, child.get("name")): child for child in node}
    for child in list(new):
        if child.tag == "member":
            if child.text not in members:
                node.append(child)
                touched.append(child)
            continue
        known = by_name.get((child.tag, child.get("name")))
        if known is None:
            by_name[child.tag, child.get("name")] = child
            node.append(child)
            touched.append(child)
        elif len(child) or len(known):
            touched += _merge(known, child)
        elif known.text != child.text:
            known.text = child.text
            touched.append(known)
    return touched


def serialise(root: etree._Element) -> bytes:
    """A configuration as the file that the device exports."""
    return b'<?xml version="1.0"?>\n' + etree.tostring(root, encoding="utf-8", pretty_print=True)
