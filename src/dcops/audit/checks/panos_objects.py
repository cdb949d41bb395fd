"""What the names in PAN-OS rules stand for: networks, ports and applications, as far as the configuration says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any

from dcops.audit.checks.panos_policy import ANY

Span = tuple[str, int, int]
"""A kind (`4`, `6`, `tcp`, `udp`) and the first and last address or port of it."""

_DEEPEST_GROUP = 20
_PREDEFINED = {
    "service-http": (("tcp", 80, 80), ("tcp", 8080, 8080)),
    "service-https": (("tcp", 443, 443),),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """Objects of one kind: where they and their groups stand, and what one of them stands for."""

    objects: str
    groups: str
    members: str
    read: Callable[[Any, str], tuple[Span, ...] | None]


class Objects:
    """The objects that rules of one virtual system or device group can name."""

    def __init__(self, holder: Any) -> None:
        root = holder.getroottree().getroot()
        shared = root.find("shared")
        self._holders = [holder, *([shared] if shared is not None and shared is not holder else [])]
        self._known: dict[tuple[str, str], tuple[Span, ...] | None] = {}
        self._depth = 0
        self._by_name = cache(self._named)

    def entry(self, kind: str, name: str) -> Any | None:
        """The definition of a name, the nearest one; None when it stands elsewhere or nowhere."""
        return self._by_name(kind).get(name)

    def addresses(self, name: str) -> tuple[Span, ...] | None:
        """The addresses of an object, a group or a literal; None when they are known only while it runs."""
        return self._expanded(name, ADDRESSES)

    def services(self, name: str) -> tuple[Span, ...] | None:
        """The ports of an object or a group; None when they are not in the configuration."""
        return self._expanded(name, SERVICES)

    def applications(self, name: str) -> frozenset[str]:
        """The applications of a group; a filter stands for itself."""
        group = self.entry("application-group", name)
        members = [_text(each) for each in group.iterfind("members/member")] if group is not None else []
        return frozenset(members) or frozenset((name,))

    def _named(self, kind: str) -> dict[str, Any]:
        entries = [list(holder.iterfind(f"{kind}/entry")) for holder in self._holders]
        return {str(entry.get("name")): entry for each in reversed(entries) for entry in each}

    def _expanded(self, name: str, kind: Kind) -> tuple[Span, ...] | None:
        """What a name stands for, through all groups; None when a part of it is not known."""
        key = (kind.objects, name)
        if key not in self._known:
            # A group that holds itself stands for nothing that is known.
            self._known[key] = None
            self._known[key] = self._looked_up(name, kind)
        return self._known[key]

    def _looked_up(self, name: str, kind: Kind) -> tuple[Span, ...] | None:
        group = self.entry(kind.groups, name)
        if group is None:
            return kind.read(self.entry(kind.objects, name), name)
        members = [_text(each) for each in group.iterfind(kind.members)]
        self._depth += 1
        try:
            parts = [self._expanded(member, kind) for member in members] if self._depth <= _DEEPEST_GROUP else [None]
        finally:
            self._depth -= 1
        known = [part for part in parts if part is not None]
        if not parts or len(known) < len(parts):
            return None
        return tuple(_merged([span for part in known for span in part]))


def covers(outer: Sequence[Span], inner: Sequence[Span]) -> bool:
    """Whether all of the inner ones lie inside of the outer ones together."""
    merged = list(_merged(outer))
    return all(
        any(kind == each[0] and first >= each[1] and last <= each[2] for each in merged) for kind, first, last in inner
    )


def _merged(spans: Sequence[Span]) -> Iterator[Span]:
    """The same, with those that touch made one."""
    now: Span | None = None
    for kind, first, last in sorted(spans):
        if now is not None and kind == now[0] and first <= now[2] + 1:
            now = (kind, now[1], max(now[2], last))
        else:
            if now is not None:
                yield now
            now = (kind, first, last)
    if now is not None:
        yield now


def _address(entry: Any, name: str) -> tuple[Span, ...] | None:
    """Of an object; a rule may also name an address that is no object."""
    if entry is None:
        return _network(name) if name != ANY else None
    if (text := (entry.findtext("ip-netmask") or "").strip()) != "":
        return _network(text)
    if (text := (entry.findtext("ip-range") or "").strip()) != "":
        return _range(text)
    return None


def _network(text: str) -> tuple[Span, ...] | None:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return _range(text) if "-" in text else None
    return ((str(network.version), int(network[0]), int(network[-1])),)


def _range(text: str) -> tuple[Span, ...] | None:
    ends = text.partition("-")
    try:
        first, last = ip_address(ends[0].strip()), ip_address(ends[2].strip())
    except ValueError:
        return None
    if first.version != last.version or int(first) > int(last):
        return None
    return ((str(first.version), int(first), int(last)),)


def _service(entry: Any, name: str) -> tuple[Span, ...] | None:
    """Of an object without a limit on source ports."""
    if entry is None:
        return _PREDEFINED.get(name)
    found: list[Span] = []
    for protocol in entry.iterfind("protocol/*"):
        if (protocol.findtext("source-port") or "").strip():
            return None
        for part in (protocol.findtext("port") or "").split(","):
            first, _, last = part.strip().partition("-")
            if not first.isdecimal() or not (last or first).isdecimal():
                return None
            found.append((str(protocol.tag), int(first), int(last or first)))
    return tuple(found) or None


def _text(element: Any) -> str:
    return (element.text or "").strip()


ADDRESSES = Kind("address", "address-group", "static/member", _address)
SERVICES = Kind("service", "service-group", "members/member", _service)
