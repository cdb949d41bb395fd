"""Addresses and serial numbers replaced by others, the same everywhere: the shape of a network without its place."""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Iterable, Iterator

_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f]*:)[0-9A-Fa-f:]{3,39}(?![\w:.])")
_MAC = re.compile(
    r"(?<![\w:.-])(?:[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w:-])"
)
_KEPT4 = [
    ipaddress.ip_network(text)
    for text in ("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
]
_DOCUMENTATION6 = ipaddress.ip_network("2001:db8::/32")


class Anonymous:
    """Remembers what was replaced by what."""

    def __init__(self, serials: Iterable[str] = ()) -> None:
        self._networks4: dict[int, int] = {}
        self._networks6: dict[int, int] = {}
        self._macs: dict[str, str] = {}
        self._free4 = _free_networks()
        names = sorted({serial for serial in serials if len(serial) >= 5}, key=len, reverse=True)
        self._serials = {serial: f"SERIAL{number:04d}" for number, serial in enumerate(names, 1)}
        self._serial = re.compile("|".join(re.escape(name) for name in names)) if names else None

    def text(self, text: str) -> str:
        """The text with other addresses and serial numbers in it."""
        text = _MAC.sub(lambda match: self._mac(match[0]), text)
        text = _IPV6.sub(lambda match: self._ipv6(match[0]), text)
        text = _IPV4.sub(lambda match: self._ipv4(match[0]), text)
        if self._serial is not None:
            text = self._serial.sub(lambda match: self._serials[match[0]], text)
        return text

    def _ipv4(self, text: str) -> str:
        """Another /24, the same last octet: masks and ranges go on making sense."""
        try:
            address = ipaddress.IPv4Address(text)
        except ValueError:
            return text
        if _is_mask(int(address)) or any(address in network for network in _KEPT4):
            return text
        network = int(address) >> 8
        if network not in self._networks4:
            self._networks4[network] = next(self._free4)
        return str(ipaddress.IPv4Address(self._networks4[network] << 8 | int(address) & 255))

    def _ipv6(self, text: str) -> str:
        """Another /64, the same host."""
        try:
            address = ipaddress.IPv6Address(text)
        except ValueError:
            return text
        if address in _DOCUMENTATION6 or address.is_link_local or address.is_multicast or int(address) < 1 << 64:
            return text
        network = int(address) >> 64
        number = self._networks6.setdefault(network, len(self._networks6) + 1)
        # Far from what people write there themselves.
        base = int(ipaddress.IPv6Address("2001:db8:ffff::")) >> 64
        return str(ipaddress.IPv6Address((base | number & 0xFFFF) << 64 | int(address) & (1 << 64) - 1))

    def _mac(self, text: str) -> str:
        digits = re.sub(r"[^0-9a-f]", "", text.lower())
        if digits in ("0" * 12, "f" * 12):
            return text
        # RFC 7042: 00-00-5E-00-53 is for documentation; the second byte is ours to count on.
        number = len(self._macs)
        other = self._macs.setdefault(digits, f"02005e{number:06x}")
        if "." in text:
            return ".".join(other[place : place + 4] for place in range(0, 12, 4))
        mark = text[2]
        other = mark.join(other[place : place + 2] for place in range(0, 12, 2))
        return other.upper() if text.upper() == text else other


def _is_mask(value: int) -> bool:
    """A mask or a wildcard mask, and no address."""
    inverse = value ^ 0xFFFFFFFF
    return (inverse & (inverse + 1)) == 0 or (value & (value + 1)) == 0


def _free_networks() -> Iterator[int]:
    """RFC 5737 first, then RFC 2544, and when those are used up what nobody may use (240/4)."""
    documentation = ("192.0.2.0", "198.51.100.0", "203.0.113.0")
    yield from (int(ipaddress.IPv4Address(text)) >> 8 for text in documentation)
    start = int(ipaddress.IPv4Address("198.18.0.0")) >> 8
    yield from range(start, start + 512)
    yield from itertools.count(int(ipaddress.IPv4Address("240.0.0.0")) >> 8)
