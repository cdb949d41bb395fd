"""What PAN-OS tells of the network around it, in the shape of NAPALM's getters.

The forms of the ARP table and of the interface list were seen on real devices; that of the LLDP neighbours is taken
from what others read and is unconfirmed.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from dcops.errors import DeviceError, ErrorKind

ARP = "<show><arp><entry name='all'/></arp></show>"
LLDP = "<show><lldp><neighbors>all</neighbors></lldp></show>"
INTERFACES = "<show><interface>all</interface></show>"


def arp_table(answer: etree._Element) -> list[dict[str, Any]]:
    """The lines of the ARP table that somebody answered for."""
    entries = answer.find("result/entries")
    if entries is None:
        raise DeviceError(ErrorKind.INVALID, "show arp gave no table", next_step="Look at the device")
    rows = []
    for entry in entries.iterfind("entry"):
        mac = _text(entry, "mac")
        if mac.count(":") == 5:
            age = _text(entry, "ttl")
            rows.append(
                {
                    "interface": _text(entry, "interface"),
                    "mac": mac.upper(),
                    "ip": _text(entry, "ip"),
                    # What is left of its life, where NAPALM wants its age: PAN-OS does not say how old it is.
                    "age": float(age) if age.isdigit() else 0.0,
                }
            )
    return rows


def lldp_neighbours(answer: etree._Element) -> dict[str, list[dict[str, Any]]]:
    """Neighbours by port, with `remote_management_address` beside what NAPALM names."""
    ports = answer.findall("result/entry")
    if not ports:
        raise DeviceError(ErrorKind.UNSUPPORTED, "no port speaks LLDP", next_step="Switch LLDP on if it is wanted")
    found: dict[str, list[dict[str, Any]]] = {}
    for port in ports:
        for entry in port.iterfind("neighbors/entry"):
            found.setdefault(port.get("name", ""), []).append(_neighbour(entry))
    return found


def _neighbour(entry: etree._Element) -> dict[str, Any]:
    addresses = [one.get("name", "") for one in entry.iterfind("management-address/entry")]
    return {
        "parent_interface": "",
        "remote_chassis_id": _text(entry, "chassis-id"),
        "remote_system_name": _text(entry, "system-name"),
        "remote_port": _text(entry, "port-id"),
        "remote_port_description": _text(entry, "port-description"),
        "remote_system_description": _text(entry, "system-description"),
        "remote_system_capab": _words(_text(entry, "system-capabilities")),
        "remote_system_enable_capab": _words(_text(entry, "enabled-capabilities")),
        "remote_management_address": [address for address in addresses if address],
    }


def interfaces_ip(interfaces: etree._Element, system: etree._Element) -> dict[str, dict[str, dict[str, Any]]]:
    """Addresses by interface and family; the management port is called `management`, as PAN-OS does."""
    found: dict[str, dict[str, dict[str, Any]]] = {}

    def add(name: str, text: str, length: str = "") -> None:
        address, _, given = text.partition("/")
        family = "ipv6" if ":" in address else "ipv4"
        whole = 128 if family == "ipv6" else 32
        length = given or length
        bits = int(length) if length.isdigit() and int(length) <= whole else whole
        found.setdefault(name, {}).setdefault(family, {})[address] = {"prefix_length": bits}

    for entry in interfaces.iterfind("result/ifnet/entry"):
        name = _text(entry, "name")
        for text in (_text(entry, "ip"), *(_value(member) for member in entry.iterfind("addr6/member"))):
            if _is_address(text):
                add(name, text)
    info = system.find("result/system")
    for key in ("ip-address", "ipv6-address"):
        text = _text(info, key) if info is not None else ""
        if _is_address(text):
            add("management", text)
    return found


def _is_address(text: str) -> bool:
    return text not in ("", "N/A", "unknown") and text[:1] in "0123456789abcdefABCDEF:" and ("." in text or ":" in text)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _text(element: etree._Element, path: str) -> str:
    return " ".join((element.findtext(path) or "").split())


def _value(element: etree._Element) -> str:
    return (element.text or "").strip()
