"""The entities of a Sophos firewall as text that only changes when its settings do.

The API gives entities in no stated order, so they are sorted by tag and name, except where their order is what they
do: rules stay in the firewall's own order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.sfos.secrets import Hider
from dcops.diff.visible import visible
from dcops.diff.xml import canonical
from dcops.diff.xml.document import Parsed

NOISE = frozenset({"transactionid", "ips_cat_ver"})
"""Attributes that tell of the request and of the signature updates, not of the settings."""

ORDERED = frozenset(
    {
        "FirewallRule",
        "FirewallRuleGroup",
        "LocalServiceACL",
        "NATRule",
        "SDWANPolicyRoute",
        "PolicyRoute",
        "SSLTLSInspectionRule",
        "SecurityPolicy",
        "WebFilterException",
    }
)
"""Entities of which the first that fits decides."""

NAMES = (
    "Name",
    "Configuration/Name",
    "Username",
    "UserName",
    "Hardware",
    "HostName",
    "ServerName",
    "DestinationIP",
    "Interface",
)
"""The child that names an entity; the first that is there."""

NO_RECORDS = re.compile(r"\b(?:no\.?|number) of records zero\b", re.IGNORECASE)
"""What SFOS writes for an entity that it has none of."""

_LINK_STATE = re.compile(r"(?:dis)?connected\b|connecting\b|unplugged\b", re.IGNORECASE)
"""Some firmware tells in an interface's `Status` whether its cable is in: no setting."""


def write(parsed: Parsed, conceal: Conceal) -> Readable:
    """Write the document in its canonical form: sorted, without noise, secrets hidden."""
    root = parsed.root
    for element in root:
        _settle(element)
    root[:] = sorted(_without_layout(root), key=_place)
    return plain(parsed, conceal, NOISE)


def plain(parsed: Parsed, conceal: Conceal, noise: frozenset[str] = frozenset()) -> Readable:
    """Write any answer in the order in which it came, secrets hidden."""
    hider = Hider(conceal)
    text = canonical.write(parsed, hider, noise)
    version = parsed.root.get("APIVersion")
    facts = {"api_version": visible(str(version))} if version else {}
    if parsed.illegal:
        facts["illegal_characters"] = str(parsed.illegal)
    return Readable(text, facts, hider.count)


def _settle(element: etree._Element) -> None:
    """Take out of one entity what is no setting."""
    for name in [name for name in element.attrib if str(name).lower() in NOISE]:
        del element.attrib[name]
    for status in list(element.iter("Status")):
        holder, text = status.getparent(), (status.text or "").strip()
        if holder is None or status.get("code") is not None:
            continue
        is_empty = len(holder) == 1 and NO_RECORDS.search(text)
        if is_empty or (holder.find("Hardware") is not None and _LINK_STATE.match(text)):
            holder.remove(status)
    if element.tag == "Time" and (clock := element.find("SetDateTime")) is not None:
        element.remove(clock)


def _without_layout(root: etree._Element) -> Iterable[etree._Element]:
    """The entities, each without the white space after it: it would wander with them."""
    for element in root:
        if not (element.tail or "").strip():
            element.tail = None
        yield element


def _place(element: etree._Element) -> tuple[str, str, bytes]:
    """Where an entity belongs: with its like, by name; what has an order stays behind one another as it came."""
    tag = str(element.tag)
    if tag in ORDERED:
        return tag, "", b""
    name = next((text for name in NAMES if (text := element.findtext(name))), "")
    return tag, name, etree.tostring(element, method="c14n")
