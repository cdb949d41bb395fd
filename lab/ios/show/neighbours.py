"""LLDP and CDP neighbours, ARP and IPv6 neighbours: the lab's topology in Cisco's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Interface, ip_interface
from typing import TYPE_CHECKING

from lab.ios.grammar import Command
from lab.ios.show.interfaces import SHORT
from lab.topology import Cable

if TYPE_CHECKING:
    from lab.ios.router import Router
    from lab.ios.shell import Session

NO_LLDP = "% LLDP is not enabled\n"
NO_CDP = "% CDP is not enabled\n"
_LETTERS = {"router": "R", "bridge": "B"}
_WORDS = {"router": "Router", "bridge": "Switch"}
# HSRP version 2: the group's number stands in the last twelve bits.
_HSRP = "0000.0c9f.f"


@dataclass(frozen=True, slots=True)
class Port:
    """An interface with addresses, as the running configuration has it."""

    name: str
    vrf: str
    is_shut: bool
    ipv4: tuple[str, ...]
    """`192.0.2.13/26`."""
    ipv6: tuple[str, ...]
    hsrp: tuple[tuple[int, str], ...]
    """Groups and their addresses."""

    @property
    def is_ethernet(self) -> bool:
        """It keeps an ARP table."""
        return not self.name.startswith(("Loopback", "Tunnel", "Dialer", "Serial", "Embedded"))


def ports(router: Router) -> Iterator[Port]:
    """The interfaces in the order of the configuration."""
    for section in router.running.sections("interface"):
        ipv4, ipv6, hsrp, vrf, is_shut = [], [], [], "", False
        for line in section.children:
            match line.text.split():
                case ["ip", "address", address, mask, *_] if mask.count(".") == 3:
                    ipv4.append(str(ip_interface(f"{address}/{mask}")))
                case ["ipv6", "address", address, *_] if "/" in address:
                    ipv6.append(str(IPv6Interface(address)))
                case ["standby", group, "ip", address] if group.isdigit():
                    hsrp.append((int(group), address))
                case ["vrf", "forwarding", name]:
                    vrf = name
                case ["shutdown"]:
                    is_shut = True
        name = section.text.removeprefix("interface ")
        yield Port(name, vrf, is_shut, tuple(ipv4), tuple(ipv6), tuple(hsrp))


def short(name: str) -> str:
    """`Gi0/0/1`."""
    for long, code in SHORT.items():
        if name.startswith(long) and name[len(long) : len(long) + 1].isdigit():
            return code + name[len(long) :]
    return name


def dotted(mac: str) -> str:
    """A MAC address as Cisco writes it: `0200.5e10.0001`."""
    digits = mac.replace(":", "")
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def _told(session: Session, protocol: str) -> Sequence[Cable]:
    return [cable for cable in session.router.surroundings.cables if protocol in cable.far.speaks]


# ---- LLDP --------------------------------------------------------------------------------------


def _lldp_runs(router: Router) -> bool:
    return router.running.has("lldp run")


def _lldp(session: Session, _arguments: Mapping[str, str]) -> str:
    if not _lldp_runs(session.router):
        return NO_LLDP
    return (
        "\nGlobal LLDP Information:\n    Status: ACTIVE\n    LLDP advertisements are sent every 30 seconds\n"
        "    LLDP hold time advertised is 120 seconds\n    LLDP interface reinitialisation delay is 2 seconds\n"
    )


def _lldp_brief(session: Session, _arguments: Mapping[str, str]) -> str:
    if not _lldp_runs(session.router):
        return NO_LLDP
    cables = _told(session, "lldp")
    rows = [
        "Capability codes:",
        "    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
        "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other",
        "",
        "Device ID           Local Intf     Hold-time  Capability      Port ID",
    ]
    for cable in cables:
        letters = ",".join(_LETTERS[word] for word in cable.far.capabilities)
        name = cable.far.announced[:20]
        rows.append(f"{name:<20}{short(cable.port):<15}{120:<11}{letters:<16}{short(cable.far_port)}")
    return "\n".join([*rows, "", f"Total entries displayed: {len(cables)}"]) + "\n"


def _lldp_detail(session: Session, _arguments: Mapping[str, str]) -> str:
    if not _lldp_runs(session.router):
        return NO_LLDP
    cables = _told(session, "lldp")
    blocks = "".join(_lldp_block(cable) for cable in cables)
    return f"{blocks}\n\nTotal entries displayed: {len(cables)}\n"


def _lldp_block(cable: Cable) -> str:
    far = cable.far
    letters = ",".join(_LETTERS[word] for word in far.capabilities)
    addresses = [f"    IP: {far.ipv4}"] if far.ipv4 else []
    addresses += [f"    IPV6: {far.ipv6.upper()}"] if far.ipv6 else []
    lines = [
        "------------------------------------------------",
        f"Local Intf: {short(cable.port)}",
        f"Chassis id: {dotted(far.mac)}",
        f"Port id: {short(cable.far_port)}",
        f"Port Description: {cable.far_port}",
        f"System Name: {far.announced}",
        "",
        "System Description: ",
        far.description,
        "",
        "Time remaining: 97 seconds",
        f"System Capabilities: {letters}",
        f"Enabled Capabilities: {letters}",
        *(["Management Addresses:", *addresses] if addresses else ["Management Addresses - not advertised"]),
        "Auto Negotiation - supported, enabled",
        "Physical media capabilities:",
        "    1000baseT(FD)",
        "Media Attachment Unit type: 30",
        "Vlan ID: - not advertised",
        "",
    ]
    return "\n".join(lines) + "\n"


# ---- CDP ---------------------------------------------------------------------------------------


def _cdp_runs(router: Router) -> bool:
    return not router.running.has("no cdp run")


def _cdp(session: Session, _arguments: Mapping[str, str]) -> str:
    if not _cdp_runs(session.router):
        return NO_CDP
    return (
        "Global CDP information:\n        Sending CDP packets every 60 seconds\n"
        "        Sending a holdtime value of 180 seconds\n        Sending CDPv2 advertisements is enabled\n"
    )


def _cdp_brief(session: Session, _arguments: Mapping[str, str]) -> str:
    if not _cdp_runs(session.router):
        return NO_CDP
    cables = _told(session, "cdp")
    rows = [
        "Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge",
        "                  S - Switch, H - Host, I - IGMP, r - Repeater, P - Phone",
        "",
        "Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID",
    ]
    for cable in cables:
        letters = " ".join({"router": "R", "bridge": "S"}[word] for word in cable.far.capabilities)
        rows.append(cable.far.announced)
        rows.append(
            f"{'':17}{short(cable.port):<18}{141:<13}{letters:<10}{cable.far.product[:9]:<10}{short(cable.far_port)}"
        )
    return "\n".join([*rows, "", f"Total cdp entries displayed : {len(cables)}"]) + "\n"


def _cdp_detail(session: Session, _arguments: Mapping[str, str]) -> str:
    if not _cdp_runs(session.router):
        return NO_CDP
    cables = _told(session, "cdp")
    return "".join(_cdp_block(cable) for cable in cables) + f"\nTotal cdp entries displayed : {len(cables)}\n"


def _cdp_block(cable: Cable) -> str:
    far = cable.far
    words = " ".join([*(_WORDS[word] for word in far.capabilities), "IGMP"])
    addresses = [f"  IP address: {far.ipv4}"] if far.ipv4 else []
    addresses += [f"  IPv6 address: {far.ipv6.upper()}  (global unicast)"] if far.ipv6 else []
    management = ["Management address(es): ", f"  IP address: {far.ipv4}"] if far.ipv4 else []
    lines = [
        "-------------------------",
        f"Device ID: {far.announced}",
        "Entry address(es): ",
        *addresses,
        f"Platform: cisco {far.product},  Capabilities: {words} ",
        f"Interface: {cable.port},  Port ID (outgoing port): {cable.far_port}",
        "Holdtime : 141 sec",
        "",
        "Version :",
        far.description,
        "Technical Support: http://www.cisco.com/techsupport",
        "",
        "advertisement version: 2",
        "Duplex: full",
        *management,
        "",
    ]
    return "\n".join(lines) + "\n"


# ---- addresses ---------------------------------------------------------------------------------


def _arp(session: Session, _arguments: Mapping[str, str]) -> str:
    router = session.router
    rows = ["Protocol  Address          Age (min)  Hardware Addr   Type   Interface"]

    def add(address: str, age: str, hardware: str, interface: str) -> None:
        rows.append(f"Internet  {address:<16}{age:>9}   {hardware:<15} ARPA   {interface}")

    for port in ports(router):
        if port.vrf or port.is_shut or not port.is_ethernet:
            continue
        for text in port.ipv4:
            address = text.partition("/")[0]
            add(address, "-", dotted(router.surroundings.mac), port.name)
            if address == router.identity.ipv4:
                for minutes, speaker in enumerate(router.surroundings.speakers):
                    if speaker.ipv4:
                        add(speaker.ipv4, str(minutes % 240), dotted(speaker.mac), port.name)
        for group, address in port.hsrp:
            add(address, "-", f"{_HSRP}{group:03x}", port.name)
    return "\n".join(rows) + "\n"


def _ipv6_neighbours(session: Session, _arguments: Mapping[str, str]) -> str:
    router = session.router
    rows = ["IPv6 Address                              Age Link-layer Addr State Interface"]
    for port in ports(router):
        if (
            port.vrf
            or port.is_shut
            or not port.ipv6
            or all(text.partition("/")[0] != router.identity.ipv4 for text in port.ipv4)
        ):
            continue
        for minutes, speaker in enumerate(router.surroundings.speakers):
            for address in (speaker.ipv6, link_local(speaker.mac)) if speaker.ipv6 else ():
                rows.append(
                    f"{address.upper():<40}{minutes % 240:>5} {dotted(speaker.mac)}  {'STALE':<5} {short(port.name)}"
                )
    return "\n".join(rows) + "\n"


def link_local(mac: str) -> str:
    """The address that a box gives itself on every link."""
    bytes_ = [int(part, 16) for part in mac.split(":")]
    bytes_[0] ^= 2
    groups = [bytes_[0] << 8 | bytes_[1], bytes_[2] << 8 | 0xFF, 0xFE00 | bytes_[3], bytes_[4] << 8 | bytes_[5]]
    return f"fe80::{':'.join(f'{group:x}' for group in groups)}"


def _ip_interface(session: Session, _arguments: Mapping[str, str]) -> str:
    rows = []
    for port in ports(session.router):
        status = "administratively down, line protocol is down" if port.is_shut else "up, line protocol is up"
        rows.append(f"{port.name} is {status}")
        if not port.ipv4:
            rows.append("  Internet protocol processing disabled")
            continue
        rows.append(f"  Internet address is {port.ipv4[0]}")
        rows.append("  Broadcast address is 255.255.255.255")
        rows.append("  Address determined by non-volatile memory")
        rows.append("  MTU is 1500 bytes")
        rows += [f"  Secondary address {text}" for text in port.ipv4[1:]]
    return "\n".join(rows) + "\n"


def _ipv6_interface(session: Session, _arguments: Mapping[str, str]) -> str:
    rows = []
    for port in ports(session.router):
        if not port.ipv6:
            continue
        status = "administratively down, line protocol is down" if port.is_shut else "up, line protocol is up"
        own = link_local(session.router.surroundings.mac).upper() if session.router.surroundings.mac else "FE80::1"
        rows += [f"{port.name} is {status}", f"  IPv6 is enabled, link-local address is {own} "]
        rows.append("  Global unicast address(es):")
        for text in port.ipv6:
            interface = IPv6Interface(text)
            rows.append(f"    {str(interface.ip).upper()}, subnet is {str(interface.network).upper()} ")
        rows.append("  MTU is 1500 bytes")
    return "\n".join(rows) + "\n"


COMMANDS = (
    Command("show lldp", _lldp),
    Command("show lldp neighbors", _lldp_brief),
    Command("show lldp neighbors detail", _lldp_detail),
    Command("show cdp", _cdp),
    Command("show cdp neighbors", _cdp_brief),
    Command("show cdp neighbors detail", _cdp_detail),
    Command("show arp", _arp),
    Command("show ip arp", _arp),
    Command("show ipv6 neighbors", _ipv6_neighbours),
    Command("show ip interface", _ip_interface),
    Command("show ipv6 interface", _ipv6_interface),
)
