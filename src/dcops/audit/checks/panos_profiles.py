"""Security profiles on the rules of a PAN-OS firewall, by themselves or through a group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dcops.audit.check import check
from dcops.audit.checks.panos_objects import Objects
from dcops.audit.checks.panos_policy import ANY, Rule, refuse_unseen, rules_of
from dcops.audit.checks.panos_zones import is_untrusted
from dcops.audit.look import Look
from dcops.audit.said import Said, Unknown
from dcops.model.finding import Severity

_BLOCKS = frozenset({"reset-client", "reset-server", "reset-both", "drop", "drop-all-packets", "block", "block-ip"})
_GRAVE = frozenset({"critical", "high"})
_PREDEFINED = frozenset({"default", "strict"})
"""They come with the firewall and cannot be changed. Only `strict` blocks more than the maker of a signature says."""
_WITHOUT_FILES = frozenset(
    {
        "bgp", "dhcp", "dns", "dns-base", "icmp", "ipv6-icmp", "ntp", "ntp-base", "ospf", "ping", "ping6", "radius",
        "snmp", "snmp-base", "snmp-trap", "snmpv1", "snmpv2", "snmpv3", "syslog", "tacacs-plus", "traceroute", "vrrp",
    }
)  # fmt: skip
"""Applications in which neither files nor addresses of pages travel."""
_QUIET_DECODERS = frozenset({"imap", "pop3"})
"""Mail that is fetched can only be broken, not blocked."""


@check("PAN-041", severity=Severity.HIGH, platforms=["panos"])
def antivirus_profiles(look: Look) -> Iterator[Said]:
    """What a rule allows is looked through for viruses."""
    yield from _without(look, "virus")


@check("PAN-042", severity=Severity.HIGH, platforms=["panos"])
def spyware_profiles(look: Look) -> Iterator[Said]:
    """What a rule allows is looked through for spyware."""
    yield from _without(look, "spyware")


@check("PAN-043", severity=Severity.HIGH, platforms=["panos"])
def vulnerability_profiles(look: Look) -> Iterator[Said]:
    """What a rule allows is looked through for attacks."""
    yield from _without(look, "vulnerability")


@check("PAN-044", severity=Severity.MEDIUM, platforms=["panos"], parameters=["untrusted_zones"])
def url_profiles(look: Look) -> Iterator[Said]:
    """Rules to the Internet have a URL filter."""
    yield from _without(look, "url-filtering", lambda rule: _carries_files(rule) and _touches(look, rule, "to"))


@check("PAN-045", severity=Severity.MEDIUM, platforms=["panos"], parameters=["untrusted_zones"])
def file_profiles(look: Look) -> Iterator[Said]:
    """Rules from and to the Internet have a file blocking profile."""
    yield from _without(look, "file-blocking", lambda rule: _touches(look, rule, "to") or _touches(look, rule, "from"))


@check("PAN-046", severity=Severity.MEDIUM, platforms=["panos"])
def wildfire_profiles(look: Look) -> Iterator[Said]:
    """Unknown files that a rule allows are analysed."""
    yield from _without(look, "wildfire-analysis", _carries_files)


@check("PAN-047", severity=Severity.MEDIUM, platforms=["panos"])
def dns_sinkholes(look: Look) -> Iterator[Said]:
    """Spyware profiles in use answer names of attackers themselves."""
    predefined = set()
    for name, profile, _ in _in_use(look, "spyware"):
        if profile is None:
            predefined.add(name)
        elif profile.find("botnet-domains//action/sinkhole") is None:
            yield Said("lacks", "botnet-domains/…/sinkhole", f"spyware `{name}`", int(profile.sourceline or 0))
    refuse_unseen(look)
    if predefined:
        # What they do with such names changed between releases, and does not stand in the configuration.
        raise Unknown(Said("defined elsewhere", f"spyware `{', '.join(sorted(predefined))}`"))


@check("PAN-048", severity=Severity.MEDIUM, platforms=["panos"])
def blocking_antivirus(look: Look) -> Iterator[Said]:
    """Antivirus profiles in use block what they find."""
    for name, profile, _ in _in_use(look, "virus"):
        for decoder in profile.iterfind("decoder/entry") if profile is not None else ():
            protocol, action = str(decoder.get("name")), (decoder.findtext("action") or "default").strip()
            if protocol not in _QUIET_DECODERS and action in ("allow", "alert"):
                seen = f"virus `{name}`: {protocol} {action}"
                yield Said("forbidden", "", seen, int(decoder.sourceline or 0))
    refuse_unseen(look)


@check("PAN-049", severity=Severity.MEDIUM, platforms=["panos"])
def blocking_vulnerability(look: Look) -> Iterator[Said]:
    """Vulnerability profiles in use block grave attacks."""
    for name, profile, rule in _in_use(look, "vulnerability"):
        if profile is None:
            if name != "strict":
                yield Said("forbidden", "", f"vulnerability `{name}` ({rule.shown})", rule.line)
            continue
        open_ = set(_GRAVE)
        for each in profile.iterfind("rules/entry"):
            action = next((str(child.tag) for child in each.iterfind("action/*")), "default")
            severities = {(member.text or "").strip() for member in each.iterfind("severity/member")}
            hit = open_ & (_GRAVE if ANY in severities or not severities else severities)
            if action in _BLOCKS and _is_for_all(each):
                open_ -= hit
            elif hit and action in ("allow", "alert"):
                seen = f"vulnerability `{name}`: `{each.get('name')}` {action}"
                yield Said("forbidden", "", seen, int(each.sourceline or 0))
                open_ -= hit
        if open_:
            missing = " | ".join(sorted(open_))
            yield Said("lacks", f"block {missing}", f"vulnerability `{name}`", int(profile.sourceline or 0))
    refuse_unseen(look)


def _is_for_all(entry: Any) -> bool:
    """Whether an entry of a profile is not only for some hosts, threats or categories."""
    fields = [(entry.findtext(field) or ANY).strip() for field in ("host", "category", "threat-name")]
    return all(field == ANY for field in fields) and all(
        (member.text or "").strip() == ANY
        for path in ("cve", "vendor-id")
        for member in entry.iterfind(f"{path}/member")
    )


def _without(look: Look, kind: str, wanted: Callable[[Rule], bool] = lambda _: True) -> Iterator[Said]:
    """Rules that allow something and have no profile of a kind."""
    unknown: Unknown | None = None
    for rule in rules_of(look):
        if rule.allows and wanted(rule):
            try:
                if not _profiles(rule, kind):
                    yield Said("lacks", kind, f"`{rule.shown}`", rule.line)
            except Unknown as answer:
                unknown = answer
    refuse_unseen(look)
    if unknown is not None:
        raise unknown


def _profiles(rule: Rule, kind: str) -> frozenset[str]:
    """The profiles of a kind that a rule has; raises Unknown for a group that is defined elsewhere."""
    setting = rule.element.find("profile-setting")
    if setting is None:
        return frozenset()
    found = _members(setting, f"profiles/{kind}/member")
    objects = Objects(rule.holder)
    for name in _members(setting, "group/member") - {"none"}:
        group = objects.entry("profile-group", name)
        if group is None:
            raise Unknown(Said("defined elsewhere", f"profile-group `{name}`"))
        found |= _members(group, f"{kind}/member")
    return found - {"none"}


def _in_use(look: Look, kind: str) -> Iterator[tuple[str, Any | None, Rule]]:
    """Each profile of a kind that a rule uses, once; None for one that comes with the firewall."""
    seen: set[tuple[str, str]] = set()
    for rule in rules_of(look):
        for name in sorted(_profiles(rule, kind)) if rule.allows else ():
            key = (str(rule.holder.get("name") or rule.holder.tag), name)
            if key in seen:
                continue
            seen.add(key)
            profile = Objects(rule.holder).entry(f"profiles/{kind}", name)
            if profile is None and name not in _PREDEFINED:
                raise Unknown(Said("defined elsewhere", f"{kind} `{name}`"))
            yield name, profile, rule


def _carries_files(rule: Rule) -> bool:
    return not rule.members("application") <= _WITHOUT_FILES


def _touches(look: Look, rule: Rule, field: str) -> bool:
    return any(zone == ANY or is_untrusted(look, zone) for zone in rule.members(field))


def _members(element: Any, path: str) -> frozenset[str]:
    return frozenset(text for each in element.iterfind(path) if (text := (each.text or "").strip()))
