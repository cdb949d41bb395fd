"""How the connections of a balancer fare: it follows from what is applied, and from the line that is plugged in."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Mapping
from typing import Any

SHOWN = ("name", "enable", "type", "bandwidthAllowanceMonitor")
RADIO = ("modem", "cellular", "wireless")
RADIO_SECRETS = ("username", "password", "pin")
"""What the status of a radio keeps to itself."""
METHODS = {"staticIp": "staticIp", "dhcp": "dhcp"}


def status(number: int, wan: Mapping[str, Any], *, seed: str, lease: int, up_seconds: float) -> dict[str, Any]:
    """One entry of `status.wan.connection`; `lease` counts how often the providers gave new addresses."""
    method = wan["connection"]["method"]["type"]
    entry: dict[str, Any] = {
        "name": wan["name"],
        "enable": wan["enable"],
        "locked": False,
        "asLan": False,
        "managementOnly": False,
        "message": "",
        "statusLed": "gray",
        "uptime": 0,
        "type": wan["type"],
        "virtual": False,
        "portId": number,
        "method": METHODS.get(method, "ppp"),
        "routingMode": wan["connection"]["routingMode"],
        "mtu": wan["physical"]["mtu"],
        "mac": f"00:00:5E:00:53:{number:02X}",
        "bandwidthAllowanceMonitor": wan["bandwidthAllowanceMonitor"],
    }
    if wan.get("schedule"):
        entry["scheduledOff"] = False
    # What a firmware adds that nobody foresaw stands beside the rest.
    entry |= {key: value for key, value in wan.items() if key not in KNOWN}
    dice = random.Random(f"{seed} {number} {lease}")
    for kind in RADIO:
        if kind in wan:
            shown = {key: value for key, value in wan[kind].items() if key not in RADIO_SECRETS}
            entry[kind] = {**shown, "signalLevel": random.randint(2, 5), "rssi": -random.randint(60, 90)}
    if not wan["enable"]:
        entry["message"] = "Disabled"
        return entry
    entry["priority"] = wan["priority"]
    address = _address(wan["connection"]["method"], number, dice)
    if address is None:
        entry |= {"statusLed": "red", "message": "WAN failed DNS test"}
        return entry
    entry |= address | {"statusLed": "green", "message": "Connected", "uptime": int(up_seconds)}
    return entry


KNOWN = {
    "name",
    "enable",
    "schedule",
    "priority",
    "type",
    "connection",
    "physical",
    "healthcheck",
    "ddns",
    "bandwidthAllowanceMonitor",
    "multipleIp",
    "wifi",
    *RADIO,
}


def _address(method: Mapping[str, Any], number: int, dice: random.Random) -> dict[str, Any] | None:
    """The address that the line has; None when nothing can be reached over it."""
    if method["type"] != "staticIp":
        host = dice.randint(10, 120)
        return {
            "ip": f"192.0.2.{host}",
            "mask": 25,
            "gateway": "192.0.2.1",
            "dns": [f"192.0.2.{3 + number}", f"192.0.2.{dice.randint(121, 126)}"],
        }
    try:
        network = ipaddress.ip_interface(f"{method['ip']}/{method['mask']}").network
        is_right = ipaddress.ip_address(method["gateway"]) in network
    except (KeyError, ValueError):
        return None
    if not is_right:
        return None
    return {key: method[key] for key in ("ip", "mask", "gateway", "dns") if key in method}
