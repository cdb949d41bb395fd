"""From the card of a UPS, a PDU or an environment unit to a temperature on a rack of the reference site."""

import asyncio
import re
from pathlib import Path

import pytest

from dcops.exporters.snmp import shelf
from dcops.exporters.snmp.inventory import places_of
from dcops.exporters.snmp.places import Places
from dcops.exporters.snmp.probe import Collector, probe
from dcops.inventory.load import load
from dcops.model.secret import Secret
from dcops.model.sensor import SensorKind
from dcops.snmp.client import Client
from dcops.snmp.community import Community
from dcops.snmp.target import Limits, Target
from lab.snmp import Serving, serve
from lab.snmp.record import FOLDER, read
from tests.exporters.snmp.asking import target_of

ROOT = Path(__file__).resolve().parents[3]
METRICS = {
    SensorKind.TEMPERATURE: "dcops_env_temperature_celsius",
    SensorKind.HUMIDITY: "dcops_env_relative_humidity_ratio",
}


@pytest.fixture(scope="module")
def inventory():
    return load(ROOT / "inventory")


def told(walk, profiles, places, *, version=2, **options):
    """The lines about the air."""
    known = shelf.load()
    collectors = [Collector.of(known.profiles[name]) for name in profiles]

    async def ask():
        async with serve([Serving(walk, **options)]) as (served,):
            target = target_of(served)
            if version == 1:
                target = Target("box", served.host, served.port, lambda: Community(1, Secret("public")), Limits())
            return await probe(Client(), target, collectors, places, seconds=10)

    found = asyncio.run(ask())
    assert not found.failures
    lines = found.samples.text(known.catalogue).splitlines()
    return [line for line in lines if line.startswith("dcops_env_")]


def labels(line):
    return dict(re.findall(r'(\w+)="([^"]*)"', line))


@pytest.mark.parametrize(
    ("device", "walk", "profile"),
    [
        ("pdu-a01-a", "pdu/ap8881", "apc-pdu-2g"),
        ("pdu-a01-b", "pdu/ap8881-back", "apc-pdu-2g"),
        ("env-1", "sensors/ap9340", "apc-environment"),
        ("env-2", "sensors/ap9340", "apc-environment"),
        ("env-dr-1", "sensors/ap9340", "apc-environment"),
        ("ups-1", "ups/apc-symmetra", "apc-environment"),
    ],
)
def test_each_sensor_that_the_site_places_is_told_with_its_place(inventory, device, walk, profile):
    owner = inventory.device(device)
    lines = told(FOLDER / f"{walk}.snmprec", [profile], places_of(inventory, owner))
    sensors = inventory.sensors_of(device)

    assert sensors
    for sensor in sensors:
        place = {
            "room": inventory.room_of(sensor),
            "rack": sensor.rack or "",
            "position": sensor.position.value if sensor.position else "",
            "sensor": sensor.name,
        }
        for kind in sensor.kinds:
            said = [line for line in lines if line.startswith(METRICS[kind]) and labels(line) == place]
            assert len(said) == 1, (sensor.name, kind, lines)


def test_what_nobody_placed_is_told_without_a_place(inventory):
    lines = told(
        FOLDER / "sensors/ap9340.snmprec", ["apc-environment"], places_of(inventory, inventory.device("env-1"))
    )

    assert 'dcops_env_temperature_celsius{room="",rack="",position="",sensor="Roof"} -6' in lines
    assert 'dcops_env_temperature_celsius{room="",rack="",position="",sensor="1.200"} 24' in lines


@pytest.mark.parametrize("walk", ["ups/apc-smart", "sensors/ap9340", "sensors/ap9319"])
def test_a_card_that_knows_version_1_only_tells_the_same(walk):
    file, profiles = FOLDER / f"{walk}.snmprec", ["apc-environment"]

    assert told(file, profiles, Places(), version=1) == told(file, profiles, Places())


def test_a_card_whose_rows_are_in_no_order_tells_the_same():
    rows = read(FOLDER / "sensors/ap9340.snmprec")
    table = (1, 3, 6, 1, 4, 1, 318, 1, 1, 10, 4, 2, 3, 1)
    column = len(table) + 1
    # Each column begins where it should, and goes on backwards.
    first = {row.name[:column]: row.name for row in reversed(rows)}
    mixed = sorted(
        rows, key=lambda row: (row.name[:column], row.name != first[row.name[:column]], [-n for n in row.name[column:]])
    )
    assert mixed != rows

    assert sorted(told(mixed, ["apc-environment"], Places(), unsorted=True)) == sorted(
        told(rows, ["apc-environment"], Places())
    )
