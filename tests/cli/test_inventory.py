import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dcops.cli.inventory import command
from dcops.errors import InvalidInput, UsageError

REFERENCE = Path(__file__).parents[2] / "inventory"
WRONG = Path(__file__).parents[1] / "inventory" / "twenty_mistakes"
ISP = "devices:\n  - {name: isp-radio, site: main, role: radio, vendor: Example, model: R1, foreign: true}\n"


def site_root(folder, inventory):
    (folder / "dcops.toml").write_text(f'[paths]\ninventory = "{inventory}"\n')
    return folder


@pytest.fixture
def reference(tmp_path):
    return site_root(tmp_path, REFERENCE)


def run(root, *arguments):
    return CliRunner().invoke(command, arguments, obj=root, catch_exceptions=True)


def test_check_says_what_there_is_when_nothing_is_wrong(reference):
    done = run(reference, "check")

    assert done.exit_code == 0
    assert done.output.startswith("40 devices, 2 sites, 25 racks")
    assert done.output.endswith(": no mistakes\n")


def test_check_prints_one_line_for_each_mistake_and_exits_1(tmp_path):
    done = run(site_root(tmp_path, WRONG), "check")

    lines = done.stdout.splitlines()
    assert done.exit_code == 1
    assert len(lines) == 20
    assert lines[0] == "twenty_mistakes/devices.yaml:6: device rtr-1: unknown key 'vendr' (did you mean vendor?)"


def test_check_gives_the_same_as_json(tmp_path):
    done = run(site_root(tmp_path, WRONG), "check", "--format", "json")

    answer = json.loads(done.stdout)
    assert done.exit_code == 1
    assert answer["command"] == "inventory check"
    assert answer["summary"]["mistakes"] == len(answer["items"]) == 20
    assert answer["items"][0] == {
        "file": "twenty_mistakes/devices.yaml",
        "line": 6,
        "message": "device rtr-1: unknown key 'vendr'",
        "hint": "did you mean vendor?",
    }


def test_check_as_json_counts_what_is_well(reference):
    done = run(reference, "check", "--format", "json")

    summary = json.loads(done.stdout)["summary"]
    assert (summary["mistakes"], summary["devices"], summary["sites"]) == (0, 40, 2)


def test_other_commands_refuse_an_inventory_with_mistakes(tmp_path):
    for arguments in (("list",), ("show", "rtr-1")):
        done = run(site_root(tmp_path, WRONG), *arguments)

        assert isinstance(done.exception, InvalidInput)
        assert done.exception.exit_code == 2


def test_list_shows_the_devices_that_were_selected(reference):
    done = run(reference, "list", "--site", "dr", "--role", "firewall")

    assert done.exit_code == 0
    assert "fw-dr-1" in done.stdout
    assert "198.51.100.13" in done.stdout
    assert "fw-main-1" not in done.stdout
    assert "2 of 40 devices" in done.stdout


def test_list_shows_devices_of_others_as_such(tmp_path):
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "all.yaml").write_text("sites: [{name: main, title: M, role: main}]\n" + ISP)

    done = run(site_root(tmp_path, "inventory"), "list")

    assert "isp-radio" in done.stdout
    assert "foreign" in done.stdout


def test_list_as_json_gives_the_model(reference):
    done = run(reference, "list", "--device", "rtr-lan-1", "--format", "json")

    (device,) = json.loads(done.stdout)["items"]
    assert device["management"] == {"ipv4": "192.0.2.13", "ipv6": "2001:db8:0:10::13", "port": None, "tls_name": None}
    assert device["support"]["end_of_support"] == "2023-09-30"
    assert device["criticality"] == "high"


def test_an_unknown_word_is_wrong_usage(reference):
    done = run(reference, "list", "--role", "firewal")

    assert isinstance(done.exception, UsageError)
    assert "Did you mean firewall?" in str(done.exception)


def test_show_tells_everything_of_a_device_and_that_its_support_has_ended(reference):
    done = run(reference, "show", "rtr-lan-1")

    assert done.exit_code == 0
    for text in ("1921", "192.0.2.13", "ios-backup", "legacy_algorithms.reason", "rtr-dr-lan-1"):
        assert text in done.stdout
    assert "! support ended on 2023-09-30" in done.stdout


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("sso", ["Single sign-on", "203.0.113.40/29", "runs at both sites"]),
        ("A01", ["machine-room", "rtr-edge-1", "units 38 to 40"]),
        ("dr", ["rented", "yes", "D01", "wan-dr-1", "dr-internet"]),
        ("vnpt-internet", ["GigabitEthernet0/0/0", "64512"]),
        ("panos-backup", ["superuser-reader", "fw-main-1"]),
    ],
)
def test_show_knows_every_kind_of_thing(reference, name, texts):
    done = run(reference, "show", name)

    assert done.exit_code == 0
    for text in texts:
        assert text in done.stdout


def test_show_as_json(reference):
    (item,) = json.loads(run(reference, "show", "rtr-lan-1", "--format", "json").stdout)["items"]

    assert item["kind"] == "device"
    assert item["warning"] == "support ended on 2023-09-30"
    assert {"kind": "DR pair", "name": "rtr-dr-lan-1", "how": "stands in for it at the DR site"} in item["mentions"]


def test_show_of_an_unknown_name_gives_the_nearest(reference):
    done = run(reference, "show", "rtr-egde-1")

    assert isinstance(done.exception, UsageError)
    assert "Did you mean rtr-edge-1?" in str(done.exception)


def test_schema_is_one_json_document_and_needs_no_site_root():
    done = run(None, "schema")

    assert json.loads(done.stdout)["title"] == "dcops inventory file"
