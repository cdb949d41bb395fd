"""The questions that dcops asks a Cisco device, to be tried one by one."""

from __future__ import annotations

import re
from collections.abc import Callable

from dcops.devices.ios.answers import given
from dcops.devices.ios.version import SERIAL, SOFTWARE
from dcops.errors import DeviceError, ErrorKind
from dcops.model.call import Call, Told

Show = Callable[[str], bytes]
"""Gives the answer to a command, without its echo and the prompt after it."""

LEVEL = re.compile(r"privilege level is (\d+)")
END = re.compile(r"^end\s*\Z", re.MULTILINE)
OFF = re.compile(r"is not enabled")


def calls(show: Show) -> tuple[Call, ...]:
    """Rights, facts, each read of the backup, and the tables that name the neighbours."""

    def call(command: str, why: str, tell: Callable[[str], Told], *, needed: bool) -> Call:
        return Call(command, why, lambda: tell(given(show(command))), needed)

    return (
        call("show privilege", "rights", _rights, needed=False),
        call("show version", "facts", _facts, needed=False),
        call("show running-config", "backup", _whole, needed=True),
        call("show startup-config", "drift", _whole, needed=False),
        call("show lldp neighbors detail", "neighbours", _table, needed=False),
        call("show cdp neighbors detail", "neighbours", _table, needed=False),
        call("show ip arp", "neighbours", _table, needed=False),
    )


def _rights(answer: str) -> Told:
    match = LEVEL.search(answer)
    if match is None:
        return Told("it does not say its privilege level", "dcops cannot see whether the account may write")
    level = int(match[1])
    if level >= 15:
        return Told(
            f"privilege level {level}",
            "level 15 may also write, unless a TACACS+ server limits its commands",
        )
    return Told(f"privilege level {level}", "" if level > 1 else "level 1 sees no configuration")


def _facts(answer: str) -> Told:
    software, serial = SOFTWARE.search(answer), SERIAL.search(answer)
    if software is None:
        raise DeviceError(
            ErrorKind.INVALID,
            "its answer names no IOS version",
            next_step="Is it really a Cisco IOS device? Its platform stands in the inventory",
        )
    return Told(f"IOS {software[1]}{f', serial {serial[1]}' if serial else ''}")


def _whole(answer: str) -> Told:
    if not END.search(answer):
        raise DeviceError(
            ErrorKind.TRUNCATED,
            f"{len(answer):,} characters, and the last line is not `end`",
            next_step="The account may see only a part of it: look at it with this account by hand",
        )
    return Told(f"{len(answer.encode()):,} bytes, complete")


def _table(answer: str) -> Told:
    if OFF.search(answer):
        return Told("it is switched off there")
    rows = sum(1 for line in answer.splitlines() if line.strip())
    return Told(f"{rows} lines")
