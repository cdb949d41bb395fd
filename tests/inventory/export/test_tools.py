"""The devices for Ansible and Prometheus: names and groups they take, and nothing secret."""

import re
from ipaddress import ip_address

import yaml

from dcops.inventory.export import ansible, prometheus
from dcops.model.device import Device, Management, Place

ROUTER = Device(
    name="rtr-edge-1",
    site="main",
    role="edge-router",
    vendor="Cisco",
    model="ISR 4461",
    platform="ios",
    management=Management(ip_address("192.0.2.11"), ip_address("2001:db8::11"), port=2222),
    credential="ios-backup",
    place=Place("A01", 38),
    tags=("bgp",),
)
UPS = Device(name="ups-1", site="main", role="ups", vendor="APC", model="SMT")
V6 = Device(
    name="sw-6", site="dr", role="switch", vendor="V", model="M", management=Management(ipv6=ip_address("2001:db8::6"))
)
ISP = Device(
    name="isp-1",
    site="main",
    role="radio",
    vendor="V",
    model="M",
    foreign=True,
    management=Management(ip_address("192.0.2.50")),
)
ALL = (ROUTER, UPS, V6, ISP)


def test_ansible_gets_groups_by_site_role_and_platform():
    document = ansible.inventory(ALL)["all"]

    assert list(document["hosts"]) == ["rtr-edge-1", "ups-1", "sw-6"]
    assert {name: list(group["hosts"]) for name, group in document["children"].items()} == {
        "platform_ios": ["rtr-edge-1"],
        "role_edge_router": ["rtr-edge-1"],
        "role_switch": ["sw-6"],
        "role_ups": ["ups-1"],
        "site_dr": ["sw-6"],
        "site_main": ["rtr-edge-1", "ups-1"],
    }


def test_ansible_takes_the_names_of_the_groups():
    # Ansible warns of group names that are no identifiers, and later refuses them.
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) for name in ansible.inventory(ALL)["all"]["children"])
    assert ansible.group("site", "dc-1.ha-noi") == "site_dc_1_ha_noi"


def test_a_host_has_its_address_port_and_facts_and_only_the_name_of_its_login():
    router = ansible.inventory(ALL)["all"]["hosts"]["rtr-edge-1"]

    assert (router["ansible_host"], router["ansible_port"]) == ("192.0.2.11", 2222)
    assert router["ansible_network_os"] == "cisco.ios.ios"
    assert (router["dcops_rack"], router["dcops_tags"]) == ("A01", ["bgp"])
    assert router["dcops_credential"] == "ios-backup"
    assert not [key for key in router if re.search("password|secret|pass$|_user", key)]


def test_what_is_not_known_is_left_out_and_the_rest_survives_yaml():
    document = ansible.inventory(ALL)

    assert "ansible_host" not in document["all"]["hosts"]["ups-1"]
    assert document["all"]["hosts"]["sw-6"]["ansible_host"] == "2001:db8::6"
    assert yaml.safe_load(yaml.safe_dump(document)) == document


def test_prometheus_gets_a_target_for_each_device_with_an_address():
    found = prometheus.targets(ALL)

    assert [one["targets"] for one in found] == [["192.0.2.11"], ["2001:db8::6"]]
    assert found[0]["labels"] == {
        "device": "rtr-edge-1",
        "site": "main",
        "rack": "A01",
        "role": "edge-router",
        "platform": "ios",
        "vendor": "Cisco",
        "model": "ISR 4461",
        "criticality": "normal",
    }
    assert "rack" not in found[1]["labels"]


def test_prometheus_takes_every_label():
    names = {name for one in prometheus.targets(ALL) for name in one["labels"]}
    values = [value for one in prometheus.targets(ALL) for value in one["labels"].values()]

    assert all(re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name) and not name.startswith("__") for name in names)
    assert all(isinstance(value, str) and value for value in values)
