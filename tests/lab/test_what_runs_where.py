"""What runs where through the wire: a vCenter of the lab is believed, tried and asked by what people type."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from lab.vsphere import serve, why_not
from tests import warm

ROOT = Path(__file__).resolve().parents[2]
FINGERPRINT = re.compile(r"SHA-256\s+((?:[0-9A-F]{2}:){31}[0-9A-F]{2})")


@pytest.fixture(scope="module")
def vcenter():
    if reason := why_not():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}, and CI=true allows no skipping")
        pytest.skip(reason)
    with serve("vc-main") as simulator:
        yield simulator


@pytest.fixture
def site(tmp_path, vcenter):
    """A site root with the reference inventory, whose vc-main is the simulator and whose vc-dr is down."""
    root = tmp_path / "site"
    (root / "trust").mkdir(parents=True)
    (root / "dcops.toml").write_text("")
    shutil.copytree(ROOT / "inventory", root / "inventory")
    file = root / "inventory/devices/vsphere.yaml"
    content = yaml.safe_load(file.read_text())
    for entry in content["devices"]:
        if entry["name"] == "vc-main":
            entry["management"] = {"ipv4": vcenter.host, "port": vcenter.port}
        if entry["name"] == "vc-dr":
            entry["management"] = {"ipv4": "127.0.0.1", "port": 9}
    file.write_text(yaml.safe_dump(content))
    login = root / "credentials.toml"
    login.write_text(
        f"[vsphere-read]\nusername = {json.dumps(vcenter.user)}\npassword = {json.dumps(vcenter.password)}\n"
    )
    login.chmod(0o600)
    vcenter.control.do("heal")
    vcenter.control.reset()
    return root


@pytest.fixture
def believed(site, vcenter):
    (site / "trust/ca.pem").write_text(vcenter.ca)
    return site


def dcops(site, *arguments):
    done = warm.run("-C", str(site), *arguments)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def shown(site, name, *arguments):
    done = dcops(site, "inventory", "show", name, "--fresh", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["items"][0]["placement"]


def test_a_vcenter_is_believed_by_its_fingerprint_and_then_tells_what_it_shows(site, vcenter):
    refused = dcops(site, "device", "test", "vc-main")
    assert (refused.returncode, vcenter.control.calls().get("Login", 0)) == (1, 0), "nothing vouches for it yet"

    fingerprint = FINGERPRINT.search(dcops(site, "trust", "add", "vc-main").stdout)[1]
    assert dcops(site, "trust", "add", "vc-main", "--fingerprint", fingerprint).returncode == 0

    done = dcops(site, "device", "test", "vc-main")
    assert done.returncode == 0, done.stdout
    assert f"{vcenter.hosts} hosts, {vcenter.machines} machines" in done.stdout
    assert "certificate pinned" in done.stdout
    assert vcenter.password not in done.stdout + done.stderr
    assert dcops(site, "trust", "check", "--device", "vc-main").returncode == 0


def test_every_machine_of_the_estate_is_found_once_and_by_one_login(believed, vcenter):
    done = dcops(believed, "inventory", "placement", "--fresh", "--format", "json")

    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert told["summary"]["machines"] == vcenter.machines == 282
    found = {}
    for one in told["findings"]:
        found.setdefault(one["id"], []).append(one)
    assert set(found) <= {"VIR-001", "VIR-002", "VIR-006", "VIR-007"}, "all hosts of both sides fit"
    assert any("museum-database" in one["title"] for one in found["VIR-002"])
    assert {one["title"] for one in found["VIR-001"]} >= {
        "vcsa-main belongs to no system",
        "jump-host-old belongs to no system",
    }
    assert [one["device"] for one in found["VIR-007"]] == ["vc-dr"]
    calls = vcenter.control.calls()
    assert (calls["Login"], calls["Logout"]) == (1, 1)
    assert not (believed / "state").exists(), "a question leaves nothing behind"


def test_a_machine_that_moved_is_where_it_is_now(believed, vcenter):
    def place():
        (one,) = [one for one in shown(believed, "sso")["machines"] if one["name"] == "sso-db-1"]
        return one["host"]

    before = place()
    vcenter.control.do("vmotion", vm="sso-db-1")
    after = place()

    assert before != after
    lost = shown(believed, "sso", "--without", after)["without"]
    assert "sso-db-1" in {one["name"] for one in lost["machines"]}
    assert [one["system"] for one in lost["systems"]] == ["sso"]


def test_a_wrong_password_is_named_and_tried_once(believed, vcenter):
    login = believed / "credentials.toml"
    login.write_text(login.read_text().replace(vcenter.password, "not-the-password"))

    done = dcops(believed, "inventory", "placement", "--fresh")

    assert done.returncode == 3
    assert "vc-main: " in done.stderr
    assert "dcops device test vc-" in done.stderr, "what to do next"
    assert "not-the-password" not in done.stdout + done.stderr
    assert vcenter.control.stats()["failed_logins"] == 1
