"""Sensors: a place that exists, and nobody else there; a number of a device that is asked, and nobody else's."""

import pytest

from dcops.inventory.load import load

ENV = "site: main, role: env, vendor: V, model: M"
DEVICES = f"""\
credentials: [{{name: snmp-v3}}]
devices:
  - {{name: env-1, {ENV}, management: {{ipv4: 192.0.2.41}}, snmp: {{credential: snmp-v3}}}}
  - {{name: env-2, {ENV}, management: {{ipv4: 192.0.2.42}}, snmp: {{credential: snmp-v3}}}}
  - {{name: mute, {ENV}}}
  - {{name: theirs, {ENV}, foreign: true}}
"""
HOT = "kinds: [temperature], rack: A01"


@pytest.fixture
def sensors(folder, look):
    """Give what is found wrong with sensors, each written as `key: value, …` and named s1, s2, … unless it says."""
    (folder / "devices.yaml").write_text(DEVICES)

    def added(*written):
        lines = [
            f"  - {{{text if 'name:' in text else f'name: s{number}, {text}'}}}"
            for number, text in enumerate(written, 1)
        ]
        return look("\n".join(["sensors:", *lines, ""]), "sensors.yaml")

    return added


def test_sound_sensors_are_no_mistake_and_hang_on_their_devices(folder, sensors):
    found = sensors(
        f'device: env-1, {HOT}, position: inlet_top, index: "1"',
        f'device: env-1, {HOT}, position: inlet_bottom, index: "2"',
        'device: env-1, kinds: [temperature, humidity], room: room-1, position: room, index: "0.3"',
        "device: env-2, kinds: [humidity], rack: A01, position: inlet_top, label: Front upper",
        "device: env-2, kinds: [leak], room: room-1, label: Under the floor",
        "device: env-2, kinds: [leak], room: room-1, label: At the door",
    )
    inventory = load(folder)

    assert found == ()
    assert [sensor.name for sensor in inventory.sensors_of("env-1")] == ["s1", "s2", "s3"]
    assert [inventory.room_of(sensor) for sensor in inventory.sensors] == ["room-1"] * 6
    assert inventory.sensors_of("mute") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'device: env-9, {HOT}, position: room, index: "1"', "unknown device 'env-9'"),
        (f'device: mute, {HOT}, position: room, index: "1"', "never asked over SNMP"),
        (f'device: theirs, {HOT}, position: room, index: "1"', "belongs to another organisation"),
        ('device: env-1, kinds: [temperature], rack: A09, position: room, index: "1"', "unknown rack 'A09'"),
        ('device: env-1, kinds: [temperature], rack: D01, position: room, index: "1"', "its rack D01 is at dr"),
        ('device: env-1, kinds: [leak], room: room-9, index: "1"', "site main has no room 'room-9'"),
        ('device: env-1, kinds: [leak], room: hall-1, rack: A01, index: "1"', "in room 'hall-1', but its rack A01"),
        ('device: env-1, kinds: [leak], index: "1"', "has no place"),
        (f'device: env-1, {HOT}, index: "1"', "has no position"),
        ('device: env-1, kinds: [humidity], room: room-1, position: inlet_top, index: "1"', "no rack is named"),
        (f"device: env-1, {HOT}, position: room", "does not say which sensor of its device it is"),
        (f"device: env-1, {HOT}, position: room, label: ' '", "does not say which sensor of its device it is"),
        (f'device: env-1, {HOT}, position: room, index: "x"', "index 'x' is no index of a row"),
        (f'device: env-1, {HOT}, position: room, index: "01"', "index '01' is no index of a row"),
        (f'device: env-1, {HOT}, position: room, index: "1", table: ifTable', "table 'ifTable' is no object"),
        (f"device: env-1, {HOT}, position: room, label: x, table: 1.3.6", "names a table, and no index"),
        ('device: env-1, kinds: [], rack: A01, index: "1"', "kinds is empty"),
        ('device: env-1, kinds: [leak, leak], rack: A01, index: "1"', "leak is said twice"),
        ('device: env-1, kinds: [warmth], rack: A01, index: "1"', "kinds"),
        (f"device: env-1, {HOT}, position: room, index: 1", "index"),
        (f'device: env-1, {HOT}, position: behind, index: "1"', "position"),
    ],
)
def test_what_makes_no_sense_is_one_mistake_at_its_line(sensors, text, message):
    (mistake,) = sensors(text)

    assert message in mistake.message
    assert (mistake.file, mistake.line) == ("inventory/sensors.yaml", 2)


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ('device: env-1, kinds: [leak], rack: A01, index: "1"', "index '1' of env-1 is s1 already"),
        ("device: env-1, kinds: [leak], rack: A01, label: Front", "label 'Front' of env-1 is s1 already"),
        ('device: env-2, kinds: [humidity, temperature], rack: A01, position: inlet_top, index: "1"', "told by s1"),
        ('name: s1, device: env-2, kinds: [leak], room: room-1, index: "7"', "this name is used already"),
    ],
)
def test_two_that_cannot_be_told_apart_are_one_mistake_of_the_later(sensors, second, message):
    (mistake,) = sensors(f'device: env-1, {HOT}, position: inlet_top, index: "1", label: Front', second)

    assert message in mistake.message
    assert mistake.line == 3
    assert ":2" in mistake.hint


@pytest.mark.parametrize(
    "second",
    [
        'device: env-1, kinds: [leak], rack: A01, index: "1", table: 1.3.6.1.4.1.9',
        'device: env-2, kinds: [leak], rack: A01, index: "1", label: Front',
        'device: env-2, kinds: [humidity], rack: A01, position: inlet_top, index: "1"',
        'device: env-2, kinds: [temperature], rack: A01, position: exhaust_top, index: "1"',
    ],
)
def test_what_can_be_told_apart_is_no_mistake(sensors, second):
    assert sensors(f'device: env-1, {HOT}, position: inlet_top, index: "1", label: Front', second) == ()


def test_a_device_stands_in_a_room_of_its_site(look):
    def at(text):
        return look(f"devices:\n  - {{name: crac-1, site: main, role: cooling, vendor: V, model: M, {text}}}\n")

    assert at("room: room-1") == ()
    assert at("room: room-1, place: {rack: A01}") == ()
    (unknown,) = at("room: room-2")
    assert "site main has no room 'room-2'" in unknown.message
    (other,) = at("room: hall-1, place: {rack: A01}")
    assert "stands in room 'hall-1', but its rack A01 in room-1" in other.message
