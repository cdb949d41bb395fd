"""Answers of a real Balance, where the recordings are at hand (`DCOPS_RECORDINGS`)."""

import json
import os
from pathlib import Path

import pytest

from dcops.devices.peplink.answers import ordered, response
from dcops.model.snapshot import ConfigSource

ROOT = Path(os.environ.get("DCOPS_RECORDINGS", "")) / "api" / "peplink"
pytestmark = pytest.mark.skipif(not os.environ.get("DCOPS_RECORDINGS"), reason="DCOPS_RECORDINGS is not set")


def recorded(name):
    """What stands in the envelope; some recordings hold the envelope too."""
    value = json.loads((ROOT / f"{name}.json").read_text())
    return value["response"] if "stat" in value else value


def enveloped(name):
    return json.dumps({"stat": "ok", "response": recorded(name)}).encode()


def test_a_recorded_table_is_read_by_its_order():
    table = response(200, enveloped("status.wan.connection"))

    entries = dict(ordered(table))
    assert list(entries) == table["order"]
    assert len(entries) < len(table) - 1, "something stands beside the entries"
    assert {entry["method"] for entry in entries.values()} >= {"staticIp", "dhcp", "ppp"}


def test_a_recorded_state_is_accepted_and_says_nothing_twice(format_, state, text_of):
    state.answers["status.wan.connection"] = json.loads(enveloped("status.wan.connection"))
    format_.check(state.content, ConfigSource.STATE)
    told = json.loads(text_of(state))["status.wan.connection"]

    table = recorded("status.wan.connection")
    assert list(told)[: len(table["order"])] == [str(number) for number in table["order"]]
    assert "connection" not in told
    assert told["supportGatewayProxy"] is True
    for number in table["order"]:
        entry, kept = table[str(number)], told[str(number)]
        assert {"uptime", "message", "statusLed"} & set(kept) == set()
        assert ("ip" in kept) == (entry["method"] == "staticIp" and "ip" in entry)
        assert kept["name"] == entry["name"]


def test_recorded_fares_of_the_device_change_nothing(state, text_of):
    state.answers["status.wan.connection"] = json.loads(enveloped("status.wan.connection"))
    before = text_of(state)
    table = state["status.wan.connection"]
    table.pop("connection")
    for number in table["order"]:
        table[str(number)] |= {"uptime": 1, "message": "Obtaining IP", "statusLed": "yellow"}

    assert text_of(state) == before


@pytest.mark.parametrize("name", ["status.client", "infoType-device_status.system.info", "status.wan.connection"])
def test_recorded_answers_hold_no_secrets_and_stay_as_they_are(format_, conceal, name):
    content = (ROOT / f"{name}.json").read_bytes()
    redacted = format_.redacted(content, conceal)

    assert set(json.loads(redacted)) == set(json.loads(content))
    assert redacted.count(b"<secret:") <= 1, "only what looks random by chance"
