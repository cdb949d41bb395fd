"""Answers of real firewalls and balancers, where the recordings are at hand (`DCOPS_RECORDINGS`)."""

import json
import os
import re
from pathlib import Path

import pytest

from dcops.audit.subject import Subject
from tests.compliance.firewalls import judged, readable, rules, statuses

ROOT = Path(os.environ.get("DCOPS_RECORDINGS", ""))
pytestmark = pytest.mark.skipif(not os.environ.get("DCOPS_RECORDINGS"), reason="DCOPS_RECORDINGS is not set")
PANOS = Subject("recorded", "panos")
PEPLINK = Subject("recorded", "peplink")


def test_a_recorded_firewall_as_it_comes_from_the_factory_is_judged_by_every_rule():
    files = sorted((ROOT / "cli" / "napalm-panos").rglob("*config*.xml"))
    assert files
    for file in files:
        match = re.search(rb"<config .*</config>", file.read_bytes(), re.DOTALL)
        seen = statuses(PANOS, readable("panos", match[0]))
        assert set(seen) == {rule.id for rule in rules("panos")}
        assert set(seen.values()) <= {"pass", "fail", "not applicable"}, file
        # Telnet is off, signatures come once a week and are not installed, every account may do everything.
        assert {seen[rule] for rule in ("PAN-003", "PAN-010", "PAN-061")} == {"pass"}
        assert {seen[rule] for rule in ("PAN-001", "PAN-002", "PAN-007", "PAN-009", "PAN-014", "PAN-031")} == {"fail"}
        # Keys of the API do not end before 9.0, and it is no member of a pair.
        assert {seen[rule] for rule in ("PAN-018", "PAN-022", "PAN-066")} == {"not applicable"}


def test_what_is_no_configuration_passes_nothing():
    files = [
        *sorted((ROOT / "cli" / "ntc-paloalto_panos").rglob("*.raw")),
        *sorted((ROOT / "cli" / "napalm-panos").rglob("*.xml")),
        *sorted((ROOT / "api" / "panos").glob("*.xml")),
    ]
    assert len(files) > 20
    for file in files:
        found = judged(PANOS, file.read_text(errors="replace"))
        assert {finding.status.value for finding in found} <= {"could not check", "not applicable"}, file


def test_lines_of_a_recorded_balancer_are_judged():
    lines = json.loads((ROOT / "api" / "peplink" / "status.wan.connection.json").read_text())
    version = json.loads((ROOT / "api" / "peplink" / "infoType-device_status.system.info.json").read_text())
    device = version.get("response", version)["device"]
    slots = {"1": {"version": device["firmwareVersion"], "bootable": True, "inUse": True}, "order": [1]}
    answers = {"info.firmware": slots, "status.lan.profile": {"0": {"ip": "192.0.2.1"}, "order": [0]}}
    wrapped = {
        name: {"stat": "ok", "response": answer} for name, answer in {**answers, "status.wan.connection": lines}.items()
    }
    seen = statuses(PEPLINK, readable("peplink", json.dumps(wrapped, indent=1).encode() + b"\n"))

    assert {seen[rule] for rule in ("PEP-001", "PEP-003", "PEP-004")} == {"pass"}
    assert seen["PEP-002"] == "fail"


def test_other_answers_of_a_balancer_pass_nothing():
    for file in sorted((ROOT / "api" / "peplink").glob("*.json")):
        assert set(statuses(PEPLINK, file.read_text()).values()) == {"could not check"}, file
