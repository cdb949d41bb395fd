"""What switches answer beside routers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lab.ios.grammar import Command
from lab.ios.show.interfaces import SHORT

if TYPE_CHECKING:
    from lab.ios.shell import Session


def _vlan_brief(session: Session, _arguments: Mapping[str, str]) -> str:
    running = session.router.running
    ports: dict[str, list[str]] = {}
    for section in running.sections("interface"):
        name = section.text.removeprefix("interface ")
        short = next((code + name[len(long) :] for long, code in SHORT.items() if name.startswith(long)), name)
        for line in section.children:
            if line.text.startswith(" switchport access vlan "):
                ports.setdefault(line.text.split()[-1], []).append(short)
    rows = [
        "",
        "VLAN Name                             Status    Ports",
        "---- -------------------------------- --------- -------------------------------",
    ]
    vlans = {"1": "default"}
    for section in running.sections("vlan"):
        number = section.text.split()[1]
        if number.isdigit():
            vlans[number] = next((line.text.split()[1] for line in section.children), f"VLAN{int(number):04d}")
    for number, name in vlans.items():
        members = ports.get(number, [])
        lines = [", ".join(members[start : start + 4]) for start in range(0, len(members), 4)] or [""]
        rows.append(f"{number:<4} {name:<32} {'active':<9} {lines[0]}".rstrip())
        rows += [f"{'':48}{line}" for line in lines[1:]]
    return "\n".join(rows) + "\n"


def _vtp_status(session: Session, _arguments: Mapping[str, str]) -> str:
    running = session.router.running
    mode = (running.value("vtp mode") or "server").capitalize()
    return (
        "VTP Version capable             : 1 to 3\n"
        "VTP version running             : 1\n"
        f"VTP Domain Name                 : {running.value('vtp domain') or ''}\n"
        "VTP Pruning Mode                : Disabled\n"
        "VTP Traps Generation            : Disabled\n"
        f"Configuration last modified by {session.router.identity.ipv4} at 0-0-00 00:00:00\n"
        "\n"
        "Feature VLAN:\n"
        "--------------\n"
        f"VTP Operating Mode                : {mode}\n"
        "Maximum VLANs supported locally   : 1005\n"
        f"Number of existing VLANs          : {5 + sum(1 for _ in running.sections('vlan'))}\n"
        "Configuration Revision            : 0\n"
    )


COMMANDS = (
    Command("show vlan brief", _vlan_brief),
    Command("show vtp status", _vtp_status),
)
