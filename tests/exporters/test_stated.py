"""What stands in the inventory, as series to join with."""

import pytest

OURS = """\
racks: [{name: A01, site: main, room: machine-room}]
credentials: [{name: cards}]
devices:
  - name: env-1
    site: main
    role: env
    vendor: Example
    model: Probe 8
    serial: QA1
    software: "3.9"
    management: {ipv4: 192.0.2.41}
    snmp: {credential: cards, version: "1", reason: the card knows no other}
    room: machine-room
  - {name: esx-1, site: main, role: host, vendor: V, model: M, platform: esxi}
  - {name: radio-1, site: main, role: radio, vendor: V, model: M, foreign: true}
sensors:
  - {name: a01-in, device: env-1, kinds: [temperature, humidity], rack: A01, position: inlet_top, index: "1"}
"""
PLACE = {"site": "main", "device": "env-1", "sensor": "a01-in", "room": "machine-room", "rack": "A01"}


def labels(**given):
    return tuple(sorted(given.items()))


@pytest.fixture
def found(site, exporter):
    sites = next(file for file in (site.root / "inventory").rglob("*.yaml") if "sites:" in file.read_text())
    room = "rooms: [{name: machine-room, width_mm: 6000, depth_mm: 5000}]"
    sites.write_text(sites.read_text().replace("role: main}", f"role: main, {room}}}"))
    (site.root / "inventory" / "ours.yaml").write_text(OURS)
    series = exporter.series()
    assert series["dcops_inventory_up"] == {(): 1}
    return series


def test_a_device_is_told_with_its_place_and_whether_there_is_anything_to_back_up(found):
    told = {dict(one)["device"]: dict(one) for one in found["dcops_device_info"]}

    assert told["env-1"] == {
        "site": "main",
        "device": "env-1",
        "role": "env",
        "room": "machine-room",
        "rack": "",
        "unit": "",
        "vendor": "Example",
        "model": "Probe 8",
        "os_version": "3.9",
        "serial": "QA1",
        "backup": "no",
    }
    assert told["rtr-1"]["backup"] == "yes"
    assert told["esx-1"]["backup"] == "no"
    assert "radio-1" not in told


def test_a_sensor_is_told_once_for_each_kind_of_reading(found):
    assert found["dcops_sensor_info"] == {
        labels(**PLACE, position="inlet_top", kind="temperature"): 1,
        labels(**PLACE, position="inlet_top", kind="humidity"): 1,
    }


def test_an_inventory_that_cannot_be_read_states_nothing(found, site, exporter):
    assert "dcops_device_info" in found
    (site.root / "inventory" / "ours.yaml").write_text(OURS.replace("env-1, kinds", "env-9, kinds"))

    after = exporter.series()

    assert after["dcops_inventory_up"] == {(): 0}
    assert not {"dcops_device_info", "dcops_sensor_info"} & set(after)
