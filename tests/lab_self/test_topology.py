"""One truth about the cables of a site: both ends say the same, and only the strangers are strangers."""

from itertools import permutations
from pathlib import Path

import pytest
import yaml

from lab.topology import STRANGER, mac, surroundings

DEVICES = Path(__file__).resolve().parents[2] / "inventory" / "devices"
WITHOUT_CABLES = {"vcenter", "esxi"}
"""They hang on ports that nobody asks about."""


def entries(site):
    content = [yaml.safe_load(file.read_text()) for file in sorted(DEVICES.glob("*.yaml"))]
    found = [entry for one in content for entry in one["devices"] if entry["site"] == site]
    return [entry for entry in found if entry.get("platform") and (entry.get("management") or {}).get("ipv4")]


def around(site):
    all_ = entries(site)
    return {one["name"]: surroundings(one, [other for other in all_ if other is not one]) for one in all_}


@pytest.mark.parametrize("site", ["main", "dr"])
def test_both_ends_of_a_cable_say_the_same(site):
    known = around(site)
    cables = {(name, cable.port, cable.far.name, cable.far_port) for name, one in known.items() for cable in one.cables}

    back = {(far, far_port, near, port) for near, port, far, far_port in cables if far != STRANGER}

    assert cables
    assert back == {one for one in cables if one[2] != STRANGER}


@pytest.mark.parametrize("site", ["main", "dr"])
def test_no_port_has_two_cables_and_nobody_is_left_without(site):
    cabled = {entry["name"] for entry in entries(site) if entry["platform"] not in WITHOUT_CABLES}
    for name, one in around(site).items():
        ports = [cable.port for cable in one.cables]
        assert bool(ports) == (name in cabled), name
        assert len(ports) == len(set(ports)), name


def test_every_port_with_a_cable_is_in_the_configuration_of_its_model():
    folders = {"ISR 4461": "isr4461", "1921": "1921", "Catalyst 9200L": "c9200l", "Catalyst 9500": "c9500"}
    models = {entry["name"]: entry for entry in entries("main")}
    root = DEVICES.parents[1] / "lab" / "devices" / "ios"
    for name, one in around("main").items():
        folder = folders.get(models[name]["model"])
        if folder is None:
            continue
        template = (root / folder / "running.j2").read_text()
        for cable in one.cables:
            family = cable.port.rstrip("0123456789").rstrip("/")
            assert f"interface {cable.port}\n" in template or f"interface {family}/{{{{ " in template, cable.port


def test_the_strangers_stand_in_the_main_site_alone():
    def speakers(site):
        return {party.name for one in around(site).values() for party in one.speakers}

    assert {STRANGER, "host"} <= speakers("main")
    assert {STRANGER, "host"}.isdisjoint(speakers("dr"))
    assert sum(cable.far.name == STRANGER for one in around("main").values() for cable in one.cables) == 1


def test_the_order_of_the_inventory_changes_nothing():
    some = entries("main")[:4]
    first = surroundings(some[0], some[1:])

    assert all(surroundings(some[0], list(others)) == first for others in permutations(some[1:]))


def test_no_two_devices_have_one_mac_address():
    everyone = [*entries("main"), *entries("dr")]
    given = [mac(entry["name"], entry.get("platform", "")) for entry in everyone] + [
        mac(STRANGER, "ios"),
        mac("host", ""),
    ]

    assert len(given) == len(set(given))


def test_a_router_that_was_made_up_for_load_stands_alone():
    assert surroundings({"name": "r0001", "platform": "ios", "site": "main"}, []).cables == ()


def test_what_is_only_watched_hangs_on_no_port_and_the_gateway_has_its_addresses():
    found = yaml.safe_load((DEVICES / "power.yaml").read_text())["devices"]
    pdus = [entry for entry in found if entry["site"] == "main"]
    core = next(entry for entry in entries("main") if entry["role"] == "core-switch")

    seen = surroundings(core, [one for one in (*entries("main"), *pdus) if one is not core])
    alone = surroundings(core, [one for one in entries("main") if one is not core])

    assert seen.cables == alone.cables
    assert {entry["name"] for entry in pdus} <= {party.name for party in seen.speakers}
