"""What a PAN-OS firewall does at the end: with the last of its rules, with what it logs, with what had a date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from dcops.audit.check import check
from dcops.audit.checks.panos_objects import Objects
from dcops.audit.checks.panos_policy import ANY, Rule, refuse_unseen, rules_of, sequences
from dcops.audit.look import Look
from dcops.audit.said import NotApplicable, Said, Unknown
from dcops.model.finding import Severity

_DENIES = frozenset({"deny", "drop", "reset-client", "reset-server", "reset-both"})
_FIELDS = ("from", "to", "source", "destination", "application", "service", "source-user", "category")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_VIETNAMESE = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_SCHEDULED = re.compile(r"-(\d{4})/(\d{2})/(\d{2})@\d{2}:\d{2}$")


@check("PAN-066", severity=Severity.HIGH, platforms=["panos"])
def last_rule(look: Look) -> Iterator[Said]:
    """The last rule denies the rest and logs it."""
    # The end may be Panorama's.
    refuse_unseen(look)
    found = False
    for rules in sequences(look.xml().root):
        if not rules or _only_before(rules[-1]):
            continue
        found = True
        last, holder = rules[-1], rules[-1].holder
        if not _denies_all(last) and not _default_logs(holder):
            yield Said("lacks", "deny any any + log-end", f"`{last.shown}`", last.line)
        elif _denies_all(last) and last.word("log-end") == "no":
            yield Said("lacks", "log-end", f"`{last.shown}`", last.line)
    if not found:
        raise NotApplicable(Said("no block", "security/rules"))


@check("PAN-065", severity=Severity.MEDIUM, platforms=["panos"])
def forwarded_logs(look: Look) -> Iterator[Said]:
    """What rules log leaves the firewall."""
    elsewhere: set[str] = set()
    for rule in rules_of(look):
        name = rule.word("log-setting")
        if not name:
            yield Said("lacks", "log-setting", f"`{rule.shown}`", rule.line)
            continue
        profile = Objects(rule.holder).entry("log-settings/profiles", name)
        if profile is None:
            # No firewall takes a name that stands nowhere: it was pushed, or stands in another group of Panorama.
            elsewhere.add(name)
        elif not _sends_traffic(profile):
            seen = f"`{rule.shown}`: `{name}`"
            yield Said("lacks", "send-syslog | send-to-panorama", seen, int(profile.sourceline or 0))
    refuse_unseen(look)
    if elsewhere:
        raise Unknown(Said("defined elsewhere", f"log-settings/profiles `{', '.join(sorted(elsewhere))}`"))


@check("PAN-069", severity=Severity.MEDIUM, platforms=["panos"], parameters=["temporary_tags"])
def expired_rules(look: Look) -> Iterator[Said]:
    """Rules for a time are gone when that is over."""
    today = look.now.date()
    tags = {tag.lower() for tag in look.values.each("temporary_tags")}
    for rule in rules_of(look):
        scheduled = _end_of_schedule(rule)
        is_temporary = any(tag.lower() in tags for tag in rule.members("tag"))
        said = _last_date(rule.word("description")) if is_temporary else None
        end = min(filter(None, (scheduled, said)), default=None)
        if end is not None and end < today:
            yield Said("ended", end.isoformat(), f"`{rule.shown}`", rule.line)
        elif is_temporary and end is None:
            yield Said("no end", "", f"`{rule.shown}`", rule.line)
    refuse_unseen(look)


@check("PAN-020", severity=Severity.MEDIUM, platforms=["panos"])
def valid_certificates(look: Look) -> Iterator[Said]:
    """No certificate on the firewall has run out."""
    root: Any = look.xml().root
    found = root.findall(".//certificate/entry")
    for entry in found:
        epoch = (entry.findtext("expiry-epoch") or "").strip()
        if epoch.isdecimal() and (end := datetime.fromtimestamp(int(epoch), UTC)) < look.now:
            yield Said("ended", f"{end:%Y-%m-%d}", f"certificate `{entry.get('name')}`", int(entry.sourceline or 0))
    refuse_unseen(look)
    if not found:
        raise NotApplicable(Said("no block", "certificate"))


def _only_before(rule: Rule) -> bool:
    """On Panorama some groups only push rules before those of the firewall: the end is not theirs."""
    base = rule.element.getparent().getparent().getparent()
    return str(base.tag) == "pre-rulebase"


def _denies_all(rule: Rule) -> bool:
    return (
        rule.word("action") in _DENIES
        and all(ANY in rule.members(field) for field in _FIELDS)
        and rule.word("rule-type") in ("", "universal")
        and not rule.word("schedule")
    )


def _default_logs(holder: Any) -> bool:
    """Whether the built-in rule at the end was told to log; as it comes from the factory it does not."""
    path = "/default-security-rules/rules/entry[@name='interzone-default']"
    for base in ("rulebase", "post-rulebase"):
        entry = holder.find(base + path)
        if entry is not None:
            return (entry.findtext("log-end") or "") == "yes" and entry.findtext("action") != "allow"
    return False


def _sends_traffic(profile: Any) -> bool:
    entries = profile.iterfind("match-list/entry")
    return any(
        (entry.findtext("log-type") or "").strip() == "traffic"
        and (entry.find("send-syslog/member") is not None or entry.findtext("send-to-panorama") == "yes")
        for entry in entries
    )


def _end_of_schedule(rule: Rule) -> date | None:
    """The last day of a rule whose schedule comes only once."""
    name = rule.word("schedule")
    entry = Objects(rule.holder).entry("schedule", name) if name else None
    texts = (
        [str(each.text or "") for each in entry.iterfind("schedule-type/non-recurring/member")]
        if entry is not None
        else []
    )
    ends = [date(*map(int, match.groups())) for text in texts if (match := _SCHEDULED.search(text))]
    return max(ends, default=None)


def _last_date(text: str) -> date | None:
    """The last date in a text, as 2026-12-31 or 31/12/2026."""
    found = [(int(year), int(month), int(day)) for year, month, day in _ISO.findall(text)]
    found += [(int(year), int(month), int(day)) for day, month, year in _VIETNAMESE.findall(text)]
    days = []
    for parts in found:
        try:
            days.append(date(*parts))
        except ValueError:
            continue
    return max(days, default=None)
