"""Interfaces, as the running configuration describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.ios.grammar import Command

if TYPE_CHECKING:
    from lab.ios.router import Router
    from lab.ios.shell import Session

SHORT = {
    "GigabitEthernet": "Gi",
    "TenGigabitEthernet": "Te",
    "TwentyFiveGigE": "Twe",
    "FastEthernet": "Fa",
    "Port-channel": "Po",
    "Loopback": "Lo",
    "Tunnel": "Tu",
    "Vlan": "Vl",
    "Dialer": "Di",
}


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface of the running configuration."""

    name: str
    description: str
    address: str | None
    is_shut: bool
    is_negotiated: bool

    @property
    def short_name(self) -> str:
        """`Gi0/0/1`."""
        for long, short in SHORT.items():
            if self.name.startswith(long) and self.name[len(long) : len(long) + 1].isdigit():
                return short + self.name[len(long) :]
        return self.name


def interfaces(router: Router) -> Iterator[Interface]:
    """The router's interfaces in the order of the configuration."""
    for section in router.running.sections("interface"):
        lines = [line.text.strip() for line in section.children]
        address = next((line for line in lines if line.startswith("ip address ")), "")
        words = address.split()
        yield Interface(
            name=section.text.removeprefix("interface "),
            description=next(
                (line.removeprefix("description ") for line in lines if line.startswith("description ")), ""
            ),
            address=words[2] if len(words) > 3 else None,
            is_shut="shutdown" in lines,
            is_negotiated=address == "ip address negotiated",
        )


def _brief(session: Session, _arguments: Mapping[str, str]) -> str:
    rows = ["Interface              IP-Address      OK? Method Status                Protocol"]
    for interface in interfaces(session.router):
        method = "IPCP " if interface.is_negotiated else "NVRAM" if interface.address or interface.is_shut else "unset"
        status, protocol = ("administratively down", "down") if interface.is_shut else ("up", "up")
        address = interface.address or "unassigned"
        rows.append(f"{interface.name:<22} {address:<15} YES {method:<6} {status:<21} {protocol}")
    return "\n".join(rows) + "\n"


def _description(session: Session, _arguments: Mapping[str, str]) -> str:
    rows = ["Interface                      Status         Protocol Description"]
    for interface in interfaces(session.router):
        status, protocol = ("admin down", "down") if interface.is_shut else ("up", "up")
        rows.append(f"{interface.short_name:<30} {status:<14} {protocol:<8} {interface.description}".rstrip())
    return "\n".join(rows) + "\n"


COMMANDS = (
    Command("show ip interface brief", _brief),
    Command("show interfaces description", _description),
)
