"""What an audit asks of a server besides its files: commands that read, each of them optional.

All of it is asked without rights; where the settings allow sudo, what only root may see is asked by sudo besides.
docs/how-to/linux.md lists the commands and the lines of sudoers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from dcops.devices.linux import listed, said
from dcops.devices.linux.facts import ABSENT, Question, Way, learn
from dcops.devices.linux.session import Answer

SUDO = "sudo -n "
_PROFILES = "/etc/profile /etc/profile.d /etc/bashrc /etc/bash.bashrc /etc/environment"
_KERNEL = (
    "net.ipv4.conf.all.accept_redirects net.ipv4.conf.default.accept_redirects"
    " net.ipv4.conf.all.accept_source_route net.ipv4.conf.default.accept_source_route"
    " net.ipv6.conf.all.accept_redirects net.ipv6.conf.default.accept_redirects"
    " net.ipv4.tcp_syncookies kernel.randomize_va_space fs.protected_symlinks fs.suid_dumpable"
)
_PACKAGE_LISTS = (
    "/var/lib/apt/lists /var/lib/apt/lists/partial /var/lib/apt/periodic/update-success-stamp"
    " /var/cache/dnf /var/cache/yum /var/cache/libdnf5"
)
_SIGNATURES = "/var/lib/clamav/daily.cld /var/lib/clamav/daily.cvd /var/lib/clamav/daily.inc"


def _as_root(command: str, read: Callable[[str], Any]) -> tuple[Way, Way]:
    """As we are, and by sudo: sudoers compares the full path."""
    name = command.rpartition("/")[2]
    return Way(name, read), Way(f"{SUDO}{command}", read, sudo=True)


QUESTIONS = (
    Question("sshd", (*_as_root("/usr/sbin/sshd -T", said.sshd), Way("sshd -G", said.sshd))),
    Question(
        "services",
        (
            Way(
                "systemctl list-units --type=service,socket,timer --state=active --no-legend --plain --no-pager",
                listed.units,
            ),
        ),
    ),
    Question("nftables", _as_root("/usr/sbin/nft --json list ruleset", listed.nftables)),
    Question("iptables", _as_root("/usr/sbin/iptables-save", listed.iptables)),
    Question("ip6tables", _as_root("/usr/sbin/ip6tables-save", listed.ip6tables)),
    Question(
        "updates",
        (
            Way("apt-get --simulate --option=Debug::NoLocking=true dist-upgrade", listed.apt_updates),
            Way("dnf --quiet --cacheonly updateinfo list --security --available", listed.dnf_updates),
        ),
    ),
    Question("package-lists", (Way(f"stat --format=%Y:%n {_PACKAGE_LISTS}", said.newest, may_be_partial=True),)),
    Question(
        "time",
        (
            Way("chronyc -c tracking", said.chrony_time),
            Way("ntpq -c rv", said.ntp_time),
            Way("timedatectl timesync-status", said.timesyncd_time),
        ),
    ),
    Question(
        "time-servers",
        (
            Way("chronyc -c -n sources", listed.chrony_servers),
            Way("ntpq -pn", listed.ntp_servers),
            Way("timedatectl show-timesync", listed.timesyncd_servers),
        ),
    ),
    Question("logins", (Way("lastlog", listed.logins), Way("lastlog2", listed.logins))),
    Question("passwords", _as_root("/usr/bin/passwd --status --all", listed.passwords)),
    Question("idle", (Way(f"grep -rhE '^[^#]*TMOUT=' {_PROFILES}", said.timeouts, may_find_nothing=True),)),
    Question("kernel", (Way(f"sysctl {_KERNEL}", said.kernel, may_be_partial=True),)),
    Question("signatures", (Way(f"stat --format=%Y:%n {_SIGNATURES}", said.newest, may_be_partial=True),)),
)
WITHOUT: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {name: MappingProxyType({"chains": []}) for name in ("nftables", "iptables", "ip6tables")}
)
"""What it means that a command is not there: nobody can have written rules with it."""


@dataclass(frozen=True, slots=True)
class Learned:
    """One answer, or why there is none."""

    name: str
    fact: Mapping[str, Any]
    reason: str = ""


def allowed(question: Question, *, sudo: bool) -> Question:
    """The question without the ways that the settings do not allow."""
    return replace(question, ways=tuple(way for way in question.ways if sudo or not way.sudo))


def learned(ask: Callable[[str], Answer], *, sudo: bool) -> tuple[Learned, ...]:
    """Every question with its answer; what a server does not tell is no failure."""
    found = []
    for question in QUESTIONS:
        fact, reason = learn(allowed(question, sudo=sudo), ask)
        if reason == ABSENT and question.key in WITHOUT:
            fact, reason = dict(WITHOUT[question.key]), ""
        told = f"{question.ways[0].command.split()[0]}: {reason}" if reason else ""
        found.append(Learned(question.key, fact or {}, told))
    return tuple(found)
