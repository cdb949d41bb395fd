"""Software against published weaknesses, and support dates: of what the inventory states and devices tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from dcops.audit.check import check
from dcops.audit.look import Look
from dcops.audit.release import Release, Unclear, affected, release
from dcops.audit.said import Said, Unknown
from dcops.model.finding import Severity
from dcops.model.source import SourceKind

PLATFORMS = ("ios", "panos", "sfos", "peplink", "esxi", "vcenter", "nxos", "procurve", "fos")
SUPPORTED = (*PLATFORMS, "linux")
ADVISORIES = "advisories"
"""The name under which published weaknesses are handed to rules."""
_GRAVE = ("critical", "high")


def _weaknesses(look: Look, severities: tuple[str, ...]) -> Iterator[Said]:
    facts = look.facts(SourceKind.INVENTORY, ADVISORIES)
    version = look.subject.version
    if not version:
        raise Unknown(Said("fact unknown", "version"))
    known = release(look.subject.platform, version)
    if known is None:
        raise Unknown(Said("no release", look.subject.platform, version))
    unclear: list[str] = []
    told = False
    for advisory in _listed(facts):
        if advisory["severity"] not in severities:
            continue
        try:
            hit = any(affected(look.subject.platform, text).holds(known) for text in advisory["affected"])
        except Unclear:
            unclear.append(advisory["id"])
            continue
        if hit:
            told = True
            fixed = ", ".join(_nearest(look.subject.platform, known, advisory["fixed"]))
            yield Said("affected", fixed, f"{advisory['id']} ({advisory['severity']}): {version}")
    if unclear:
        raise Unknown(Said("no build", ", ".join(unclear), version))
    if not told:
        _refuse_hollow(look, facts)


def _nearest(platform: str, known: Release, fixed: Sequence[str]) -> Sequence[str]:
    """The next release in which it is mended; all of them where none is next."""
    later = [
        (found.numbers, text)
        for text in fixed
        if (found := release(platform, text)) is not None
        and found.train == known.train
        and found.numbers >= known.numbers
    ]
    return [min(later)[1]] if later else fixed


def _listed(facts: Mapping[str, Any]) -> Any:
    listed = facts.get("advisories")
    if not isinstance(listed, list | tuple):
        raise Unknown(Said("told nothing", ADVISORIES))
    return listed


def _refuse_hollow(look: Look, facts: Mapping[str, Any]) -> None:
    """Raise Unknown unless it means something that the file names no weakness."""
    if facts.get("example"):
        raise Unknown(Said("example file"))
    if not facts.get("covered"):
        raise Unknown(Said("not covered", look.subject.platform))
    most = int(str(look.values.of("advisory_days")))
    day = date.fromisoformat(str(facts["day"]))
    days = (look.now.date() - day).days
    if days > most:
        raise Unknown(Said("old advisories", str(most), f"{day}"))


@check("SOF-001", severity=Severity.CRITICAL, platforms=PLATFORMS, parameters=["advisory_days"])
def grave_weaknesses(look: Look) -> Iterator[Said]:
    """The software has no published weakness that is critical or high.

    The list of weaknesses is a file that somebody brings. From an old one, or one that does not cover the platform,
    it does not follow that all is well.
    """
    yield from _weaknesses(look, _GRAVE)


@check("SOF-002", severity=Severity.MEDIUM, platforms=PLATFORMS, parameters=["advisory_days"])
def other_weaknesses(look: Look) -> Iterator[Said]:
    """The software has no other published weakness."""
    yield from _weaknesses(look, tuple(each.value for each in Severity if each.value not in _GRAVE))


def _end_of_support(look: Look) -> date:
    support = look.facts(SourceKind.INVENTORY).get("support")
    text = support.get("end_of_support") if isinstance(support, Mapping) else None
    if not text:
        raise Unknown(Said("fact unknown", "end_of_support"))
    return date.fromisoformat(str(text))


@check("SOF-003", severity=Severity.HIGH, platforms=SUPPORTED)
def supported(look: Look) -> Iterator[Said]:
    """The maker still mends weaknesses of it."""
    end = _end_of_support(look)
    if end < look.now.date():
        yield Said("support ended", "", end.isoformat())


@check("SOF-004", severity=Severity.MEDIUM, platforms=SUPPORTED, parameters=["support_notice_days"])
def supported_for_long(look: Look) -> Iterator[Said]:
    """The maker will still mend weaknesses of it in a year."""
    end, today = _end_of_support(look), look.now.date()
    days = int(str(look.values.of("support_notice_days")))
    if today <= end < today + timedelta(days=days):
        yield Said("support ends", str((end - today).days), end.isoformat())
