"""The control interface."""

from __future__ import annotations

import pytest

from lab import platforms


def test_devices_are_listed_with_address_state_and_counters(lab):
    status, answer = lab.control("GET", "/devices")
    assert status == 200
    by_name = {device["name"]: device for device in answer["devices"]}
    simulated = {platform.name for platform in platforms.ALL if platform.small and not platform.why_not()}
    assert {device["platform"] for device in by_name.values()} == simulated | {"snmp"}
    router = by_name["rtr-edge-1"]
    assert router["platform"] == "ios"
    assert router["address"].startswith("127.")
    assert router["state"] == "up"
    assert set(router["counters"]) >= {
        "logins",
        "commands",
        "writes",
        "flash_writes",
        "config_mode_entries",
        "requests",
    }


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"kind": "nonsense"}, "drop_mid_answer"),
        ({"kind": "wrong_certificate"}, "host_key_changed"),
        ({"kind": "slow", "delay_seconds": "long"}, "delay_seconds must be a number"),
        ({"kind": "slow", "share": 2}, "share must be a number"),
        ({"kind": "slow", "where": "answer"}, "unknown key 'where'"),
        ({"kind": "hang", "where": "nowhere"}, "where must be one of connect, answer"),
        ({"kind": "error_document", "variant": "html"}, "variant must be one of authorization, invalid"),
        ([], "must be an object"),
    ],
)
def test_a_fault_that_does_not_exist_is_refused_with_what_does(lab, edge, body, says):
    status, answer = lab.control("POST", f"/devices/{edge}/fault", body)
    assert status == 400
    assert says in answer["error"]


def test_a_firewall_has_no_host_key(lab, wall):
    status, answer = lab.control("POST", f"/devices/{wall}/fault", {"kind": "host_key_changed"})
    assert status == 400
    assert "wrong_certificate" in answer["error"]


def test_an_unknown_device_or_scenario_is_not_found(lab):
    assert lab.control("POST", "/devices/nobody/fault", {"kind": "slow"})[0] == 404
    status, answer = lab.control("POST", "/scenario/nonsense")
    assert status == 404
    assert "rogue-change" in answer["error"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("rtr-edge-1", {}),
        ("rtr-edge-1", {"lines": "no list"}),
        ("rtr-edge-1", {"lines": ["x"], "nonsense": 1}),
        ("fw-main-1", {"lines": ["x"]}),
        ("fw-main-1", {"xpath": "/config/shared[", "element": "<a/>"}),
        ("fw-main-1", {"xpath": "/config/shared", "element": "<a>"}),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(lab, name, body):
    status, answer = lab.control("POST", f"/devices/{name}/change", body)
    assert status == 400
    assert answer["error"]


def test_calm_heals_every_device(lab, edge, wall):
    lab.fault(edge, "slow")
    lab.fault(wall, "refuse")
    status, answer = lab.control("POST", "/scenario/calm")
    assert status == 200
    assert {(deed["device"], deed["healed"]) for deed in answer["did"]} == {(edge, "slow"), (wall, "refuse")}
    assert {device["state"] for device in lab.control("GET", "/devices")[1]["devices"]} == {"up"}


def test_a_rogue_change_touches_one_router_and_one_firewall(lab, edge, wall):
    status, answer = lab.control("POST", "/scenario/rogue-change")
    assert status == 200
    assert [deed["device"] for deed in answer["did"]] == [edge, wall]
    with lab.ssh(edge) as client:
        _, output, _ = client.exec_command("show running-config", timeout=5)
        assert b"username contractor privilege 15" in output.read()
    with lab.api(wall) as api:
        assert b'<entry name="temp-allow">' in api.export().data


@pytest.mark.parametrize("rate", [0, -1, "fast", None])
def test_the_clock_runs_forward(lab, rate):
    assert lab.control("POST", "/clock", {"rate": rate})[0] == 400
    assert lab.control("GET", "/clock")[1]["rate"] == 1
