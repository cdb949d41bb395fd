"""Releases of software, as makers number them: which of two is the older one, and whether they can be compared at all.

Cisco counts each train by itself: 15.2(7)E8 is neither older nor newer than 15.7(3)M8.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from types import MappingProxyType

_TERM = re.compile(r"\s*(>=|<=|>|<|=)\s*(\S.*?)\s*")
_BOUND = re.compile(r"\d+(?:\.\d+)*")
"""A bound without a train, such as `17.9`: it is compared with every train by its numbers."""
_HOLDS: Mapping[str, Callable[[int, int], bool]] = MappingProxyType(
    {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq}
)


class Unclear(ValueError):
    """Which of two releases is the older one cannot be told from what is known of them."""


@dataclass(frozen=True, slots=True)
class Release:
    """One release."""

    numbers: tuple[int, ...]
    train: str | None = ""
    """Within which its numbers count; None: any."""
    build: int | None = None
    """It decides between releases that are alike otherwise; None: nobody said."""


@dataclass(frozen=True, slots=True)
class Affected:
    """Releases between bounds of one train: `>=17.9, <17.9.4a`."""

    text: str
    terms: tuple[tuple[str, Release], ...]

    def holds(self, release: Release) -> bool:
        """Whether a release is one of them; raises Unclear when that hangs on a build that nobody knows."""
        unclear = False
        for sign, bound in self.terms:
            try:
                order = _order(release, bound)
            except Unclear:
                unclear = True
                continue
            if order is None or not _HOLDS[sign](order, 0):
                return False
        if unclear:
            raise Unclear(self.text)
        return True


def _order(release: Release, bound: Release) -> int | None:
    """Below 0, 0 or above, as the first is older, the same or newer; None when they are of different trains."""
    if bound.train is not None and release.train != bound.train:
        return None
    for mine, theirs in zip_longest(release.numbers, bound.numbers, fillvalue=0):
        if mine != theirs:
            return -1 if mine < theirs else 1
    if bound.build is None:
        return 0
    if release.build is None:
        raise Unclear
    return (release.build > bound.build) - (release.build < bound.build)


def affected(platform: str, text: str) -> Affected:
    """The range that an advisory writes; raises ValueError."""
    terms = []
    for part in text.split(","):
        term = _TERM.fullmatch(part)
        bound = _bound(platform, term[2]) if term else None
        if term is None or bound is None:
            raise ValueError(f"{part.strip()!r} is no bound of {platform} such as {EXAMPLES.get(platform, '`<1.2.3`')}")
        terms.append((term[1], bound))
    return Affected(text, tuple(terms))


def _bound(platform: str, text: str) -> Release | None:
    if _BOUND.fullmatch(text) and len(text.split(".")) < 3:
        return Release(tuple(map(int, text.split("."))), None)
    found = release(platform, text)
    # A bound says all of itself: what stands besides a release in it is a slip of the pen.
    return found if found is not None and _READERS.get(platform, _OTHERS)[0].fullmatch(text.strip()) else None


def release(platform: str, text: str) -> Release | None:
    """The release that a device tells, wherever it stands in the text; None when there is none that we can read."""
    pattern, made = _READERS.get(platform, _OTHERS)
    match = pattern.search(text)
    return made(match) if match else None


def _letter(text: str | None) -> int:
    """A rebuild by its letter: none is 0, `a` is 1."""
    found = 0
    for sign in (text or "").lower():
        found = found * 26 + ord(sign) - ord("a") + 1
    return found


def _ios(match: re.Match[str]) -> Release:
    if match["xe"]:
        return Release((int(match["xe"]), int(match["xe2"]), int(match["xe3"]), _letter(match["xe4"])), "XE")
    if match["old"]:
        return Release((3, int(match["old"]), int(match["old2"]), _letter(match["old3"])), f"XE 3 {match['old4']}")
    numbers = (int(match["a"]), int(match["b"]), int(match["c"]), _letter(match["d"]))
    return Release((*numbers, int(match["f"] or 0), _letter(match["g"])), match["e"])


def _plain(match: re.Match[str]) -> Release:
    return Release(tuple(int(each or 0) for each in match.groups()))


def _with_build(match: re.Match[str]) -> Release:
    *numbers, build = match.groups()
    return Release(tuple(int(each or 0) for each in numbers), "", int(build) if build else None)


def _sophos(match: re.Match[str]) -> Release:
    major, minor, third, repair, build = match.groups()
    return Release((int(major), int(minor), int(third or repair or 0)), "", int(build) if build else None)


def _other(match: re.Match[str]) -> Release:
    numbers = (int(each) for each in re.findall(r"\d+", match[0]))
    return Release((*numbers, _letter(match["letter"])))


_Reader = tuple[re.Pattern[str], Callable[[re.Match[str]], Release]]
_READERS: Mapping[str, _Reader] = MappingProxyType(
    {
        "ios": (
            re.compile(
                r"(?<![\d.(])(?:0?(?P<xe>1[6-9]|[2-9]\d)\.0?(?P<xe2>\d+)\.0?(?P<xe3>\d+)(?P<xe4>[a-z]{0,2})"
                r"|0?3\.(?P<old>\d+)\.(?P<old2>\d+)(?P<old3>[a-z]?)\.?(?P<old4>S|E|SE|SG|SQ)"
                r"|(?P<a>1[0-5])\.(?P<b>\d+)\((?P<c>\d+)(?P<d>[a-z]?)\)(?P<e>[A-Z]*)(?P<f>\d*)(?P<g>[a-z]?))(?![\w.(])"
            ),
            _ios,
        ),
        "panos": (re.compile(r"(?<![\d.])(\d+)\.(\d+)\.(\d+)(?:-h(\d+))?(?![\w.-])"), _plain),
        "sfos": (
            re.compile(
                r"(?<![\d.])(\d{2})\.(\d{1,2})(?:\.(\d{1,3}))?(?:\.\d+)?(?![\d.])"
                r"(?:[ -]*(?:GA|MR)[ -]?(\d+)?)?(?:(?:-\d+)?[ -]*Build[ -]?(\d+))?"
            ),
            _sophos,
        ),
        "esxi": (re.compile(r"(?<![\d.])(\d+)\.(\d+)\.(\d+)(?:\D*?build[ -]?(\d+))?(?![\d.])"), _with_build),
        "vcenter": (re.compile(r"(?<![\d.])(\d+)\.(\d+)\.(\d+)(?:\D*?build[ -]?(\d+))?(?![\d.])"), _with_build),
        "peplink": (re.compile(r"(?<![\d.])(\d+)\.(\d+)\.(\d+)(?:s(\d+))?(?!\d)"), _plain),
        "nxos": (re.compile(r"(?<![\d.])(\d+)\.(\d+)\((\d+)\)"), _plain),
    }
)
_OTHERS: _Reader = (re.compile(r"(?<!\d)(?<!\d\.)\d+(?:\.\d+)+(?P<letter>[a-z]?)(?!\w)"), _other)
EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "ios": "`<17.9.4a` or `<15.7(3)M9`",
        "panos": "`<10.1.14-h6`",
        "sfos": "`<19.0.2`",
        "esxi": "`<8.0.2 build 24585300`",
        "vcenter": "`<8.0.2 build 23929136`",
        "peplink": "`<8.3.0`",
        "nxos": "`<9.3(12)`",
    }
)
