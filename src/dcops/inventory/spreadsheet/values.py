"""What stands in a cell, as the inventory wants it: addresses, dates, places, levels."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, ip_interface

from dcops.inventory.spreadsheet.letters import plain


class Unusable(Exception):
    """The cell holds something that cannot be what its column says."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The management addresses of a cell."""

    ipv4: IPv4Address | None = None
    ipv6: IPv6Address | None = None
    port: int | None = None
    left_out: tuple[str, ...] = ()
    """More addresses than a device has places for."""


_MASKED = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3})\s*[/ ]\s*((?:255|254|252|248|240|224|192|128|0)(?:\.\d{1,3}){3})")
_SCHEME = re.compile(r"^[a-z]+://", re.IGNORECASE)
_WITH_PORT = re.compile(r"^(?:\[(?P<v6>[^\]]+)\]|(?P<v4>\d+\.\d+\.\d+\.\d+)):(?P<port>\d{1,5})$")


def addresses(text: str) -> Addresses:
    """Addresses with or without masks, ports and schemes: `192.0.2.11/24`, `https://192.0.2.11:8443`."""
    v4: list[IPv4Address] = []
    v6: list[IPv6Address] = []
    port = None
    # A mask in dots would else pass for a second address.
    for word in re.split(r"[,;\s]+", _MASKED.sub(r"\1", text)):
        bare = _SCHEME.sub("", word).partition("#")[0].rstrip(".")
        bare = bare.rstrip("/")
        if not bare or bare.lower() in ("n/a", "-", "dhcp", "none", "khong", "không"):
            continue
        if match := _WITH_PORT.match(bare):
            bare, port = match["v6"] or match["v4"], int(match["port"])
        found = _interface(bare, text)
        if isinstance(found, IPv4Interface):
            v4.append(_host(found))  # type: ignore[arg-type]
        else:
            v6.append(_host(found))  # type: ignore[arg-type]
    left = tuple(str(one) for one in (*v4[1:], *v6[1:]))
    return Addresses(v4[0] if v4 else None, v6[0] if v6 else None, port, left)


def _interface(word: str, text: str) -> IPv4Interface | IPv6Interface:
    try:
        return ip_interface(word.partition("%")[0])
    except ValueError:
        raise Unusable(f"{text!r} is no address") from None


def _host(found: IPv4Interface | IPv6Interface) -> IPv4Address | IPv6Address:
    network = found.network
    whole = network.prefixlen == network.max_prefixlen
    if not whole and network.prefixlen < network.max_prefixlen - 1 and found.ip == network.network_address:
        raise Unusable(f"{found} is a whole network, not the address of one device")
    return found.ip


@dataclass(frozen=True, slots=True)
class Day:
    """A date, and what had to be assumed to read it."""

    value: date
    assumed: str = ""


_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
_THREE = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: .*)?")
_MONTH = re.compile(r"(?:(?:thang|t)\s*)?(\d{1,2})\s*[-/.]\s*(\d{4})|(\d{4})[-/.](\d{1,2})")


def month_first(texts: Iterable[str]) -> bool | None:
    """Whether the dates of a column say the month first; None when they do not tell.

    One date such as 13/05/2027 tells for all of its column. Raises Unusable when they contradict each other.
    """
    orders = set()
    for text in texts:
        if match := _THREE.fullmatch(text.strip()):
            one, two = int(match[1]), int(match[2])
            if one > 12 >= two:
                orders.add(False)
            elif two > 12 >= one:
                orders.add(True)
    if len(orders) > 1:
        raise Unusable("some of its dates say the day first and some the month")
    return orders.pop() if orders else None


def day(text: str, *, months_first: bool | None) -> Day:
    """A date in ISO or as people here write it, the day first."""
    bare = plain(text).removeprefix("ngay").strip()
    if match := _ISO.fullmatch(bare):
        return Day(_date(int(match[1]), int(match[2]), int(match[3]), text))
    if match := _THREE.fullmatch(bare):
        one, two, year = int(match[1]), int(match[2]), int(match[3])
        year += 2000 if year < 100 else 0
        found = _date(year, one, two, text) if months_first else _date(year, two, one, text)
        unclear = months_first is None and one != two and one <= 12 and two <= 12
        return Day(found, f"{text} read as {found.isoformat()}, the day first" if unclear else "")
    if match := _MONTH.fullmatch(bare):
        month, year = (int(match[1]), int(match[2])) if match[1] else (int(match[4]), int(match[3]))
        if not 1 <= month <= 12:
            raise Unusable(f"{text!r} is no date")
        found = date(year, month, monthrange(year, month)[1])
        return Day(found, f"{text} read as the end of that month, {found.isoformat()}")
    raise Unusable(f"{text!r} is no date: write 31/12/2027 or 2027-12-31")


def _date(year: int, month: int, day_: int, text: str) -> date:
    try:
        return date(year, month, day_)
    except ValueError:
        raise Unusable(f"{text!r} is no date") from None


@dataclass(frozen=True, slots=True)
class Mounted:
    """Rack and units, as far as the cell says them."""

    rack: str = ""
    unit: int | None = None
    height: int | None = None


_UNITS = re.compile(
    r"(?:\b(?:ru|u|unit)\s*0*(?P<from>\d{1,3})(?:\s*(?:-|–|:|den|to)\s*(?:ru|u)?\s*0*(?P<to>\d{1,3}))?u?\b"
    r"|\b0*(?P<from2>\d{1,3})\s*u\s*(?:-|–)\s*0*(?P<to2>\d{1,3})\s*u\b)",
    re.IGNORECASE,
)
_BARE_UNITS = re.compile(r"0*(\d{1,3})(?:\s*(?:-|–|:|den|to)\s*0*(\d{1,3}))?")
_RACK_WORDS = re.compile(r"(?i)^(?:tủ rack|tủ|tu rack|tu|rack|cabinet)\s*(?:số|so)?\s*[:.]?\s*(?=\S)")


def units(text: str) -> tuple[int, int | None]:
    """The lowest unit and the height that a cell names: `12`, `U12-13`, `12 - 13`."""
    match = _UNITS.search(plain(text)) or _BARE_UNITS.fullmatch(plain(text))
    if match is None:
        raise Unusable(f"{text!r} names no rack units: write 12 or U12-13")
    numbers = [int(number) for number in match.groups() if number]
    low, high = min(numbers), max(numbers)
    if low < 1 or high > 100:
        raise Unusable(f"{text!r} names no rack units")
    return low, (high - low + 1 if len(numbers) > 1 else None)


def place(text: str) -> Mounted:
    """Rack and units in one cell: `A01/U12-13`, `Tủ A01, U12`, `A01`."""
    match = _UNITS.search(text)
    outside = f"{text[: match.start()]} {text[match.end() :]}" if match else text
    rack = rack_of(re.sub(r"[/,;:()]+|\s[-–]+(?:\s|$)", " ", outside).strip(" -–"))
    if match is None and (
        parts := re.fullmatch(r"(\S*[A-Za-z]\S*)\s*[/,]\s*(\d{1,3}(?:\s*[-–]\s*\d{1,3})?)", text.strip())
    ):
        low, height = units(parts[2])
        return Mounted(rack_of(parts[1]), low, height)
    if match is None:
        return Mounted(rack)
    low, height = units(match[0])
    return Mounted(rack, low, height)


def rack_of(text: str) -> str:
    """The name of a rack without the word for it: `Tủ A01` is `A01`."""
    return " ".join(_RACK_WORDS.sub("", text.strip()).split())


def level(text: str) -> int:
    """A security level: `3`, `Cấp độ 3`."""
    match = re.search(r"\b([1-5])\b", plain(text))
    if match is None:
        raise Unusable(f"{text!r} is no security level from 1 to 5")
    return int(match[1])


_CRITICALITY = (
    ("critical", ("critical", "rat quan trong", "dac biet quan trong", "rat cao", "toi quan trong", "nghiem trong")),
    ("low", ("low", "thap", "it quan trong", "khong quan trong")),
    ("normal", ("normal", "medium", "trung binh", "binh thuong", "thuong")),
    ("high", ("high", "cao", "quan trong")),
)


def criticality(text: str) -> str:
    """How much hangs on it, in the inventory's words."""
    words = plain(text)
    for value, known in _CRITICALITY:
        if any(re.search(rf"\b{word}\b", words) for word in known):
            return value
    raise Unusable(f"{text!r} is no criticality: critical, high, normal or low")


def yes(text: str) -> bool:
    """A mark that something is so."""
    words = plain(text)
    if words in ("x", "v", "y", "yes", "true", "1", "co", "dung", "roi"):
        return True
    if words in ("", "n", "no", "false", "0", "khong", "-"):
        return False
    raise Unusable(f"{text!r} says neither yes nor no")


def words(text: str) -> Sequence[str]:
    """The parts of a list in a cell."""
    return [part.strip() for part in re.split(r"[,;\n]+", text) if part.strip()]
