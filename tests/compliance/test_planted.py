"""The reference lab: what was planted in its Cisco devices is found, where it is, and nothing else."""

from collections import Counter

import pytest
import yaml

from lab.planted import weaknesses
from tests.compliance.site import ROOT, configuration, devices, judged, subject_of

PLANTED = [
    each
    for each in yaml.safe_load((ROOT / "lab" / "planted.yaml").read_text(encoding="utf-8"))["planted"]
    if each["rule"].startswith("IOS-")
]


@pytest.mark.parametrize("name", sorted(devices()))
def test_an_audit_finds_what_was_planted_and_nothing_else(name):
    failed = [
        finding for finding in judged(subject_of(devices()[name]), configuration(name)) if finding.status == "fail"
    ]
    wanted = {each["rule"]: each["where"] for each in PLANTED if each["device"] == name}

    assert {finding.id for finding in failed} == set(wanted)
    for rule, where in wanted.items():
        assert any(where in finding.evidence for finding in failed if finding.id == rule), rule


def test_only_what_the_configuration_hides_could_not_be_checked():
    seen = Counter()
    for name, entry in devices().items():
        for finding in judged(subject_of(entry), configuration(name)):
            if finding.status == "could not check":
                seen[finding.id, entry["model"]] += 1

    # Users of SNMP: the routers do not show them.
    assert set(seen) == {("IOS-057", "ISR 4461"), ("IOS-057", "1921")}


def test_the_list_names_devices_of_the_lab_once_for_each_rule():
    pairs = [(each["device"], each["rule"]) for each in PLANTED]

    assert len(pairs) == len(set(pairs))
    assert {device for device, _ in pairs} <= set(devices())
    assert weaknesses("sw-srv-1") == {"IOS-021"}
    assert weaknesses("r0001") == frozenset()
