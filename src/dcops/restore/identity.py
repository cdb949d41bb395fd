"""Whether the device that the inventory states is the one that an archived configuration speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How two statements about a device fit."""

    FITS = "fits"
    DIFFERS = "differs"
    UNKNOWN = "unknown"
    """One of the two says nothing."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One property of a device: what the archived text says, and what the inventory says."""

    what: str
    archived: str | None
    stated: str | None
    verdict: Verdict


def told(identity: Mapping[str, re.Pattern[str]], text: str) -> Mapping[str, str]:
    """What a readable configuration says of the device that it came from."""
    found = {what: match[1] for what, pattern in identity.items() if (match := pattern.search(text))}
    return {what: value.strip() for what, value in found.items() if value.strip()}


def fit(what: str, archived: str | None, stated: str | None) -> Fit:
    """Compare one property; names are compared as people write them."""
    if not archived or not stated:
        return Fit(what, archived, stated, Verdict.UNKNOWN)
    same = _SAME[what](archived, stated)
    return Fit(what, archived, stated, Verdict.FITS if same else Verdict.DIFFERS)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _same_model(archived: str, stated: str) -> bool:
    # The inventory says `ISR 4461`, the router `ISR4461/K9`.
    one, other = _letters(archived), _letters(stated)
    return one in other or other in one


def _same_software(archived: str, stated: str) -> bool:
    # A configuration says `17.9` where the inventory says `17.09.04a`: as far as both go.
    numbers = [[int(number) for number in re.findall(r"\d+", text)] for text in (archived, stated)]
    shared = min(map(len, numbers))
    return shared > 0 and numbers[0][:shared] == numbers[1][:shared]


def _same(archived: str, stated: str) -> bool:
    return archived.casefold() == stated.casefold()


_SAME = {"model": _same_model, "serial": _same, "software": _same_software, "hostname": _same}
