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
    assert done.output.startswith("160 devices, 35 sensors, 2 sites, 25 racks")
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
    assert (summary["mistakes"], summary["devices"], summary["sites"]) == (0, 160, 2)


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
    assert "2 of 160 devices" in done.stdout


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


# ---- import ------------------------------------------------------------------------------------

SHEET = """\
DANH SÁCH THIẾT BỊ;;;;;;
Tên thiết bị;Địa chỉ IP;Hãng;Chủng loại/Model;Vai trò;Mật khẩu;Ghi chú
SW Tầng 2;203.0.113.41;Cisco;WS-C2960X;Switch truy nhập;Hunter2!Hunter2;tầng 2
rtr-edge-1;203.0.113.42;Cisco;ISR 4461;Router biên;Hunter3!;
;203.0.113.43;Cisco;1921;Router;;
"""


@pytest.fixture
def mine(tmp_path):
    """A site root whose inventory a test may add to."""
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "all.yaml").write_text(
        "sites: [{name: main, title: Main, role: main}]\n"
        "credentials: [{name: ios-backup}]\n"
        "devices:\n  - {name: rtr-edge-1, site: main, role: edge-router, vendor: Cisco, model: ISR 4461}\n"
    )
    return site_root(tmp_path, "inventory")


@pytest.fixture
def sheet(tmp_path):
    file = tmp_path / "Thiết bị.csv"
    file.write_text(SHEET, encoding="utf-8-sig")
    return file


def files(root):
    return {str(file.relative_to(root)): file.read_text() for file in (root / "inventory").rglob("*") if file.is_file()}


def test_an_import_is_a_preview_and_writes_nothing(mine, sheet):
    before = files(mine)
    done = run(mine, "import", str(sheet))

    assert done.exit_code == 1
    assert files(mine) == before
    assert "sw-tang-2" in done.stdout
    assert "was SW Tầng 2" in done.stdout
    assert "row 4 rtr-edge-1: device rtr-edge-1 has this name already" in done.stdout
    assert "row 5: it has no name" in done.stdout
    assert "1 to add, 1 exist, 1 cannot be used. Nothing was written" in done.stdout


def test_an_import_never_shows_a_password_and_warns_of_its_column(mine, sheet):
    for form in ("table", "json"):
        done = run(mine, "import", str(sheet), "--format", form, "--write")

        assert "Hunter" not in done.stdout + done.stderr
        assert "column F 'Mật khẩu' looks like passwords" in done.stderr
        (mine / "inventory" / "devices" / "thiet-bi.yaml").unlink()
    assert "Hunter" not in "".join(files(mine).values())
    assert "Hunter" not in "".join(file.read_text() for file in (mine / "state").rglob("*") if file.is_file())


def test_an_import_with_write_adds_one_file_and_touches_no_other(mine, sheet):
    before = files(mine)
    done = run(mine, "import", str(sheet), "--default", "credential.ios=ios-backup", "--write", "--format", "json")
    answer = json.loads(done.stdout)
    after = files(mine)

    assert (done.exit_code, answer["written"]) == (1, True)
    assert set(after) - set(before) == {"inventory/devices/thiet-bi.yaml"}
    assert {name: after[name] for name in before} == before
    assert run(mine, "check").exit_code == 0
    shown = json.loads(run(mine, "show", "sw-tang-2", "--format", "json").stdout)["items"][0]["values"]
    assert (shown["platform"], shown["credential"], shown["role"]) == ("ios", "ios-backup", "access-switch")


def test_an_import_is_written_into_the_audit_log(mine, sheet):
    run(mine, "import", str(sheet), "--write")
    log = "".join(file.read_text() for file in (mine / "state").glob("audit*"))

    assert "inventory import" in log
    assert "sw-tang-2" in log


def test_a_second_import_of_the_same_file_is_refused(mine, sheet):
    run(mine, "import", str(sheet), "--write")
    again = run(mine, "import", str(sheet), "--write")

    assert isinstance(again.exception, InvalidInput)
    assert "never overwrites" in str(again.exception)


def test_an_import_that_would_spoil_the_inventory_is_refused_with_the_row(mine, tmp_path):
    file = tmp_path / "racks.csv"
    file.write_text("Name,Model,Vendor,Role,Rack,U\na-1,M,V,switch,A01,40-45\n")
    (mine / "inventory" / "racks.yaml").write_text("racks: [{name: A01, site: main, room: r, units: 42}]\n")
    all_ = mine / "inventory" / "all.yaml"
    all_.write_text(
        all_.read_text().replace("role: main}", "role: main, rooms: [{name: r, width_mm: 1, depth_mm: 1}]}")
    )
    before = files(mine)

    preview = run(mine, "import", str(file))
    refused = run(mine, "import", str(file), "--write")

    assert preview.exit_code == 1
    assert "row 2: device a-1: reaches unit 45" in preview.stdout
    assert isinstance(refused.exception, InvalidInput)
    assert "row 2: device a-1: reaches unit 45" in str(refused.exception)
    assert files(mine) == before


def test_a_clean_sheet_is_well(mine, tmp_path):
    file = tmp_path / "one.csv"
    file.write_text("Name,Model,Vendor,Role,Price\na-1,R740,Dell,server,5\n")
    done = run(mine, "import", str(file), "--format", "json")
    answer = json.loads(done.stdout)

    assert done.exit_code == 0
    assert answer["summary"] == {
        "add": 1, "exists": 0, "unusable": 0, "skipped": 0, "mistakes": 0, "password_columns": 0,
    }  # fmt: skip
    assert [(one["column"], one["field"]) for one in answer["columns"]][-1] == ("E", None)


# ---- export ------------------------------------------------------------------------------------


def test_the_public_ranges_of_the_reference_site_are_listed_and_the_gaps_told(reference):
    done = run(reference, "export", "--for", "ncsc")

    assert done.exit_code == 1
    assert "203.0.113.0/29" in done.stdout
    assert done.stdout.rstrip().endswith("40 public ranges of 16 systems")
    assert "ioc" in done.stderr
    assert "no public range" in done.stderr


def test_the_ranges_come_as_json_with_their_gaps_and_as_csv_for_a_spreadsheet(reference, tmp_path):
    answer = json.loads(run(reference, "export", "--for", "ncsc", "--format", "json").stdout)
    file = tmp_path / "ranges.csv"
    done = run(reference, "export", "--for", "ncsc", "--format", "csv", "--to", str(file))
    lines = file.read_text(encoding="utf-8").splitlines()

    assert answer["summary"] == {"ranges": 40, "systems": 16, "gaps": len(answer["gaps"])}
    assert {one["family"] for one in answer["items"]} == {"IPv4", "IPv6"}
    assert done.stdout == ""
    assert lines[0] == "\ufeffsystem,title,owner,level,family,range,first,last,site,registered,public_names"
    assert len(lines) == 41


def test_ansible_and_prometheus_read_what_they_get(reference, tmp_path):
    import yaml

    hosts = yaml.safe_load(run(reference, "export", "--for", "ansible", "--site", "dr").stdout)
    file = tmp_path / "targets.json"
    run(reference, "export", "--for", "prometheus", "--to", str(file))
    targets = json.loads(file.read_text())

    assert "rtr-dr-1" in hosts["all"]["hosts"]
    assert set(hosts["all"]["children"]["site_dr"]["hosts"]) == set(hosts["all"]["hosts"])
    assert ["rtr-edge-1"] in [one["targets"] for one in targets]
    assert {"site": "dr", "device": "ups-dr-1", "role": "ups"}.items() <= next(
        one["labels"] for one in targets if one["targets"] == ["ups-dr-1"]
    ).items()
    assert file.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--for", "prometheus", "--format", "csv"), "no --format csv"),
        (("--for", "ncsc", "--role", "firewall"), "nothing else to select by"),
        (("--for", "ncsc", "--site", "mian"), "mian"),
    ],
)
def test_an_export_that_does_not_exist_is_wrong_usage(reference, arguments, words):
    done = run(reference, "export", *arguments)

    assert isinstance(done.exception, UsageError)
    assert words in str(done.exception)
