"""What a Linux host says of itself when it is asked: firewall, updates, passwords, logins, idle shells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dcops.audit.check import check
from dcops.audit.checks.linux_files import files
from dcops.audit.checks.linux_people import may_log_in
from dcops.audit.look import Look
from dcops.audit.said import NotApplicable, Said, Unknown
from dcops.model.finding import Severity
from dcops.model.source import SourceKind

DAY = 86_400
_FAMILIES = {"inet": ("IPv4", "IPv6"), "ip": ("IPv4",), "ip6": ("IPv6",)}


def state(look: Look, name: str) -> Mapping[str, Any]:
    """One answer; raises Unknown with the reason why there is none."""
    return look.facts(SourceKind.STATE, name)


def _text(look: Look, name: str) -> int:
    return int(str(look.values.of(name)))


@check("LNX-041", severity=Severity.HIGH, platforms=["linux"])
def firewall_drops(look: Look) -> Iterator[Said]:
    """The host's own firewall refuses what nobody allowed, over IPv4 and IPv6."""
    guarded: set[str] = set()
    unread: Unknown | None = None
    for name in ("nftables", "iptables", "ip6tables"):
        try:
            chains = state(look, name).get("chains", ())
        except Unknown as reason:
            unread = unread or reason
            continue
        for chain in chains:
            if chain.get("drops"):
                guarded.update(_FAMILIES.get(chain.get("family", ""), ()))
    missing = [family for family in ("IPv4", "IPv6") if family not in guarded]
    if missing and unread is not None:
        raise unread
    for family in missing:
        yield Said("missing", f"{family}: input policy drop")


@check("LNX-051", severity=Severity.HIGH, platforms=["linux"], parameters=["package_list_days"])
def security_updates(look: Look) -> Iterator[Said]:
    """No security update waits to be installed.

    Lists of packages that were not refreshed lately know of no new update: then it cannot be told.
    """
    waiting = state(look, "updates").get("security", ())
    for package in waiting:
        yield Said("waits", "", str(package))
    if waiting:
        return
    at, most = state(look, "package-lists").get("at"), _text(look, "package_list_days")
    days = _days(look, at)
    if days > most:
        raise Unknown(Said("list is old", str(most), f"{days:.0f}"))


@check("LNX-052", severity=Severity.MEDIUM, platforms=["linux"], parameters=["package_list_days"])
def package_lists(look: Look) -> Iterator[Said]:
    """The lists of packages are refreshed regularly."""
    most = _text(look, "package_list_days")
    days = _days(look, state(look, "package-lists").get("at"))
    if days > most:
        yield Said("value", f"<= {most} d", f"{days:.0f} d")


@check("LNX-062", severity=Severity.HIGH, platforms=["linux"], parameters=["signature_days"])
def malware_signatures(look: Look) -> Iterator[Said]:
    """The signatures of the anti-malware program are of these days."""
    most = _text(look, "signature_days")
    days = _days(look, state(look, "signatures").get("at"))
    if days > most:
        yield Said("value", f"<= {most} d", f"{days:.0f} d")


def _days(look: Look, at: object) -> float:
    if not isinstance(at, int | float):
        raise Unknown(Said("told nothing", "stat"))
    # A file from tomorrow is of today: clocks differ.
    return max(0.0, (look.now.timestamp() - at) / DAY)


@check("LNX-005", severity=Severity.MEDIUM, platforms=["linux"], parameters=["exec_timeout_minutes"])
def idle_shells(look: Look) -> Iterator[Said]:
    """Shells that nobody uses end by themselves."""
    most = _text(look, "exec_timeout_minutes") * 60
    seconds = state(look, "idle").get("seconds", ())
    if not seconds:
        yield Said("missing", f"TMOUT={most}")
    for each in seconds:
        if not 1 <= each <= most:
            yield Said("value", f"TMOUT <= {most}", f"TMOUT={each}")


@check("LNX-031", severity=Severity.MEDIUM, platforms=["linux"], parameters=["inactive_days"])
def idle_accounts(look: Look) -> Iterator[Said]:
    """No account is left over that nobody uses."""
    most = _text(look, "inactive_days")
    seen = state(look, "logins").get("accounts", {})
    untold: list[str] = []
    for account in may_log_in(files(look)):
        # root is not meant to log in; whoever may use its rights does so under a name.
        if account.name == "root":
            continue
        at = seen.get(account.name)
        if at is None:
            untold.append(account.name)
        elif at == 0:
            yield Said("never used", "", account.name, account.line)
        elif (days := _days(look, at)) > most:
            yield Said("unused", str(most), f"{account.name}: {days:.0f}", account.line)
    if untold:
        raise Unknown(Said("told nothing", f"lastlog {', '.join(untold)}"))


@check("LNX-032", severity=Severity.CRITICAL, platforms=["linux"])
def accounts_without_password(look: Look) -> Iterator[Said]:
    """Every account has a password or is locked."""
    for name, account in sorted(state(look, "passwords").get("accounts", {}).items()):
        if account.get("password") == "none":
            yield Said("no password", "", name)


@check("LNX-033", severity=Severity.MEDIUM, platforms=["linux"], parameters=["password_max_days"])
def password_ages(look: Look) -> Iterator[Said]:
    """Passwords that are in use have to be changed regularly."""
    most = _text(look, "password_max_days")
    accounts = state(look, "passwords").get("accounts", {})
    usable = {name: each for name, each in accounts.items() if each.get("password") == "usable"}
    if not usable:
        raise NotApplicable(Said("no block", "password"))
    for name, account in sorted(usable.items()):
        days = account.get("days", -1)
        if not 1 <= days <= most:
            yield Said("value", f"<= {most} d", f"{name}: {days} d")


def _one_runs(look: Look, parameter: str) -> Iterator[Said]:
    """One of some units is active; any of them will do."""
    active = state(look, "services").get("active")
    if active is None:
        raise Unknown(Said("told nothing", "systemctl"))
    wanted = look.values.each(parameter)
    if not set(wanted) & set(active):
        yield Said("none of", ", ".join(wanted))


@check("LNX-042", severity=Severity.HIGH, platforms=["linux"], parameters=["unsafe_services"])
def unsafe_services(look: Look) -> Iterator[Said]:
    """No unsafe service runs."""
    active = state(look, "services").get("active")
    if active is None:
        raise Unknown(Said("told nothing", "systemctl"))
    for name in sorted(set(look.values.each("unsafe_services")) & set(active)):
        yield Said("forbidden", "", name)


@check("LNX-061", severity=Severity.HIGH, platforms=["linux"], parameters=["antimalware_services"])
def antimalware_runs(look: Look) -> Iterator[Said]:
    """An agent against malware runs."""
    yield from _one_runs(look, "antimalware_services")


@check("LNX-072", severity=Severity.MEDIUM, platforms=["linux"], parameters=["audit_services"])
def audit_runs(look: Look) -> Iterator[Said]:
    """The kernel records who did what."""
    yield from _one_runs(look, "audit_services")


@check("LNX-091", severity=Severity.MEDIUM, platforms=["linux"], parameters=["backup_services"])
def backup_runs(look: Look) -> Iterator[Said]:
    """An agent copies its data."""
    yield from _one_runs(look, "backup_services")
