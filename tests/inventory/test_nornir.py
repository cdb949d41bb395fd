from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from nornir import InitNornir

from dcops.errors import InvalidInput
from dcops.inventory.nornir import to_nornir
from dcops.model.device import Device, Management, Place
from dcops.model.secret import Credential, Secret

ROOT = Path(__file__).parents[2]
ROUTER = Device(
    name="r1", site="main", role="router", vendor="Cisco", model="1921", platform="ios", credential="ios",
    management=Management(ipv4=IPv4Address("192.0.2.1"), port=2222), place=Place("A01"), tags=("edge",),
)  # fmt: skip
FIREWALL = Device(
    name="f1", site="dr", role="firewall", vendor="v", model="m", management=Management(ipv6=IPv6Address("2001:db8::1"))
)


def login(_device):
    return Credential("ios", "svc", Secret("made-up"))


def test_a_device_becomes_a_host_with_its_address_and_login():
    host = to_nornir([ROUTER], login).hosts["r1"]

    assert (host.hostname, host.port, host.platform) == ("192.0.2.1", 2222, "ios")
    assert (host.username, host.password) == ("svc", "made-up")
    assert host.data["rack"] == "A01"
    assert host.data["criticality"] == "normal"
    assert host.data["tags"] == ["edge"]


def test_hosts_stand_in_groups_of_site_role_and_platform():
    inventory = to_nornir([ROUTER, FIREWALL], lambda _device: None)

    assert [group.name for group in inventory.hosts["r1"].groups] == ["site-main", "role-router", "platform-ios"]
    assert set(inventory.groups) == {"site-main", "role-router", "platform-ios", "site-dr", "role-firewall"}
    assert inventory.hosts["f1"].hostname == "2001:db8::1"
    assert inventory.hosts["f1"].password is None


def test_a_device_without_address_has_no_hostname_to_fall_back_on():
    host = to_nornir([Device(name="x", site="s", role="r", vendor="v", model="m")], login).hosts["x"]

    assert host.hostname is None


def test_nornir_reads_a_site_root_through_the_plugin():
    nornir = InitNornir(
        inventory={"plugin": "dcops", "options": {"root": str(ROOT)}},
        logging={"enabled": False},
        runner={"plugin": "serial"},
    )

    assert len(nornir.inventory.hosts) == 160
    assert len(nornir.filter(lambda host: host.has_parent_group("role-firewall")).inventory.hosts) == 6
    assert len(nornir.filter(site="dr").inventory.hosts) == 47


def test_the_plugin_refuses_an_inventory_with_mistakes(folder):
    (folder / "wrong.yaml").write_text("devcies: []\n")

    with pytest.raises(InvalidInput, match="1 mistake"):
        InitNornir(inventory={"plugin": "dcops", "options": {"root": str(folder.parent)}}, logging={"enabled": False})
