"""The entities of a firewall: what `Get` finds, and what `Set` and `Remove` do at once."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from lxml import etree

from lab.sfos import answers
from lab.sfos.answers import Status

NAMES = ("Name", "Configuration/Name", "RuleName", "Username", "Hardware", "DestinationIP", "HostName")
"""The child that names a record."""

SINGLE = frozenset(
    {
        "AdminAuthentication",
        "AdminSettings",
        "ApplianceAccess",
        "AuthenticationServer",
        "BackupRestore",
        "CentralManagement",
        "DNS",
        "DoSSettings",
        "GatewayConfiguration",
        "Notification",
        "SNMPAgentConfiguration",
        "Time",
    }
)
"""Entities of which there is one, without a name."""

WITHOUT_RECORDS = frozenset(
    {
        "ApplicationFilterPolicy",
        "BGP",
        "BridgePair",
        "CellularWAN",
        "DHCPRelay",
        "HAConfigure",
        "Hotspot",
        "L2TPConnection",
        "LAG",
        "OSPF",
        "OTPTokens",
        "ParentProxy",
        "REDDevice",
        "RIP",
        "SNMPCommunity",
        "SSLVPNPolicy",
        "UserGroup",
        "WebFilterException",
    }
)
"""Entities that the firmware knows and the template does not fill."""

SINCE_18 = frozenset({"FirewallRule", "FirewallRuleGroup", "NATRule", "SDWANPolicyRoute", "SSLTLSInspectionRule"})


class Store:
    """The records by tag, each tag in the firewall's own order."""

    def __init__(self, document: bytes, major: int) -> None:
        self._records: dict[str, list[etree._Element]] = {tag: [] for tag in WITHOUT_RECORDS}
        for element in parse(document):
            self._records.setdefault(str(element.tag), []).append(element)
        if major < 18:
            # The rules of that time carry another name, and translation stands inside them.
            self._records["SecurityPolicy"] = [_renamed(rule) for rule in self._records["FirewallRule"]]
            for tag in SINCE_18:
                self._records.pop(tag, None)

    def get(self, question: etree._Element) -> Iterator[etree._Element]:
        """The answer to one tag of a `Get`."""
        tag = str(question.tag)
        records = self._records.get(tag)
        if records is None:
            yield answers.with_status(tag, answers.UNKNOWN)
            return
        keys = question.findall("Filter/key")
        found = [record for record in records if all(_fits(record, key) for key in keys)]
        if not found and tag == "HAConfigure":
            # So says a firewall that is no member of a pair.
            yield answers.without_records(tag, answers.FAILED)
        elif not found:
            yield answers.without_records(tag, answers.NOTHING_FITS if keys else answers.NO_RECORDS)
        for record in found:
            answer = copy.deepcopy(record)
            answer.set("transactionid", "")
            yield answer

    def set(self, element: etree._Element, operation: str) -> Status:
        """Add or update one record; without an operation it is added, or updated when it is there."""
        tag = str(element.tag)
        records = self._records.get(tag)
        if records is None:
            return answers.UNKNOWN
        known = records[0] if tag in SINGLE and records else _named(records, _name(element))
        if known is not None:
            if operation == "add" and tag not in SINGLE:
                return answers.EXISTS
            _merge(known, element)
            return answers.SUCCEEDED
        if operation == "update" or (tag not in SINGLE and not _name(element)):
            return answers.NOT_PERFORMED
        _place(records, copy.deepcopy(element))
        return answers.SUCCEEDED

    def remove(self, element: etree._Element) -> Status:
        """Remove one record."""
        records = self._records.get(str(element.tag))
        if records is None:
            return answers.UNKNOWN
        known = _named(records, _name(element))
        if known is None or element.tag in SINGLE:
            return answers.NOT_PERFORMED
        records.remove(known)
        return answers.SUCCEEDED

    def element(self, tag: str) -> etree._Element | None:
        """The first record of an entity."""
        return next(iter(self._records.get(tag, ())), None)


def parse(document: bytes) -> etree._Element:
    """The root of what somebody sent; raises lxml's XMLSyntaxError."""
    return etree.fromstring(
        document,
        etree.XMLParser(
            remove_blank_text=True,
            remove_comments=True,
            remove_pis=True,
            resolve_entities=False,
            no_network=True,
            huge_tree=True,
        ),
    )


def _name(element: etree._Element) -> str:
    return next((text for name in NAMES if (text := element.findtext(name))), "")


def _named(records: list[etree._Element], name: str) -> etree._Element | None:
    return next((record for record in records if name and _name(record) == name), None)


def _fits(record: etree._Element, key: etree._Element) -> bool:
    value, wanted = record.findtext(key.get("name", ""), ""), key.text or ""
    match key.get("criteria"):
        case "=":
            return value == wanted
        case "!=":
            return value != wanted
        case "like":
            return wanted.lower() in value.lower()
    return False


def _merge(known: etree._Element, new: etree._Element) -> None:
    """Children that are named once are merged or replaced; a list is replaced as a whole."""
    for tag in dict.fromkeys(str(child.tag) for child in new):
        ours, theirs = known.findall(tag), new.findall(tag)
        if len(ours) == len(theirs) == 1 and len(ours[0]) and len(theirs[0]):
            _merge(ours[0], theirs[0])
            continue
        place = known.index(ours[0]) if ours else len(known)
        for child in ours:
            known.remove(child)
        for offset, child in enumerate(theirs):
            known.insert(place + offset, copy.deepcopy(child))


def _place(records: list[etree._Element], new: etree._Element) -> None:
    """Rules go where `Position` says, everything else to the end."""
    position, beside = new.findtext("Position", ""), new.findtext("After/Name", "")
    known = _named(records, beside)
    if position == "Top":
        records.insert(0, new)
    elif position == "After" and known is not None:
        records.insert(records.index(known) + 1, new)
    else:
        records.append(new)


def _renamed(rule: etree._Element) -> etree._Element:
    older = copy.deepcopy(rule)
    older.tag = "SecurityPolicy"
    return older
