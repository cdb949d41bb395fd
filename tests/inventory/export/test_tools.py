"""The devices for Ansible and Prometheus: names and groups they take, and nothing secret."""

import json
import re
import shutil
import subprocess
from ipaddress import ip_address

import pytest
import yaml

from dcops.inventory.export import ansible, prometheus
from dcops.model.device import Device, Management, Place
from dcops.model.snmp import Snmp, SnmpVersion

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
PDU = Device(
    name="pdu-1",
    site="main",
    role="pdu",
    vendor="V",
    model="M",
    management=Management(ip_address("192.0.2.60")),
    snmp=Snmp("cards", SnmpVersion.V2C, reason="the card knows no other"),
    place=Place("A01"),
)
ALL = (ROUTER, UPS, V6, ISP, PDU)


def test_ansible_gets_groups_by_site_role_and_platform():
    document = ansible.inventory(ALL)["all"]

    assert list(document["hosts"]) == ["rtr-edge-1", "ups-1", "sw-6", "pdu-1"]
    assert {name: list(group["hosts"]) for name, group in document["children"].items()} == {
        "platform_ios": ["rtr-edge-1"],
        "role_edge_router": ["rtr-edge-1"],
        "role_pdu": ["pdu-1"],
        "role_switch": ["sw-6"],
        "role_ups": ["ups-1"],
        "site_dr": ["sw-6"],
        "site_main": ["rtr-edge-1", "ups-1", "pdu-1"],
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


def test_prometheus_gets_each_device_with_an_address_by_its_name():
    found = prometheus.targets(ALL)

    assert [one["targets"] for one in found] == [["rtr-edge-1"], ["sw-6"], ["pdu-1"]]
    assert found[0]["labels"] == {
        "device": "rtr-edge-1",
        "site": "main",
        "role": "edge-router",
        "__meta_dcops_address": "192.0.2.11",
        "__meta_dcops_platform": "ios",
    }
    assert found[1]["labels"]["__meta_dcops_address"] == "2001:db8::6"
    assert found[2]["labels"]["__meta_dcops_snmp"] == "2c"


def test_the_place_of_a_device_is_no_label_of_its_series():
    # With one, the rack of a sensor would arrive as exported_rack.
    assert not {"rack", "room", "position"} & {name for one in prometheus.targets(ALL) for name in one["labels"]}


def test_prometheus_takes_every_label():
    names = {name for one in prometheus.targets(ALL) for name in one["labels"]}
    values = [value for one in prometheus.targets(ALL) for value in one["labels"].values()]

    assert all(re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", name) for name in names)
    assert all(name.startswith("__meta_dcops_") for name in names if name.startswith("__"))
    assert all(isinstance(value, str) and value for value in values)


CONFIG = """\
scrape_configs:
  - job_name: dcops-snmp
    metrics_path: /probe
    file_sd_configs: [{files: [targets.json]}]
    relabel_configs:
      - {source_labels: [__meta_dcops_snmp], regex: .+, action: keep}
      - {source_labels: [__address__], target_label: __param_target}
      - {source_labels: [__address__], target_label: instance}
      - {target_label: __address__, replacement: "127.0.0.1:9740"}
"""


@pytest.fixture
def configured(tmp_path):
    """A Prometheus configuration with the exported file beside it."""
    (tmp_path / "targets.json").write_text(json.dumps(prometheus.targets(ALL)))
    (tmp_path / "prometheus.yaml").write_text(CONFIG)
    return tmp_path / "prometheus.yaml"


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool (package prometheus) is not installed")
def test_promtool_accepts_the_file(configured):
    done = subprocess.run(["promtool", "check", "config", configured], capture_output=True, text=True, check=False)

    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stdout + done.stderr


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool (package prometheus) is not installed")
def test_what_is_scraped_carries_the_names_of_the_inventory_and_nothing_of_the_address(configured):
    done = subprocess.run(
        ["promtool", "check", "service-discovery", "--timeout=5s", configured, "dcops-snmp"],
        capture_output=True,
        text=True,
        check=False,
    )
    kept = [one["labels"] for one in json.loads(done.stdout) if one["labels"]]

    assert [labels for labels in kept if labels.get("device") == "pdu-1"] == [
        {
            "__address__": "127.0.0.1:9740",
            "__metrics_path__": "/probe",
            "__param_target": "pdu-1",
            "__scheme__": "http",
            "__scrape_interval__": "1m",
            "__scrape_timeout__": "10s",
            "device": "pdu-1",
            "instance": "pdu-1",
            "job": "dcops-snmp",
            "role": "pdu",
            "site": "main",
        }
    ]
    assert len(kept) == 1
