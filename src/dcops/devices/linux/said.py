"""Reads answers that are settings or single values. Each function raises ValueError for an answer that is not one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Fact = Mapping[str, Any]

_SEVERAL = frozenset({"port", "listenaddress", "allowusers", "allowgroups", "denyusers", "denygroups", "hostkey"})
"""Settings of sshd that may stand on several lines, or hold several words."""
_ALGORITHMS = frozenset({"ciphers", "macs", "kexalgorithms", "hostkeyalgorithms", "pubkeyacceptedalgorithms"})
_TIMEOUT = re.compile(r"\bTMOUT=[\"']?(\d+)")
_NOT_SET = 0x7F7F0101
"""chrony's name for its own clock."""
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SPAN = re.compile(r"([+-]?[\d.]+)(us|ms|s|min|h|d)\b")


def sshd(answer: str) -> Fact:
    """`sshd -T`: the settings in force, outside of `Match` blocks."""
    found: dict[str, Any] = {}
    for line in answer.splitlines():
        name, _, value = line.strip().partition(" ")
        if name in _SEVERAL:
            found.setdefault(name, []).extend(value.split())
        elif name in _ALGORITHMS:
            found[name] = [each for each in value.split(",") if each]
        elif name:
            found.setdefault(name, value)
    if not {"port", "permitrootlogin", "ciphers"} <= found.keys():
        raise ValueError("no answer of sshd")
    return found


def newest(answer: str) -> Fact:
    """`stat --format=%Y:%n`: when the youngest of some files was written."""
    times = [line.partition(":")[0] for line in answer.splitlines()]
    if not times or not all(each.isdigit() for each in times):
        raise ValueError("no answer of stat")
    return {"at": max(map(int, times))}


def chrony_time(answer: str) -> Fact:
    """`chronyc -c tracking`."""
    fields = answer.strip().split(",")
    if len(fields) < 14:
        raise ValueError("no answer of chronyc")
    return {
        "by": "chrony",
        "synchronised": fields[13] != "Not synchronised" and int(fields[0], 16) not in (0, _NOT_SET),
        "offset_seconds": abs(float(fields[4])),
    }


def ntp_time(answer: str) -> Fact:
    """`ntpq -c rv`."""
    offset = re.search(r"\boffset=([+-]?[\d.]+)", answer)
    if offset is None or "leap" not in answer:
        raise ValueError("no answer of ntpq")
    return {
        "by": "ntpd",
        "synchronised": "leap_alarm" not in answer and "sync_unspec" not in answer,
        "offset_seconds": abs(float(offset[1])) / 1000,
    }


def timesyncd_time(answer: str) -> Fact:
    """`timedatectl timesync-status`: it tells an offset once a server has answered."""
    if "Poll interval:" not in answer:
        raise ValueError("no answer of systemd-timesyncd")
    offset = re.search(r"^\s*Offset:\s*(\S.*)$", answer, re.MULTILINE)
    parts = _SPAN.findall(offset[1]) if offset else []
    fact: dict[str, Any] = {"by": "systemd-timesyncd", "synchronised": bool(parts)}
    if parts:
        fact["offset_seconds"] = sum(abs(float(number)) * _UNITS[unit] for number, unit in parts)
    return fact


def timeouts(answer: str) -> Fact:
    """`grep … TMOUT=`: after how many seconds shells end that nobody uses."""
    return {"seconds": [int(each) for each in _TIMEOUT.findall(answer)]}


def kernel(answer: str) -> Fact:
    """`sysctl NAME…`, numbers as numbers."""
    found: dict[str, Any] = {}
    for line in answer.splitlines():
        name, sign, value = line.partition(" = ")
        if not sign:
            raise ValueError("no answer of sysctl")
        found[name.strip()] = int(value) if value.strip().isdigit() else value.strip()
    if not found:
        raise ValueError("no answer of sysctl")
    return found
