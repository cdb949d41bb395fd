"""Local accounts of a device against those that somebody approved. Names and rights alone are looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from dcops.audit.check import check
from dcops.audit.checks.linux_files import files
from dcops.audit.checks.linux_people import may_log_in, mighty
from dcops.audit.look import Look
from dcops.audit.said import NotApplicable, Said, Unknown
from dcops.audit.tree import xml
from dcops.model.finding import Severity
from dcops.model.source import SourceKind

PLATFORMS = ("ios", "panos", "linux", "sfos")
APPROVED = "accounts"
"""The name under which what is approved is handed to rules."""
_USERNAME = re.compile(r"username (?:\"(?P<quoted>[^\"]+)\"|(?P<name>\S+))(?P<rest>.*)")
_PRIVILEGE = re.compile(r" privilege (\d+)\b")
_SUPERUSER = 15


@dataclass(frozen=True, slots=True)
class Account:
    """An account that a device has."""

    name: str
    full: bool
    """It may change everything."""
    line: int = 0


def _ios(look: Look) -> Iterator[Account]:
    """A user may have several lines; each adds something."""
    levels: dict[str, int] = {}
    lines: dict[str, int] = {}
    for line in look.lines().top.lines:
        match = _USERNAME.fullmatch(line.text)
        if match is None:
            continue
        name = match["quoted"] or match["name"]
        level = _PRIVILEGE.search(match["rest"])
        levels[name] = max(levels.get(name, 1), int(level[1]) if level else 1)
        lines.setdefault(name, line.number)
    return (Account(name, level >= _SUPERUSER, lines[name]) for name, level in levels.items())


_FULL_ROLES = ("superuser", "deviceadmin")


def _has(entry: Any, role: str) -> bool:
    found = entry.find(f"permissions/role-based/{role}")
    return found is not None and (found.text or "").strip() != "no"


def _panos(look: Look) -> Iterator[Account]:
    root = look.xml().root
    users = root.findall(".//mgt-config/users/entry")
    if not users:
        # No firewall is without an administrator: they stand in a part that we were not shown.
        raise Unknown(Said("not found", "mgt-config/users"))
    for entry in users:
        full = any(_has(entry, role) for role in _FULL_ROLES)
        yield Account(entry.get("name", ""), full, xml.line_of(entry))


def _linux(look: Look) -> Iterator[Account]:
    found = files(look)
    powers = mighty(found)
    return (Account(each.name, each.name in powers, each.line) for each in may_log_in(found))


def _sfos(look: Look) -> Iterator[Account]:
    """Those who come in from outside as users of the network are not meant, only administrators."""
    root = look.xml().root
    if root.find(".//User") is None:
        raise Unknown(Said("not found", "User"))
    for entry in root.iterfind(".//User[UserType='Administrator']"):
        name = entry.findtext("Username") or entry.findtext("Name") or ""
        yield Account(name.strip(), entry.findtext("Profile", "").strip() == "Administrator", xml.line_of(entry))


FOUND: Mapping[str, Callable[[Look], Iterator[Account]]] = MappingProxyType(
    {"ios": _ios, "panos": _panos, "linux": _linux, "sfos": _sfos}
)


def _approved(look: Look) -> Mapping[str, Mapping[str, Any]]:
    """What is approved on this device, by name; the later date counts. Raises Unknown."""
    listed = look.facts(SourceKind.INVENTORY, APPROVED).get("accounts")
    if not isinstance(listed, list | tuple):
        raise Unknown(Said("told nothing", APPROVED))
    by_date = sorted(listed, key=lambda each: str(each["until"]))
    return {each["name"]: each for each in by_date}


def _ended(approval: Mapping[str, Any], look: Look) -> bool:
    return date.fromisoformat(approval["until"]) < look.now.date()


@check("ACC-001", severity=Severity.HIGH, platforms=PLATFORMS)
def approved_accounts(look: Look) -> Iterator[Said]:
    """Every local account is on the approved list."""
    approved = _approved(look)
    for account in FOUND[look.subject.platform](look):
        if account.name not in approved:
            yield Said("not approved", "", account.name, account.line)


@check("ACC-002", severity=Severity.MEDIUM, platforms=PLATFORMS)
def account_approvals(look: Look) -> Iterator[Said]:
    """The approval of every local account still counts."""
    approved = _approved(look)
    for account in FOUND[look.subject.platform](look):
        approval = approved.get(account.name)
        if approval is not None and _ended(approval, look):
            yield Said("approval ended", approval["until"], f"{account.name} ({approval['owner']})", account.line)


@check("ACC-003", severity=Severity.LOW, platforms=PLATFORMS)
def missing_accounts(look: Look) -> Iterator[Said]:
    """Every approved account is there."""
    needed = {name: each for name, each in _approved(look).items() if not each["optional"] and not _ended(each, look)}
    if not needed:
        raise NotApplicable(Said("no block", "approved account that is needed"))
    present = {account.name for account in FOUND[look.subject.platform](look)}
    for name, approval in sorted(needed.items()):
        if name not in present:
            yield Said("account missing", str(approval["role"]), name)


@check("ACC-004", severity=Severity.HIGH, platforms=PLATFORMS)
def account_rights(look: Look) -> Iterator[Said]:
    """No account may do more than was approved."""
    approved = _approved(look)
    for account in FOUND[look.subject.platform](look):
        approval = approved.get(account.name)
        if approval is not None and account.full and approval["rights"] != "full":
            yield Said("too mighty", str(approval["rights"]), account.name, account.line)
