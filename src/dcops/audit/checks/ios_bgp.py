"""How a Cisco router guards itself from BGP neighbours in other networks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dcops.audit.check import check
from dcops.audit.checks.ios_lists import entries_of
from dcops.audit.checks.ios_neighbours import Neighbour, outside
from dcops.audit.look import Look
from dcops.audit.said import NotApplicable, Said
from dcops.audit.tree.lines import Lines
from dcops.model.finding import Severity

_FILTER = re.compile(r"(prefix-list|route-map|filter-list|distribute-list) (\S+) (in|out)$")
_LIMIT = re.compile(r"maximum-prefix \d+(?!.*\bwarning-only\b)")


@check("IOS-101", severity=Severity.HIGH, platforms=["ios"])
def bgp_passwords(look: Look) -> Iterator[Said]:
    """BGP neighbours outside have to know a password."""
    for each in _outside(look):
        # `ao` is TCP-AO, the successor of the password.
        if not any(text.startswith(("password ", "ao ")) for text in each.session):
            yield Said("missing", each.said("password …"), "", each.line)


@check("IOS-102", severity=Severity.MEDIUM, platforms=["ios"])
def bgp_hops(look: Look) -> Iterator[Said]:
    """BGP packets from far away are not listened to."""
    for each in _outside(look):
        if not any(text.startswith("ttl-security hops ") for text in each.session):
            yield Said("missing", each.said("ttl-security hops 1"), "", each.line)


@check("IOS-103", severity=Severity.HIGH, platforms=["ios"])
def bgp_inbound_filters(look: Look) -> Iterator[Said]:
    """What BGP neighbours outside announce is filtered."""
    yield from _unfiltered(look, "in")


@check("IOS-104", severity=Severity.CRITICAL, platforms=["ios"])
def bgp_outbound_filters(look: Look) -> Iterator[Said]:
    """Only own prefixes are announced to BGP neighbours outside."""
    yield from _unfiltered(look, "out")


@check("IOS-105", severity=Severity.MEDIUM, platforms=["ios"])
def bgp_prefix_limits(look: Look) -> Iterator[Said]:
    """The number of prefixes from BGP neighbours outside is limited."""
    for each in _outside(look):
        for family, texts in each.families.items():
            if not any(_LIMIT.match(text) for text in texts):
                yield Said("missing", each.said("maximum-prefix …", family), "", each.line)


def _outside(look: Look) -> Sequence[Neighbour]:
    found = list(outside(look.lines()))
    if not found:
        raise NotApplicable(Said("no block", "router bgp: neighbor … remote-as …"))
    return found


def _unfiltered(look: Look, direction: str) -> Iterator[Said]:
    for each in _outside(look):
        for family, texts in each.families.items():
            named = [match for text in texts if (match := _FILTER.match(text)) and match[3] == direction]
            if any(_filters(look.lines(), match[1], match[2], family) for match in named):
                continue
            if not named:
                yield Said("missing", each.said(f"prefix-list … {direction}", family), "", each.line)
            for match in named:
                yield Said("missing", f"{match[1]} {match[2]} ({each.said(match[0], family)})", "", each.line)


def _filters(lines: Lines, kind: str, name: str, family: str) -> bool:
    """Whether a list is there and keeps anything out. IOS lets everything pass a list that does not exist."""
    if kind == "route-map":
        entries = [line for line in lines.top.lines if re.match(rf"route-map {re.escape(name)}(?: |$)", line.text)]
        return any(
            " deny " in f"{entry.text} " or any(line.text.startswith("match ") for line in entry.children)
            for entry in entries
        )
    if kind == "distribute-list":
        return bool(entries_of(lines, name, ipv6=family == "ipv6"))
    begins = {
        "prefix-list": f"{'ipv6' if family == 'ipv6' else 'ip'} prefix-list {name} ",
        "filter-list": f"ip as-path access-list {name} ",
    }[kind]
    return any(line.text.startswith(begins) and re.search(r"\b(?:permit|deny) ", line.text) for line in lines.top.lines)
