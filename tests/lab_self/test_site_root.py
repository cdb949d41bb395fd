"""The site root that a lab writes."""

from __future__ import annotations

import ipaddress
import stat
import tomllib

import paramiko
import pytest
import yaml
from pyrage import decrypt, encrypt, x25519


@pytest.fixture
def inventory(lab):
    merged = {}
    for file in (lab.site / "inventory").rglob("*.yaml"):
        for kind, content in yaml.safe_load(file.read_text()).items():
            merged.setdefault(kind, [] if isinstance(content, list) else content)
            if isinstance(content, list):
                merged[kind] += content
    return merged


def test_endpoints_tell_what_runs_and_what_does_not(lab):
    endpoints = lab.endpoints
    assert endpoints["control"].startswith("http://127.")
    assert endpoints["site"] == str(lab.site)
    assert endpoints["recordings"] is None
    left_out = {entry["name"]: entry["reason"] for entry in endpoints["left_out"]}
    assert "sw-core-1" in left_out
    assert all(left_out.values())


def test_the_inventory_points_at_the_simulated_devices(lab, inventory):
    assert inventory["lab"] is True
    places = {
        device["name"]: (device["management"]["ipv4"], device["management"].get("port", device["snmp"]["port"]))
        for device in inventory["devices"]
    }
    assert places == {device["name"]: (device["address"], device["port"]) for device in lab.endpoints["devices"]}
    assert all(ipaddress.ip_address(address).is_loopback for address, _ in places.values())


def test_nothing_points_at_a_device_that_is_not_there(inventory):
    names = {device["name"] for device in inventory["devices"]}
    assert all(line.get("device") in {*names, None} for line in inventory["circuits"])
    pairs = [pair for pair in inventory["dr_pairs"] if pair.get("kind", "device") == "device"]
    assert all({pair["main"], pair["dr"]} <= names for pair in pairs)


def test_texts_of_digits_stay_texts(lab):
    text = "".join(file.read_text() for file in (lab.site / "inventory").rglob("*.yaml"))
    assert 'model: "1921"' in text


def test_every_credential_named_is_there_and_only_the_owner_may_read_it(lab, inventory):
    file = lab.site / "credentials.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    given = tomllib.loads(file.read_text())
    assert {item["name"] for item in inventory["credentials"]} == set(given)
    passwords = [table["password"] for table in given.values()]
    assert len(set(passwords)) == len(passwords)


def test_the_settings_are_those_of_a_lab(lab):
    settings = tomllib.loads((lab.site / "dcops.toml").read_text())
    assert settings["fleet"]["device_limit_seconds"] == 20
    assert settings["credentials"] == {"providers": ["environment", "file"], "file": "credentials.toml"}


def test_every_router_has_a_host_key_of_its_own(lab):
    keys = paramiko.HostKeys(str(lab.site / "trust" / "known_hosts"))
    routers = [device for device in lab.endpoints["devices"] if device["platform"] == "ios"]
    found = [keys.lookup(f"[{device['address']}]:{device['port']}")["ssh-rsa"].asbytes() for device in routers]
    assert len(set(found)) == len(routers) == 2


def test_nothing_is_pinned(lab):
    lines = (lab.site / "trust" / "pins").read_text().splitlines()
    assert all(line.startswith("#") for line in lines)


def test_each_holder_can_open_what_is_sealed_for_all(lab):
    lines = (lab.site / "keys" / "holders.txt").read_text().split()
    assert lines[0::3] == ["#", "#"]
    assert lines[1::3] == ["main", "dr"]
    recipients = lines[2::3]
    sealed = encrypt(b"whole configuration", [x25519.Recipient.from_str(text) for text in recipients])
    for name, recipient in zip(("main", "dr"), recipients, strict=True):
        file = lab.state / "keys" / f"{name}.key"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        _, public, identity = file.read_text().splitlines()
        assert public == f"# public key: {recipient}"
        assert decrypt(sealed, [x25519.Identity.from_str(identity)]) == b"whole configuration"
