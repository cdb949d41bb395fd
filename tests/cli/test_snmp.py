"""`dcops snmp` against the lab's agents."""

import json
import socket
import stat

from lab.snmp import agent, record

DESCRIPTION = "1.3.6.1.2.1.1.1.0"


def test_get_shows_values_and_says_what_is_not_there(lab):
    done = lab.dcops("snmp", "get", "ups-1", DESCRIPTION, "1.3.6.1.4.1.32473.0", "--format", "json")

    assert done.returncode == 1
    (item,) = json.loads(done.stdout)["items"]
    there, missing = item["values"]
    assert (item["device"], item["outcome"], item["error"]) == ("ups-1", "ok", None)
    assert (there["oid"], there["type"]) == (DESCRIPTION, "OCTET STRING")
    assert there["value"]
    assert missing == {"oid": "1.3.6.1.4.1.32473.0", "type": None, "value": None}


def test_a_silent_device_is_named_with_the_next_step(lab):
    lab.fault("ups-1", "hang")

    done = lab.dcops("snmp", "get", "ups-1", DESCRIPTION)

    assert done.returncode == 1
    assert "ups-1: no answer" in done.stderr
    assert "Is SNMP on" in done.stderr


def test_what_is_no_number_or_no_device_is_wrong_usage(lab):
    assert lab.dcops("snmp", "get", "ups-1", "ifName").returncode == 2
    assert lab.dcops("snmp", "walk", "ups-9", DESCRIPTION).returncode == 2
    assert lab.dcops("snmp", "profiles", "ups-mob").returncode == 2
    assert "Did you mean ups-mib?" in lab.dcops("snmp", "profiles", "ups-mob").stderr


def test_a_walk_is_recorded_without_its_login_and_the_lab_serves_it(lab, tmp_path):
    file = tmp_path / "ups.snmprec"
    done = lab.dcops("snmp", "walk", "ups-1", "--to", str(file), "--format", "json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["items"][0]["rows"] == len(record.read(file)) > 20
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (lab.site / "credentials.toml").read_text().count("privacy")
    with agent(file) as served:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
            ours.settimeout(5)
            # A GetNext of version 2c for what follows 1.3.6.1.
            ours.sendto(
                bytes.fromhex("3021020101040670 75626c6963 a114020101020100020100 3009300706032b06010500"),
                (served.host, served.port),
            )
            assert ours.recv(2000)[0] == 0x30
        assert served.counters["getnext"] == 1
    again = lab.dcops("snmp", "walk", "ups-1", "--to", str(file))
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_identify_says_what_to_write_into_the_inventory_and_ends_with_1_when_it_differs(lab):
    done = lab.dcops("snmp", "identify", "ups-1", "pdu-a01-a", "--format", "json")
    items = {item["device"]: item for item in json.loads(done.stdout)["items"]}

    assert {item["outcome"] for item in items.values()} == {"ok"}
    assert "apc-pdu-2g" in items["pdu-a01-a"]["proposed"]
    assert "apc-pdu" not in items["pdu-a01-a"]["proposed"]
    differs = any(item["missing"] or item["surplus"] for item in items.values())
    assert done.returncode == (1 if differs else 0)


def test_a_wrong_profile_in_the_inventory_is_told(lab):
    file = lab.site / "inventory" / "devices" / "power.yaml"
    before = file.read_text()
    try:
        file.write_text(before.replace("apc-pdu-2g", "ups-mib"))
        done = lab.dcops("snmp", "identify", "pdu-a01-a")
    finally:
        file.write_text(before)

    assert done.returncode == 1
    assert "REMOVE" in done.stdout
    assert "profiles: [apc-pdu-2g" in done.stdout


def test_profiles_tell_what_they_give(lab):
    every = json.loads(lab.dcops("snmp", "profiles", "--format", "json").stdout)["items"]
    one = lab.dcops("snmp", "profiles", "ups-mib").stdout

    assert {"interfaces", "ups-mib", "apc-ups"} <= {item["profile"] for item in every}
    assert "recognised by any of the values 1.3.6.1.2.1.33" in one
    assert "dcops_ups_on_battery" in one
