"""The functions of the API: what they answer, and which of them change something."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.peplink import health
from lab.peplink.answers import BAD_REQUEST, DENIED, NO_SUCH_FUNCTION, Answer, Refused, success
from lab.peplink.configuration import merge
from lab.peplink.sessions import Session

if TYPE_CHECKING:
    from lab.peplink.balancer import Balancer

Given = Mapping[str, Any]
"""The query of a GET, or the body of a POST."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the API, for one method."""

    name: str
    method: str
    run: Callable[[Balancer, Given, Session], Answer]


def find(name: str, method: str) -> Function:
    """The function of that name; Refused when the firmware has none, or not for this method."""
    found = BY_NAME.get((method, name))
    if found is not None:
        return found
    if name in ELSEWHERE or any(known == name for _, known in BY_NAME):
        raise Refused(BAD_REQUEST, f"{method} is not supported here")
    raise Refused(NO_SUCH_FUNCTION, f"Unknown function {name[:80]}")


def firmware(balancer: Balancer, *, logged_in: bool) -> Answer:
    """Both firmware slots; before a login only the one that runs."""
    slots = {
        "1": {"version": balancer.firmware, "bootable": True, "inUse": True},
        "2": {"version": "8.1.3 build 4975", "bootable": True, "inUse": False},
    }
    if not logged_in:
        return success({"1": slots["1"], "order": [1]})
    return success({**slots, "order": [1, 2]})


def wan_status(balancer: Balancer, given: Given, _session: Session) -> Answer:
    """Every connection, or those that are asked for."""
    wanted = [int(number) for number in given.get("id", ()) if str(number).isdigit()]
    wans = balancer.configuration.applied["wan"]
    order = [number for number in wans["order"] if not wanted or number in wanted]
    up = balancer.up_seconds
    entries = {
        str(number): health.status(
            number, wans[str(number)], seed=balancer.name, lease=balancer.leases, up_seconds=max(0.0, up - number)
        )
        for number in order
    }
    # Newer firmware repeats the table as a list, for readers that like lists.
    repeated = [{**entries[str(number)], "id": number} for number in order]
    table = {**entries, "order": order, "supportGatewayProxy": True, "connection": repeated}
    return success(table, is_configuration=True)


def lan_profile(balancer: Balancer, _given: Given, _session: Session) -> Answer:
    """The networks behind the balancer."""
    return success(balancer.configuration.applied["lan"], is_configuration=True)


def ssid_profile(balancer: Balancer, _given: Given, _session: Session) -> Answer:
    """The wireless networks, with their keys."""
    return success(balancer.configuration.applied["ssid"], is_configuration=True)


def priority(balancer: Balancer, given: Given, session: Session) -> Answer:
    """The order in which connections are used; an empty list reads it."""
    listed = given.get("list")
    if not isinstance(listed, list):
        raise Refused(BAD_REQUEST, "Missing list")
    if not listed:
        wans = balancer.configuration.latest["wan"]
        return success(
            {
                "list": [
                    {"connId": number, "priority": wans[str(number)]["priority"], "enable": wans[str(number)]["enable"]}
                    for number in wans["order"]
                ]
            }
        )
    for item in listed:
        number = _known_wan(balancer, item.get("connId") if isinstance(item, dict) else None)
        for key in ("priority", "enable"):
            if key in item:
                balancer.configuration.stage(f"wan.{number}.{key}", item[key], session.user)
    if given.get("instantActive") is True:
        balancer.configuration.apply()
    return success()


def wan_update(balancer: Balancer, given: Given, session: Session) -> Answer:
    """Change fields of connections; nothing is effective before it is applied."""
    if given.get("action") != "update" or not isinstance(given.get("list"), list):
        raise Refused(BAD_REQUEST, "Invalid parameter action or list")
    for item in given["list"]:
        number = _known_wan(balancer, item.get("id") if isinstance(item, dict) else None)
        wan = copy.deepcopy(balancer.configuration.latest["wan"][str(number)])
        merge(wan, {key: value for key, value in item.items() if key != "id"})
        balancer.configuration.stage(f"wan.{number}", wan, session.user)
    return success()


def _known_wan(balancer: Balancer, number: object) -> int:
    if not isinstance(number, int) or number not in balancer.configuration.latest["wan"]["order"]:
        raise Refused(BAD_REQUEST, f"Invalid connection {number}")
    return number


def apply(balancer: Balancer, _given: Given, _session: Session) -> Answer:
    """Everything that is pending becomes effective, whoever made it; then the web admin starts anew."""
    balancer.apply(delay_seconds=0.2)
    return success({"warning": []})


def discard(balancer: Balancer, _given: Given, _session: Session) -> Answer:
    """Everything that is pending is forgotten, whoever made it."""
    balancer.configuration.discard()
    return success()


def clients(balancer: Balancer, given: Given, _session: Session) -> Answer:
    """The hosts behind the balancer."""
    dice = random.Random(balancer.name)
    hosts: list[dict[str, Any]] = []
    for place, (vlan, name) in enumerate(((0, "nms"), (110, "ioc-wall-1"), (110, "ioc-wall-2"), (120, "cam-001"))):
        hosts.append(
            {
                "ip": f"203.0.113.{10 + place + (60 if vlan == 120 else 0)}",
                "name": name,
                "mac": f"00:00:5E:00:53:{0x40 + place:02X}",
                "active": place != 2,
                "connectionType": "ethernet",
                "lease": {"type": "dhcp", "expiresIn": dice.randint(100, 86_000)},
                **({"vlanId": vlan} if vlan else {}),
            }
        )
    if given.get("activeOnly") == ["yes"]:
        hosts = [host for host in hosts if host["active"]]
    return success({"list": hosts, "client": hosts})


def pepvpn(balancer: Balancer, _given: Given, _session: Session) -> Answer:
    """Tunnels to other sites; the keys stay inside."""
    table = balancer.configuration.applied["pepvpn"]
    shown = {
        str(number): {key: value for key, value in table[str(number)].items() if key != "psk"}
        for number in table["order"]
    }
    return success({"profile": {**shown, "order": table["order"]}, "peer": [], "tunnel": {}})


def location(_balancer: Balancer, _given: Given, _session: Session) -> Answer:
    """A balancer in a rack has no GPS."""
    return success({"gps": False})


def allowance(balancer: Balancer, _given: Given, _session: Session) -> Answer:
    """Quotas of the connections."""
    wans = balancer.configuration.applied["wan"]
    return success({**{str(number): {"enable": False} for number in wans["order"]}, "order": wans["order"]})


def signal(balancer: Balancer, _given: Given, _session: Session) -> Answer:
    """How well the radios hear."""
    wans = balancer.configuration.applied["wan"]
    radios = [number for number in wans["order"] if wans[str(number)]["type"] == "modem"]
    return success({**{str(number): {"level": random.randint(2, 5)} for number in radios}, "order": radios})


def system_info(balancer: Balancer, kinds: list[str]) -> Answer:
    """What the web admin asks for itself; not documented."""
    told: dict[str, Any] = {}
    if "device" in kinds:
        told["device"] = {
            "serialNumber": balancer.serial,
            "name": balancer.configuration.applied["system"]["name"],
            "model": f"Peplink {balancer.model}",
            "productCode": "BPL-580",
            "hardwareRevision": "2",
            "firmwareVersion": balancer.firmware,
            "host": balancer.configuration.applied["system"]["name"],
        }
    if "thermalSensor" in kinds:
        told["thermalSensor"] = [{"temperature": random.randint(38, 44), "min": 0, "max": 100, "threshold": 85}]
    if "fanSpeed" in kinds:
        told["fanSpeed"] = [
            {"active": True, "value": random.randint(5800, 6200), "total": 17000, "percentage": 35.3} for _ in range(3)
        ]
    return success(told)


def add_client(balancer: Balancer, given: Given, _session: Session) -> Answer:
    """Make or remove an API client."""
    match given.get("action"):
        case "add" if given.get("scope") in ("api", "api.read-only"):
            made = balancer.sessions.add_client(str(given.get("name", "")), str(given["scope"]))
            return success({"clientId": made.client_id, "clientSecret": made.client_secret})
        case "remove":
            balancer.sessions.clients.pop(str(given.get("clientId")), None)
            return success()
    raise Refused(BAD_REQUEST, "Invalid parameter action or scope")


def list_clients(balancer: Balancer, _given: Given, session: Session) -> Answer:
    """The API clients with their secrets: for administrators only."""
    if not session.permission["POST"]:
        raise Refused(DENIED, "Permission denied")
    return success(
        [
            {"clientId": each.client_id, "clientSecret": each.client_secret, "name": each.name, "scope": each.scope}
            for each in balancer.sessions.clients.values()
        ]
    )


FUNCTIONS = (
    Function("info.location", "GET", location),
    Function("status.client", "GET", clients),
    Function("status.lan.profile", "GET", lan_profile),
    Function("status.pepvpn", "GET", pepvpn),
    Function("status.wan.connection", "GET", wan_status),
    Function("status.wan.connection.allowance", "GET", allowance),
    Function("status.wan.connection.signal", "GET", signal),
    Function("config.ssid.profile", "GET", ssid_profile),
    Function("config.wan.connection", "POST", wan_update),
    Function("config.wan.connection.priority", "POST", priority),
    Function("cmd.config.apply", "POST", apply),
    Function("cmd.config.discard", "POST", discard),
    Function("auth.client", "POST", add_client),
    Function("auth.client", "GET", list_clients),
)
BY_NAME = {(function.method, function.name): function for function in FUNCTIONS}

ELSEWHERE = {"login", "logout", "auth.token.grant", "auth.token.revoke", "info.firmware"}
"""Functions that the API answers before it looks who asks."""
