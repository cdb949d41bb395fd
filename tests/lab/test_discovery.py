"""The network of the lab against its inventory, through the wire."""

import json
import shutil

import pytest
import yaml

STRANGER, SQUATTER = "sw-unlisted-1", "192.0.2.57"


def discover(lab, *arguments, root=None):
    where = ("-C", str(root)) if root else ()
    done = lab.dcops(*where, "inventory", "discover", "--format", "json", "--quiet", *arguments)
    assert done.returncode in (0, 1), done.stderr
    result = json.loads(done.stdout)
    return done.returncode, {item["device"]: item for item in result["items"]}, result


def of(result, check):
    return [one for one in result["findings"] if one["id"] == check]


@pytest.fixture
def elsewhere(lab, tmp_path):
    """A copy of the lab's site root, whose inventory a test may change."""
    root = tmp_path / "site"
    shutil.copytree(lab.site, root, ignore=shutil.ignore_patterns("state"))
    return root


def change(root, edit):
    for file in (root / "inventory").rglob("*.yaml"):
        content = yaml.safe_load(file.read_text())
        edit(content)
        file.write_text(yaml.safe_dump(content, sort_keys=False))


def test_exactly_what_the_inventory_does_not_know_is_found(lab):
    code, items, result = discover(lab)

    assert code == 1
    assert {item["outcome"] for item in items.values()} <= {"ok", "skipped"}
    (stranger,) = of(result, "DISC-001")
    (squatter,) = of(result, "DISC-002")
    assert stranger["title"].startswith(f"{STRANGER} at rtr-lan-1 FastEthernet0/0/1")
    assert squatter["title"].startswith(f"{SQUATTER} speaks in 192.0.2.0/26")
    assert of(result, "DISC-003") == []
    assert result["summary"]["findings"] == len(result["findings"]) == 2


def test_it_asks_and_changes_nothing(lab):
    before = {name: lab.counters(name)["writes"] for name in lab.devices}

    discover(lab)

    assert {name: lab.counters(name)["writes"] for name in lab.devices} == before


def test_the_table_says_what_was_found_and_what_to_do(lab):
    done = lab.dcops("inventory", "discover", "--quiet")

    assert done.returncode == 1
    assert "DISC-001" in done.stdout
    assert "shut the port" in done.stdout
    assert done.stdout.rstrip().endswith("2 findings")


def test_what_is_added_to_the_inventory_is_no_finding_any_more(lab, elsewhere):
    def add(content):
        if content.get("devices"):
            new = {"site": "main", "role": "access-switch", "vendor": "Cisco", "model": "WS-C2960-8TC-L"}
            listed = {one["name"] for one in content["devices"]}
            if "rtr-lan-1" in listed:
                content["devices"] += [
                    {"name": STRANGER, **new, "foreign": True},
                    {"name": "noc-pc-7", **new, "management": {"ipv4": SQUATTER}},
                ]

    change(elsewhere, add)
    code, _, result = discover(lab, root=elsewhere)

    assert (code, result["findings"]) == (0, [])


def test_a_device_that_stands_only_in_the_inventory_is_missed(lab, elsewhere):
    def add(content):
        if any(one["name"] == "rtr-lan-1" for one in content.get("devices") or ()):
            content["devices"].append(
                {
                    "name": "sw-ghost-1",
                    "site": "main",
                    "role": "access-switch",
                    "vendor": "Cisco",
                    "model": "Catalyst 9200L",
                    "management": {"ipv4": "192.0.2.44"},
                }
            )

    change(elsewhere, add)
    _, _, result = discover(lab, root=elsewhere)

    (missed,) = of(result, "DISC-003")
    assert (missed["device"], missed["status"]) == ("sw-ghost-1", "fail")


def test_a_neighbour_is_known_by_its_name_alone_and_a_renamed_one_by_what_it_says_itself(lab, elsewhere):
    old = "rtr-edge-1"

    def rename(content):
        for one in content.get("devices") or ():
            if one["name"] == old:
                one["name"] = "border-1"
        for one in content.get("circuits") or ():
            one["device"] = {old: "border-1"}.get(one.get("device"), one.get("device"))
        for one in content.get("dr_pairs") or ():
            one["main"] = {old: "border-1"}.get(one["main"], one["main"])

    change(elsewhere, rename)
    _, items, result = discover(lab, root=elsewhere)

    assert items["border-1"]["outcome"] == "ok"
    assert [one["title"].split()[0] for one in of(result, "DISC-001")] == [STRANGER]


def test_a_device_that_hangs_is_a_failed_outcome_and_the_others_still_tell(lab):
    lab.limit(12)
    lab.fault("fw-main-1", "hang")

    code, items, result = discover(lab)
    lab.limit(20)

    assert code == 1
    assert items["fw-main-1"]["outcome"] in ("timeout", "failed")
    assert len(of(result, "DISC-001")) == 1
    assert of(result, "DISC-003") == [], "others saw it: it hangs, but it is there"


def test_when_nobody_tells_of_neighbours_the_site_could_not_be_checked(lab):
    for name in lab.devices:
        lab.fault(name, "refuse")

    _, _, result = discover(lab)

    (finding,) = result["findings"]
    assert (finding["id"], finding["status"]) == ("DISC-003", "could not check")


def test_a_part_of_the_site_misses_nobody(lab):
    _, items, result = discover(lab, "--device", "rtr-edge-1")

    assert list(items) == ["rtr-edge-1"]
    assert of(result, "DISC-003") == []
    assert result["summary"]["sites_not_judged"] == ["main"]


def test_the_run_is_in_the_ledger_with_its_findings_and_on_the_report_of_the_night(lab):
    discover(lab)
    history = json.loads(lab.dcops("jobs", "history", "discovery", "--format", "json").stdout)
    report = lab.dcops("report", "nightly", "--format", "json", "--lang", "en")

    newest = history["runs"][0]
    assert (newest["state"], newest["summary"]["findings"]) == ("findings", 2)
    (look,) = [one for one in json.loads(report.stdout)["findings"] if one["job"] == "discovery"]
    assert look["number"] == 2
    assert {one["id"] for one in look["findings"]} == {"DISC-001", "DISC-002"}


def test_lldp_is_told_by_those_that_speak_it_and_its_absence_by_the_others(lab):
    router = "rtr-edge-1"
    _, before, _ = discover(lab, "--device", router)
    lab.call("POST", f"/devices/{router}/change", {"lines": ["lldp run"]})
    try:
        _, after, _ = discover(lab, "--device", router)
    finally:
        lab.call("POST", f"/devices/{router}/change", {"lines": ["no lldp run"]})

    assert "LLDP is not enabled" in before[router]["detail"]
    assert "LLDP is not enabled" not in after[router]["detail"]
