"""What the box is, how it feels, and who is on it."""

from __future__ import annotations

import functools
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from lab.ios.grammar import Command
from lab.ios.times import ZONE, stamp, uptime

if TYPE_CHECKING:
    from lab.ios.shell import Session

DATA = Path(__file__).parent.parent.parent / "devices" / "ios"


@functools.cache
def _text(folder: str, name: str) -> Template:
    return Template((DATA / folder / name).read_text(encoding="utf-8"))


def _fill(session: Session, name: str) -> str:
    router = session.router
    return _text(router.model.folder, name).substitute(
        hostname=router.hostname,
        uptime=uptime(router.uptime_seconds),
        restarted=stamp(router.started),
        serial=router.identity.serial,
        software=router.identity.software,
        plain_software=plain(router.identity.software),
    )


def plain(software: str) -> str:
    """A version as the first line of `show version` writes it: `17.09.04a` is `17.9.4a` there."""
    head, dot, tail = software.partition("(")
    return ".".join(part.lstrip("0") or "0" for part in head.split(".")) + dot + tail


def _version(session: Session, _arguments: Mapping[str, str]) -> str:
    return _fill(session, "version.txt")


def _inventory(session: Session, _arguments: Mapping[str, str]) -> str:
    return _fill(session, "inventory.txt")


def _hosts(session: Session, _arguments: Mapping[str, str]) -> str:
    running = session.router.running
    domain = running.value("ip domain name") or running.value("ip domain-name") or "not set"
    lookup = "disabled" if running.has("no ip domain lookup") else "enabled"
    return (
        f"Default domain is {domain}\n"
        f"Name/address lookup uses {'static mappings' if lookup == 'disabled' else 'domain service'}\n"
        "\n"
        "Codes: UN - unknown, EX - expired, OK - OK, ?? - revalidate\n"
        "       temp - temporary, perm - permanent\n"
        "       NA - Not Applicable None - Not defined\n"
        "\n"
        "Host                      Port  Flags      Age Type   Address(es)\n"
    )


def _clock(_session: Session, _arguments: Mapping[str, str]) -> str:
    now = datetime.now(UTC)
    local = now.astimezone(ZONE)
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d} ICT {local:%a %b} {local.day} {local.year}\n"


def _privilege(session: Session, _arguments: Mapping[str, str]) -> str:
    return f"Current privilege level is {session.privilege}\n"


def _users(session: Session, _arguments: Mapping[str, str]) -> str:
    line = f"{1 if session.router.model.is_switch else 388} vty 0"
    return (
        "    Line       User       Host(s)              Idle       Location\n"
        f"*{line:>9}     {session.user:<10} idle                 00:00:00   -\n"
        "\n"
        "  Interface    User               Mode         Idle     Peer Address\n"
    )


def _processes(session: Session, _arguments: Mapping[str, str]) -> str:
    dice = random.Random(f"{session.router.name}{datetime.now(UTC):%Y%m%d%H%M}")
    minute, runtime, each = dice.randint(2, 12), dice.randint(20000, 90000), dice.randint(50, 200)
    return (
        f"CPU utilization for five seconds: {minute + 1}%/0%; one minute: {minute}%; five minutes: {minute}%\n"
        " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process \n"
        "   1           4          12        333  0.00%  0.00%  0.00%   0 Chunk Manager    \n"
        "   2        1204       94410         12  0.00%  0.00%  0.00%   0 Load Meter       \n"
        f"   3       {runtime}      401122        {each}  0.15%  0.09%  0.08%   0 Check heaps      \n"
    )


def _memory(_session: Session, _arguments: Mapping[str, str]) -> str:
    return (
        "                Head    Total(b)     Used(b)     Free(b)   Lowest(b)  Largest(b)\n"
        "Processor   3016E020   385409492   109228460   276181032   274106324   205116616\n"
        "      I/O    D400000    46137344    11210876    34926468    34851776    34902588\n"
    )


def _ip_ssh(session: Session, _arguments: Mapping[str, str]) -> str:
    algorithms = session.router.model.algorithms
    return (
        "SSH Enabled - version 2.0\n"
        "Authentication methods:publickey,keyboard-interactive,password\n"
        f"Hostkey Algorithms:{','.join(algorithms.host_key_signatures)}\n"
        f"Encryption Algorithms:{','.join(algorithms.ciphers)}\n"
        f"MAC Algorithms:{','.join(algorithms.macs)}\n"
        f"KEX Algorithms:{','.join(algorithms.key_exchange)}\n"
        "Authentication timeout: 60 secs; Authentication retries: 3\n"
        "Minimum expected Diffie Hellman key size : 2048 bits\n"
    )


def _dir(session: Session, _arguments: Mapping[str, str]) -> str:
    file_system = session.router.model.file_system
    return (
        f"Directory of {file_system}/\n"
        "\n"
        f"    1  -rw-    84172292  Sep 14 2020 11:20:34 +07:00  {session.router.model.folder}-image.bin\n"
        "    2  -rw-        3064  Sep 14 2020 11:34:10 +07:00  vlan.dat\n"
        "\n"
        "256487424 bytes total (172309064 bytes free)\n"
    )


COMMANDS = (
    Command("show version", _version),
    Command("show inventory", _inventory),
    Command("show inventory raw", _inventory),
    Command("show hosts", _hosts),
    Command("show clock", _clock),
    Command("show privilege", _privilege),
    Command("show users", _users),
    Command("show processes cpu", _processes),
    Command("show memory statistics", _memory),
    Command("show ip ssh", _ip_ssh),
    Command("dir", _dir, privilege=15),
    Command("dir <file-system>", _dir, privilege=15),
)
