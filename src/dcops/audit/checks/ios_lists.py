"""Access lists of Cisco IOS: who names them, whether they exist, and whom they let through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dcops.audit.check import check
from dcops.audit.look import Look
from dcops.audit.said import NotApplicable, Said
from dcops.audit.tree.lines import Line, Lines
from dcops.model.finding import Severity

_USES = (
    re.compile(r"ip http access-class (?:ipv4 )?(?P<v4>(?!ipv6 )\S+)$"),
    re.compile(r"ip http access-class ipv6 (?P<v6>\S+)"),
    re.compile(r"snmp-server group .* access (?:ipv6 (?P<v6>\S+)(?: |$))?(?P<v4>\S+)?$"),
    re.compile(r"snmp-server community \S+(?: view \S+)?(?: (?:RO|RW|ro|rw))(?: ipv6 (?P<v6>\S+))?(?: (?P<v4>\S+))?$"),
)
_OF_LINES = (
    re.compile(r"access-class (?P<v4>\S+) in"),
    re.compile(r"ipv6 access-class (?P<v6>\S+) in"),
)
_NUMBER = re.compile(r"(?:sequence )?\d+ (?=permit |deny )|(?<= )sequence \d+$")
_ENTRY = re.compile(r"permit |deny ")
_EVERYBODY = re.compile(r"(?P<what>permit|deny) (?:(?!icmp )\S+ )?(?:any|0\.0\.0\.0 255\.255\.255\.255)(?: |$)")
_REST = re.compile(r"(?P<what>permit|deny) (?:ip|ipv6) any any(?P<log> log(?:-input)?)?(?: |$)")
_INSIDE = ("interface Loopback", "interface Tunnel")
"""These lead out of the site only through another port."""
_ADDRESS = re.compile(r"ip address (?:\d|dhcp|negotiated)")


@dataclass(frozen=True, slots=True)
class Use:
    """A line that names a list."""

    name: str
    ipv6: bool
    line: Line
    block: str = ""

    @property
    def wanted(self) -> str:
        """The list, as its first line would begin."""
        return f"{'ipv6' if self.ipv6 else 'ip'} access-list … {self.name}"


@check("IOS-034", severity=Severity.CRITICAL, platforms=["ios"])
def guarding_lists(look: Look) -> Iterator[Said]:
    """Lists that guard management exist and keep somebody out."""
    lines = look.lines()
    uses = list(_uses(lines))
    if not uses:
        raise NotApplicable(Said("no block", "access-class"))
    for use in uses:
        entries = entries_of(lines, use.name, ipv6=use.ipv6)
        if not entries:
            yield Said("missing", use.wanted, use.line.text, use.line.number)
        elif (open_ := _lets_everybody(entries)) is not None:
            yield Said("forbidden", "", f"{use.wanted}: {open_.text}", open_.number)


@check("IOS-107", severity=Severity.CRITICAL, platforms=["ios"], parameters=["external_words"])
def border_filters(look: Look) -> Iterator[Said]:
    """What comes in from outside is filtered and what is refused is logged."""
    lines = look.lines()
    ports = list(_external(lines, look))
    if not ports:
        raise NotApplicable(Said("no block", "interface … description …"))
    for port in ports:
        if any(line.text.startswith("zone-member security ") for line in port.children):
            continue
        group = next((m for line in port.children if (m := re.fullmatch(r"ip access-group (\S+) in", line.text))), None)
        if group is None:
            yield Said("missing", f"{port.text}: ip access-group … in", "", port.number)
            continue
        entries = entries_of(lines, group[1], ipv6=False)
        if not entries:
            yield Said("missing", f"{port.text}: ip access-list … {group[1]}", "", port.number)
            continue
        for entry in entries:
            rest = _REST.match(bare(entry.text))
            if rest is None:
                continue
            if rest["what"] == "permit":
                yield Said("forbidden", "", f"ip access-list … {group[1]}: {entry.text}", entry.number)
            elif not rest["log"]:
                yield Said("missing", f"ip access-list … {group[1]}: {bare(entry.text)} log", "", entry.number)
            break
        else:
            yield Said("missing", f"ip access-list … {group[1]}: deny ip any any log", "", entries[-1].number)


def entries_of(lines: Lines, name: str, *, ipv6: bool) -> Sequence[Line]:
    """The lines of a list that permit or deny, in their order; none when there is no such list."""
    named = re.compile(
        rf"ipv6 access-list {re.escape(name)}$" if ipv6 else rf"ip access-list (?:standard|extended) {re.escape(name)}$"
    )
    numbered = f"access-list {name} "
    found: list[Line] = []
    for line in lines.top.lines:
        if named.match(line.text):
            found += [child for child in line.children if _ENTRY.match(bare(child.text))]
        elif not ipv6 and line.text.startswith(numbered) and _ENTRY.match(bare(line.text)):
            found.append(line)
    return found


def bare(text: str) -> str:
    """An entry without its number and without the name of its list."""
    return _NUMBER.sub("", re.sub(r"^access-list \S+ ", "", text)).strip()


def _lets_everybody(entries: Sequence[Line]) -> Line | None:
    for entry in entries:
        everybody = _EVERYBODY.match(bare(entry.text))
        if everybody is not None:
            return entry if everybody["what"] == "permit" else None
    return None


def _uses(lines: Lines) -> Iterator[Use]:
    for line in lines.top.lines:
        if line.text.startswith("line "):
            for child in line.children:
                yield from _named(child, _OF_LINES, line.text)
        else:
            yield from _named(line, _USES)


def _named(line: Line, patterns: Sequence[re.Pattern[str]], block: str = "") -> Iterator[Use]:
    for pattern in patterns:
        match = pattern.match(line.text)
        if match is None:
            continue
        names = match.groupdict()
        if name := names.get("v4"):
            yield Use(name, ipv6=False, line=line, block=block)
        if name := names.get("v6"):
            yield Use(name, ipv6=True, line=line, block=block)


def _external(lines: Lines, look: Look) -> Iterator[Line]:
    words = look.values.each("external_words")
    for line in lines.top.lines:
        if not line.text.startswith("interface ") or line.text.startswith(_INSIDE):
            continue
        texts = [child.text for child in line.children]
        described = any(text.startswith("description ") and any(word in text for word in words) for text in texts)
        if described and "shutdown" not in texts and any(_ADDRESS.match(text) for text in texts):
            yield line
