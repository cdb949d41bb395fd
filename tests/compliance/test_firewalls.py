"""The reference lab: what was planted in its firewalls is found, where it is, and nothing else."""

import pytest
import yaml
from lxml import etree

from tests.compliance.firewalls import configuration, devices, judged, rules, statuses, subject_of
from tests.compliance.site import ROOT

FAMILIES = ("PAN-", "SFO-", "PEP-")
PLANTED = [
    each
    for each in yaml.safe_load((ROOT / "lab" / "planted.yaml").read_text(encoding="utf-8"))["planted"]
    if each["rule"].startswith(FAMILIES)
]
RANGES = {
    "PAN": [(1, 20), (21, 26), (31, 36), (41, 52), (61, 72)],
    "SFO": [(1, 15), (21, 28)],
    "PEP": [(1, 5)],
}


@pytest.mark.parametrize("name", sorted(devices()))
def test_an_audit_finds_what_was_planted_and_nothing_else(name):
    found = judged(subject_of(name), configuration(name))
    failed = [finding for finding in found if finding.status == "fail"]
    wanted = {each["rule"]: each["where"] for each in PLANTED if each["device"] == name}

    assert {finding.id for finding in failed} == set(wanted)
    for rule, where in wanted.items():
        assert any(where in finding.evidence for finding in failed if finding.id == rule), rule
    assert [finding.evidence for finding in found if finding.status == "could not check"] == []


def test_the_list_names_each_weakness_once():
    pairs = [(each["device"], each["rule"]) for each in PLANTED]

    assert len(pairs) == len(set(pairs))
    assert {device for device, _ in pairs} <= set(devices())


def test_ids_stand_in_the_ranges_of_their_groups():
    for platform in ("panos", "sfos", "peplink"):
        for rule in rules(platform):
            family, number = rule.id.split("-")
            assert any(first <= int(number) <= last for first, last in RANGES[family]), rule.id


def test_every_rule_is_asked_on_some_device():
    asked = {
        finding.id
        for name in devices()
        for finding in judged(subject_of(name), configuration(name))
        if finding.status != "not applicable"
    }

    assert {rule.id for platform in ("panos", "sfos", "peplink") for rule in rules(platform)} == asked


def test_no_evidence_holds_a_secret():
    for name in devices():
        for finding in judged(subject_of(name), configuration(name)):
            assert "<secret:" not in finding.evidence


@pytest.mark.parametrize("name", ["fw-main-1", "fw-sophos-1"])
def test_what_a_firewall_that_says_nothing_shows_is_not_well(name):
    root = etree.fromstring(configuration(name))
    root.clear()
    if name == "fw-main-1":
        etree.SubElement(root, "shared")
    seen = statuses(subject_of(name), etree.tostring(root, encoding="unicode"))

    # What forbids something in a part that may be empty holds in an empty one; what asks for something does not.
    passed = {rule for rule, status in seen.items() if status == "pass"}
    assert passed <= {
        *("PAN-004", "PAN-005", "PAN-010", "PAN-011", "PAN-012", "PAN-017", "PAN-041", "PAN-042", "PAN-043"),
        *("PAN-044", "PAN-045", "PAN-046", "PAN-047", "PAN-048", "PAN-049", "PAN-061", "PAN-062", "PAN-063"),
        *("PAN-064", "PAN-065", "PAN-067", "PAN-068", "PAN-069", "PAN-070", "PAN-071", "PAN-072", "SFO-015"),
    }


@pytest.mark.parametrize("server", ["<panorama-server>192.0.2.9</panorama-server>"])
@pytest.mark.parametrize("name", ["fw-main-1", "fw-old-1"])
def test_a_firewall_that_panorama_manages_never_passes_and_keeps_what_is_wrong(name, server):
    text = configuration(name)
    alone = statuses(subject_of(name), text)
    managed = [*judged(subject_of(name), text.replace("<hostname>", f"{server}<hostname>", 1))]

    assert [finding.id for finding in managed if finding.status == "pass"] == []
    unsure = {finding.id for finding in managed if finding.status == "could not check"}
    assert unsure >= {rule for rule, status in alone.items() if status == "pass"}
    visible = {rule for rule, status in alone.items() if status == "fail"} - {"PAN-006"}
    assert visible <= {finding.id for finding in managed if finding.status == "fail"}


@pytest.mark.parametrize("entity", ["Zone", "SNMPCommunity", "FirewallRule", "AdminSettings", "Time", "DoSSettings"])
def test_an_entity_that_the_account_may_not_read_is_no_pass(entity):
    root = etree.fromstring(configuration("fw-sophos-1"))
    for element in root.findall(entity):
        root.remove(element)
    missing = statuses(subject_of("fw-sophos-1"), etree.tostring(root, encoding="unicode"))
    status = etree.SubElement(etree.SubElement(root, entity), "Status", code="529")
    status.text = "Operation not allowed."
    refused = statuses(subject_of("fw-sophos-1"), etree.tostring(root, encoding="unicode"))

    asking = {
        rule.id for rule in rules("sfos") if entity in f"{rule.scope} {rule.requirements}" and rule.id != "SFO-015"
    }
    assert asking
    assert {refused[rule] for rule in asking} == {missing[rule] for rule in asking} == {"could not check"}
