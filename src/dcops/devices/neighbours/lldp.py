"""LLDP: NAPALM's detailed getter, and the texts of vendors in it, as neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from dcops.model.seen import Address, Neighbour, Protocol

_NIBBLE = "[0-9a-fA-F]"
_MAC = re.compile(rf"(?:{_NIBBLE}{{1,2}}[:-]){{5}}{_NIBBLE}{{1,2}}|(?:{_NIBBLE}{{4}}\.){{2}}{_NIBBLE}{{4}}")
# The letters that IOS puts for a capability, where NAPALM did not turn them into words.
_LETTERS = {
    "r": "router", "b": "bridge", "t": "telephone", "c": "docsis-cable-device",
    "w": "wlan-access-point", "p": "repeater", "s": "station", "o": "other",
}  # fmt: skip


def neighbours(table: Mapping[str, Iterable[Mapping[str, Any]]]) -> Iterator[Neighbour]:
    """The neighbours of an answer of `get_lldp_neighbors_detail`, or of the shorter `get_lldp_neighbors`."""
    for port, entries in table.items():
        for entry in entries:
            chassis = _text(entry, "remote_chassis_id")
            name = _text(entry, "remote_system_name") or _text(entry, "hostname")
            addresses = [*_addresses(entry.get("remote_management_address")), *_addresses(chassis)]
            yield Neighbour(
                Protocol.LLDP,
                str(port),
                # NAPALM puts the chassis where a name is missing: an address is no name.
                "" if mac_of(name) else name,
                _text(entry, "remote_port") or _text(entry, "port"),
                _text(entry, "remote_system_description"),
                tuple(dict.fromkeys(addresses)),
                mac_of(chassis) or mac_of(name),
                capabilities(entry.get("remote_system_enable_capab") or entry.get("remote_system_capab") or ()),
            )


def capabilities(words: object) -> frozenset[str]:
    """Capabilities in small letters, from a list, from words with commas, or from Cisco's letters."""
    parts = re.split(r"[,\s]+", words) if isinstance(words, str) else [str(word) for word in _listed(words)]
    return frozenset(_LETTERS.get(part.lower(), part.lower()) for part in parts if part)


def mac_of(text: str) -> str:
    """The MAC address that a text is, as `02:00:5e:10:00:01`; empty when it is none."""
    stripped = text.strip()
    if not _MAC.fullmatch(stripped):
        return ""
    if "." in stripped:
        digits = stripped.replace(".", "")
        pairs = [digits[index : index + 2] for index in range(0, 12, 2)]
    else:
        pairs = [part.zfill(2) for part in re.split("[:-]", stripped)]
    return ":".join(pairs).lower()


def address_of(text: str) -> Address | None:
    """The IP address that a text is, without the zone of a link-local one; None when it is none."""
    try:
        found: IPv4Address | IPv6Address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return found


def _addresses(value: object) -> Iterator[Address]:
    for text in _listed(value):
        for word in re.split(r"[,\s]+", str(text)):
            found = address_of(word)
            if found is not None and not found.is_unspecified:
                yield found


def _listed(value: object) -> Iterable[object]:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple | set | frozenset) else (value,)


def clean(value: object) -> str:
    """What a stranger says of itself, on one line and without signs that a terminal would obey."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(value or "")).split())


def _text(entry: Mapping[str, Any], key: str) -> str:
    return clean(entry.get(key))
