"""The state of a balancer as the driver puts it together."""

import copy
import json

import pytest

from dcops.diff.formats import Formats
from dcops.model.snapshot import ConfigSource

FIRMWARE = {
    "1": {"version": "8.3.0 build 5229", "bootable": True, "inUse": True},
    "2": {"version": "8.1.3 build 4975", "bootable": True, "inUse": False},
    "order": [1, 2],
}
LAN = {
    "0": {"ip": "192.0.2.18", "mask": 24},
    "10": {"name": "IOC", "ip": "203.0.113.1", "vlanId": 110, "mask": 26},
    "2": {"name": "Cameras", "ip": "203.0.113.65", "vlanId": 120, "mask": 26},
    "order": [0, 10, 2],
}
WAN = {
    "2": {
        "name": "MPLS",
        "enable": True,
        "method": "staticIp",
        "ip": "198.51.100.130",
        "mask": 26,
        "gateway": "198.51.100.129",
        "dns": ["192.0.2.53", "198.51.100.53"],
        "statusLed": "green",
        "message": "Connected",
        "uptime": 7200,
    },
    "1": {
        "name": "FTTH",
        "enable": True,
        "method": "dhcp",
        "ip": "192.0.2.77",
        "mask": 25,
        "gateway": "192.0.2.1",
        "dns": ["192.0.2.4"],
        "statusLed": "green",
        "message": "Connected",
        "uptime": 12,
    },
    "3": {
        "name": "Mobile",
        "enable": False,
        "method": "ppp",
        "statusLed": "gray",
        "message": "Disabled",
        "uptime": 0,
        "modem": {"imei": "350000000000017", "apn": "dc.example", "signalLevel": 4, "sim": [{"rssi": -71, "slot": 1}]},
    },
    "order": [2, 1, 3],
    "supportGatewayProxy": True,
}
SSID = {
    "1": {"name": "staff", "vlanId": 130, "security": {"policy": "wpa2Personal", "key": "Hunter-Secret-1"}},
    "order": [1],
}


class State:
    """Answers by function, which a test may change before it writes them down."""

    def __init__(self):
        self.answers = {
            "info.firmware": {"stat": "ok", "response": copy.deepcopy(FIRMWARE)},
            "status.lan.profile": {"stat": "ok", "response": copy.deepcopy(LAN)},
            "status.wan.connection": {"stat": "ok", "response": copy.deepcopy(WAN)},
            "config.ssid.profile": {"stat": "ok", "response": copy.deepcopy(SSID)},
        }

    def __getitem__(self, function):
        return self.answers[function]["response"]

    @property
    def content(self):
        parts = (f'"{name}": {json.dumps(answer)}' for name, answer in self.answers.items())
        return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


@pytest.fixture
def state():
    return State()


@pytest.fixture
def format_():
    return Formats().of("peplink")


@pytest.fixture
def text_of(format_, conceal):
    """The readable form of a state."""
    return lambda state: format_.readable(state.content, ConfigSource.STATE, conceal).text
