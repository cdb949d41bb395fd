"""The readable state: the same until a setting changes."""

import json

import pytest

from dcops.model.snapshot import ConfigSource


def test_it_is_json_without_envelopes_and_without_secrets(format_, state, conceal):
    readable = format_.readable(state.content, ConfigSource.STATE, conceal)
    told = json.loads(readable.text)

    assert list(told) == ["config.ssid.profile", "info.firmware", "status.lan.profile", "status.wan.connection"]
    assert told["info.firmware"]["1"] == {"version": "8.3.0 build 5229", "bootable": True, "inUse": True}
    assert told["config.ssid.profile"]["1"]["security"] == {"key": conceal("Hunter-Secret-1"), "policy": "wpa2Personal"}
    assert readable.secrets == 1
    assert readable.facts == {"version": "8.3.0 build 5229"}


def test_tables_stand_in_the_order_that_they_state_and_keys_in_that_of_the_alphabet(text_of, state):
    told = json.loads(text_of(state))

    assert list(told["status.lan.profile"]) == ["0", "10", "2"]
    assert list(told["status.wan.connection"]) == ["2", "1", "3", "supportGatewayProxy"]
    assert list(told["status.wan.connection"]["2"]) == sorted(told["status.wan.connection"]["2"])


def test_how_the_device_fares_changes_nothing(text_of, state):
    before = text_of(state)
    wan = state["status.wan.connection"]
    wan["2"] |= {"uptime": 1, "message": "Checking", "statusLed": "yellow"}
    wan["1"] |= {"ip": "192.0.2.99", "gateway": "192.0.2.3", "dns": ["192.0.2.5", "192.0.2.6"], "mask": 24}
    wan["3"]["modem"] |= {"signalLevel": 1}
    wan["3"]["modem"]["sim"][0]["rssi"] = -99

    assert text_of(state) == before


def test_a_connection_that_lost_its_address_changes_nothing(text_of, state):
    before = text_of(state)
    for key in ("ip", "gateway", "mask", "dns"):
        del state["status.wan.connection"]["1"][key]

    assert text_of(state) == before


def test_the_same_keys_in_another_order_change_nothing(text_of, state):
    before = text_of(state)
    answers = state.answers
    state.answers = {name: answers[name] for name in reversed(answers)}
    wan = answers["status.wan.connection"]["response"]
    answers["status.wan.connection"]["response"] = {key: wan[key] for key in reversed(wan)}

    assert text_of(state) == before


def test_a_list_that_repeats_the_table_changes_nothing(text_of, state):
    before = text_of(state)
    wan = state["status.wan.connection"]
    wan["connection"] = [{**wan[str(number)], "id": number} for number in wan["order"]]

    assert text_of(state) == before


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("info.firmware/1/inUse", False),
        ("status.lan.profile/2/vlanId", 121),
        ("status.lan.profile/order", [0, 2, 10]),
        ("status.wan.connection/order", [1, 2, 3]),
        ("status.wan.connection/2/ip", "198.51.100.131"),
        ("status.wan.connection/2/dns", ["198.51.100.53", "192.0.2.53"]),
        ("status.wan.connection/1/name", "FTTH 2"),
        ("status.wan.connection/1/enable", False),
        ("status.wan.connection/1/method", "staticIp"),
        ("status.wan.connection/3/modem/apn", "other.example"),
        ("status.wan.connection/supportGatewayProxy", False),
        ("config.ssid.profile/1/security/key", "Hunter-Secret-2"),
        ("config.ssid.profile/1/uptime", 7),
    ],
)
def test_a_setting_that_changed_is_seen(text_of, state, path, value):
    before = text_of(state)
    function, *way, last = path.split("/")
    node = state[function]
    for step in way:
        node = node[step]
    node[last] = value

    assert text_of(state) != before


def test_what_would_act_on_a_screen_is_written_out_and_it_stays_json(text_of, state):
    state["status.wan.connection"]["1"]["name"] = "\x1b[2J \u202e <secret:0123456789ab> Đà Nẵng"
    text = text_of(state)

    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<secret:0123456789ab>" not in text
    name = json.loads(text)["status.wan.connection"]["1"]["name"]
    assert name == r"\x1b[2J \u202e \x3csecret:0123456789ab> Đà Nẵng"
