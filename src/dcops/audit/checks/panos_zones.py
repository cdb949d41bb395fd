"""Zones of a PAN-OS firewall from which strangers come, and what guards them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from dcops.audit.check import check
from dcops.audit.checks.panos_policy import refuse_unseen
from dcops.audit.look import Look
from dcops.audit.said import NotApplicable, Said, Unknown
from dcops.model.finding import Severity

_PROFILES = ".//network/profiles/zone-protection-profile/entry"
_FLOODS = ("tcp-syn", "udp", "icmp", "icmpv6", "other-ip")
_SCANS = {"8001": "TCP port scan", "8002": "host sweep", "8003": "UDP port scan"}
_PACKETS = ("discard-malformed-option", "discard-unknown-option", "discard-strict-source-routing")
"""What no honest sender sends; others depend on the site."""


@check("PAN-050", severity=Severity.HIGH, platforms=["panos"], parameters=["untrusted_zones"])
def protected_zones(look: Look) -> Iterator[Said]:
    """Untrusted zones have a zone protection profile."""
    for zone in untrusted(look):
        if _profile_name(zone) == "":
            yield Said("lacks", "zone-protection-profile", _shown(zone), _line(zone))
    refuse_unseen(look)


@check("PAN-051", severity=Severity.MEDIUM, platforms=["panos"], parameters=["untrusted_zones"])
def flood_protection(look: Look) -> Iterator[Said]:
    """Zone protection stops floods."""
    for zone, profile in _guarded(look):
        flood = profile.find("flood")
        for kind in _FLOODS:
            if flood is None or flood.findtext(f"{kind}/enable") != "yes":
                yield Said("lacks", f"flood/{kind}", _of(zone, profile), _line(profile))
        if flood is not None and flood.findtext("tcp-syn/enable") == "yes" and flood.find("tcp-syn/red") is not None:
            yield Said("lacks", "flood/tcp-syn/syn-cookies", _of(zone, profile), _line(profile))
    refuse_unseen(look)


@check("PAN-052", severity=Severity.MEDIUM, platforms=["panos"], parameters=["untrusted_zones"])
def packet_protection(look: Look) -> Iterator[Said]:
    """Zone protection notices scans and drops broken packets."""
    for zone, profile in _guarded(look):
        for number, scan in _SCANS.items():
            action = profile.find(f"scan/entry[@name='{number}']/action/*")
            if action is None or action.tag == "allow":
                yield Said("lacks", f"scan {number} ({scan})", _of(zone, profile), _line(profile))
        for word in _PACKETS:
            if profile.findtext(word) != "yes":
                yield Said("lacks", word, _of(zone, profile), _line(profile))
    refuse_unseen(look)


def is_untrusted(look: Look, name: str) -> bool:
    """Whether a zone's name begins with a word for strangers: `outside`, `Outside-2`, `untrust_isp`."""
    words = "|".join(map(re.escape, look.values.each("untrusted_zones")))
    return re.match(rf"(?:{words})(?:[^a-z].*)?$", name, re.IGNORECASE) is not None


def untrusted(look: Look) -> Sequence[Any]:
    """Its zones from which strangers come; raises Unknown when nobody knows which those are."""
    zones = look.xml().root.findall(".//zone/entry")
    found = [zone for zone in zones if is_untrusted(look, str(zone.get("name")))]
    if found:
        return found
    refuse_unseen(look)
    if not zones:
        raise NotApplicable(Said("no block", "zone"))
    raise Unknown(Said("no untrusted zone", "", ", ".join(sorted({str(zone.get("name")) for zone in zones}))))


def _guarded(look: Look) -> Iterator[tuple[Any, Any]]:
    """Each untrusted zone that has a profile, and the profile."""
    profiles = {str(each.get("name")): each for each in look.xml().root.iterfind(_PROFILES)}
    zones = [zone for zone in untrusted(look) if _profile_name(zone)]
    if not zones:
        refuse_unseen(look)
        raise NotApplicable(Said("no block", "zone-protection-profile"))
    for zone in zones:
        name = _profile_name(zone)
        if name not in profiles:
            raise Unknown(Said("defined elsewhere", f"zone-protection-profile `{name}`"))
        yield zone, profiles[name]


def _profile_name(zone: Any) -> str:
    return (zone.findtext("network/zone-protection-profile") or "").strip()


def _shown(zone: Any) -> str:
    return f"zone `{zone.get('name')}`"


def _of(zone: Any, profile: Any) -> str:
    return f"profile `{profile.get('name')}` of {_shown(zone)}"


def _line(element: Any) -> int:
    return int(element.sourceline or 0)
