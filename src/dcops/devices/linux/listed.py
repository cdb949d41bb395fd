"""Reads answers that are lists. Each function raises ValueError for an answer that is not one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

Fact = Mapping[str, Any]

_INSTALLED = re.compile(
    r"Inst (?P<name>\S+) (?:\[(?P<old>[^\]]*)\] )?\((?P<new>\S+) (?P<origins>.*?)(?: \[[^\]]*\])?\)"
)
_ADVISED = re.compile(r"(?P<advisory>\S+)\s+(?P<severity>\S+/Sec\.|security)\s+(?P<package>\S+)(?:\s.*)?")
_LOGIN = re.compile(r"(\S+)\s.*?(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d [+-]\d{4} \d{4})\s*")
_NEVER = re.compile(r"(\S+)\s.*\*\*Never logged in\*\*\s*")
_STATES = {"P": "usable", "PS": "usable", "L": "locked", "LK": "locked", "NP": "none"}
_DROPS = ("drop", "reject")
_PASSES_ON = {"counter", "log", "limit"}
"""Expressions of nftables that do not choose among packets."""


def units(answer: str) -> Fact:
    """`systemctl list-units`: the names of what is active."""
    names = []
    for line in answer.splitlines():
        words = line.replace("●", " ").split()
        if not words:
            continue
        if len(words) < 4 or words[2] != "active":
            raise ValueError("no answer of systemctl")
        names.append(words[0])
    if not names:
        raise ValueError("nothing is active")
    return {"active": sorted(names)}


def nftables(answer: str) -> Fact:
    """`nft --json list ruleset`: the chains that see what comes in, and what they do with the rest."""
    entries = json.loads(answer)["nftables"]
    chains = [entry["chain"] for entry in entries if "chain" in entry and entry["chain"].get("hook") == "input"]
    last: dict[tuple[str, str, str], Any] = {}
    for entry in entries:
        if rule := entry.get("rule"):
            last[rule["family"], rule["table"], rule["chain"]] = rule["expr"]
    return {
        "by": "nftables",
        "chains": [
            {
                "family": chain["family"],
                "name": f"{chain['table']} {chain['name']}",
                "drops": chain.get("policy") == "drop"
                or _drops(last.get((chain["family"], chain["table"], chain["name"]), ())),
            }
            for chain in chains
        ],
    }


def _drops(expressions: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a rule refuses every packet that reaches it."""
    names = {name for each in expressions for name in each}
    return bool(names & set(_DROPS)) and names <= {*_DROPS, *_PASSES_ON}


def iptables(answer: str) -> Fact:
    """`iptables-save`: the same for IPv4."""
    return _saved(answer, "ip")


def ip6tables(answer: str) -> Fact:
    """`ip6tables-save`: the same for IPv6."""
    return _saved(answer, "ip6")


def _saved(answer: str, family: str) -> Fact:
    table = ""
    policy, last = "", ""
    for line in answer.splitlines():
        if line.startswith("*"):
            table = line[1:].strip()
        elif table == "filter" and line.startswith(":INPUT "):
            policy = line.split()[1]
        elif table == "filter" and line.startswith("-A INPUT "):
            last = line
    if answer.strip() and not table:
        raise ValueError("no answer of iptables-save")
    if not policy:
        return {"by": "iptables", "chains": []}
    drops = policy == "DROP" or re.fullmatch(r"-A INPUT -j (?:DROP|REJECT)(?: --reject-with \S+)?", last) is not None
    return {"by": "iptables", "chains": [{"family": family, "name": "filter INPUT", "drops": drops}]}


def apt_updates(answer: str) -> Fact:
    """`apt-get --simulate dist-upgrade`: what it would install, and which of it mends weaknesses."""
    if "newly installed" not in answer:
        raise ValueError("no answer of apt-get")
    found = [match for line in answer.splitlines() if (match := _INSTALLED.match(line))]
    security = [each for each in found if "-security" in each["origins"].lower()]
    return {"by": "apt", "pending": len(found), "security": [f"{each['name']} {each['new']}" for each in security]}


def dnf_updates(answer: str) -> Fact:
    """`dnf updateinfo list --security --available`; nothing is an answer."""
    found = []
    for line in answer.splitlines():
        if not line.strip():
            continue
        match = _ADVISED.fullmatch(line.strip())
        if match is None:
            raise ValueError("no answer of dnf")
        found.append(f"{match['package']} ({match['advisory']})")
    return {"by": "dnf", "pending": len(found), "security": found}


def chrony_servers(answer: str) -> Fact:
    """`chronyc -c -n sources`: what it asks, and how many of them answer and are believed."""
    rows = [line.split(",") for line in answer.splitlines() if line]
    if any(len(row) < 10 for row in rows):
        raise ValueError("no answer of chronyc")
    servers = [row for row in rows if row[0] in ("^", "=")]
    return {"servers": [row[2] for row in servers], "usable": sum(row[1] in "*+-" for row in servers)}


def ntp_servers(answer: str) -> Fact:
    """`ntpq -pn`; the first sign of a row says what it thinks of the server."""
    _, bar, rows = answer.partition("=\n")
    if not bar:
        raise ValueError("no answer of ntpq")
    servers = [row for row in rows.splitlines() if row.strip() and ".POOL." not in row]
    return {"servers": [row[1:].split()[0] for row in servers], "usable": sum(row[0] in "*+-o#" for row in servers)}


def timesyncd_servers(answer: str) -> Fact:
    """`timedatectl show-timesync`; it asks one at a time, and counts as many as it was told of."""
    told = dict(line.partition("=")[::2] for line in answer.splitlines())
    if "ServerName" not in told and "SystemNTPServers" not in told:
        raise ValueError("no answer of systemd-timesyncd")
    servers = f"{told.get('SystemNTPServers', '')} {told.get('LinkNTPServers', '')}".split()
    return {"servers": servers, "usable": len(servers)}


def logins(answer: str) -> Fact:
    """`lastlog`: when each account last logged in, in seconds since 1970; 0 for never."""
    found: dict[str, int] = {}
    for line in answer.splitlines():
        if never := _NEVER.fullmatch(line):
            found[never[1]] = 0
        elif seen := _LOGIN.fullmatch(line):
            found[seen[1]] = int(datetime.strptime(seen[2], "%a %b %d %H:%M:%S %z %Y").timestamp())
    if not found:
        raise ValueError("no answer of lastlog")
    return {"accounts": found}


def passwords(answer: str) -> Fact:
    """`passwd --status --all`: whether each account has a password, and how long it lives; no hash stands there."""
    found = {}
    for line in answer.splitlines():
        words = line.split()
        if len(words) < 7 or words[1] not in _STATES or not re.fullmatch(r"-?\d+", words[4]):
            raise ValueError("no answer of passwd")
        found[words[0]] = {"password": _STATES[words[1]], "days": int(words[4])}
    if not found:
        raise ValueError("no answer of passwd")
    return {"accounts": found}
