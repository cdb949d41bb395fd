"""What an import would do: each row with its outcome, and everything that had to be assumed is told."""

import re
from functools import partial
from ipaddress import ip_address

import pytest

from dcops.errors import InvalidInput, UsageError
from dcops.inventory.inventory import Inventory
from dcops.inventory.spreadsheet import headings, read
from dcops.inventory.spreadsheet.plan import defaults, plan
from dcops.inventory.spreadsheet.row import Outcome
from dcops.model.device import CredentialName, Device, Management
from dcops.model.facility import Rack, Site, SiteRole

THERE = Device(
    name="rtr-edge-1",
    site="main",
    role="edge-router",
    vendor="Cisco",
    model="ISR 4461",
    serial="FDO0001",
    management=Management(ip_address("192.0.2.11"), ip_address("2001:db8::11")),
)
VCENTER = Device("vc-1", "main", "vcenter", "VMware", "vCenter Server", platform="vcenter")
INVENTORY = Inventory(
    devices=(THERE, VCENTER),
    sites=(Site("dr", "Trung tâm dự phòng", SiteRole.DR), Site("main", "Trung tâm dữ liệu", SiteRole.MAIN)),
    racks=(Rack("A01", "main", "room"), Rack("D01", "dr", "hall")),
    credentials=(CredentialName("ios-backup"), CredentialName("panos-backup")),
)
HEAD = "Name;IP;Vendor;Model;Role;Site"


def planned(text, *, given=(), mapped=(), inventory=INVENTORY):
    chosen = headings.mapping(mapped)
    sheet = read.parse(text.encode(), "x.csv", partial(headings.understood, mapped=chosen))
    return plan(sheet, chosen, defaults(given, inventory), inventory)


def one(text, **more):
    (row,) = planned(f"{HEAD}{text}", **more).rows
    return row


def test_a_row_becomes_a_device_in_the_words_of_the_inventory():
    row = one(
        ";Serial;Version;Rack;U;Owner;Cấp độ;Dịch vụ;Ngày hết hỗ trợ;Ghi chú\n"
        "SW Tầng 2;192.0.2.40/26;CISCO;WS-C2960X;Switch truy nhập;main;FOC1;15.2(7)E4;a01;U12-13;Phòng HT;Cấp độ 3;"
        "Cổng dịch vụ, LAN;31/12/2027;gần cửa",
        given=["credential.ios=ios-backup"],
    )

    assert row.outcome is Outcome.ADD
    assert (row.name, row.written) == ("sw-tang-2", "SW Tầng 2")
    assert dict(row.values) == {
        "name": "sw-tang-2",
        "site": "main",
        "role": "access-switch",
        "platform": "ios",
        "vendor": "Cisco",
        "model": "WS-C2960X",
        "serial": "FOC1",
        "software": "15.2(7)E4",
        "management": {"ipv4": "192.0.2.40"},
        "credential": "ios-backup",
        "place": {"rack": "A01", "unit": 12, "height": 2},
        "owner": "Phòng HT",
        "service_groups": ["cong-dich-vu", "lan"],
        "level": 3,
        "support": {"end_of_support": "2027-12-31"},
        "notes": "gần cửa",
    }
    assert row.guessed == ("platform",)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (";192.0.2.40;Cisco;1921;router;main", "it has no name"),
        ("sw-1;192.0.2.40;Cisco;;router;main", "it has no model"),
        ("sw-1;192.0.2.40;;ABC-1;router;main", "names no vendor"),
        ("sw-1;192.0.2.300;Cisco;1921;router;main", "'192.0.2.300' is no address"),
        ("sw-1;192.0.2.40;Cisco;1921;router;mein", "site 'mein' is not in the inventory .did you mean main?."),
        ("sw-1;192.0.2.40;Cisco;1921;router;", "it names no site"),
        ("x-1;192.0.2.40;Cisco;1921;;main", "no role"),
        ("***;192.0.2.40;Cisco;1921;router;main", "leaves no name"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(cells, reason):
    row = one(f"\n{cells}")

    assert (row.outcome, row.row) == (Outcome.UNUSABLE, 2)
    assert re.search(reason, row.reason), row.reason


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("RTR-Edge-1;;Cisco;1921;router;main", "device rtr-edge-1 has this name already"),
        ("rtr-9;192.0.2.11;Cisco;1921;router;main", "device rtr-edge-1 has this address already"),
        ("rtr-9;2001:db8::11;Cisco;1921;router;main", "device rtr-edge-1 has this address already"),
    ],
)
def test_what_the_inventory_has_is_left_alone(cells, reason):
    row = one(f"\n{cells}")

    assert (row.outcome, row.reason) == (Outcome.EXISTS, reason)


def test_a_device_is_known_by_its_serial_number_too():
    row = one(";S/N\nrtr-9;;Cisco;1921;router;main;fdo0001")

    assert row.outcome is Outcome.EXISTS


def test_what_stands_twice_in_the_sheet_is_used_once_and_the_other_row_named():
    rows = planned(
        f"{HEAD};S/N\na-1;192.0.2.40;Cisco;1921;router;main;S1\na-1;192.0.2.41;Cisco;1921;router;main;S2\n"
        "a-2;192.0.2.40;Cisco;1921;router;main;S3\na-3;192.0.2.43;Cisco;1921;router;main;s1"
    ).rows

    assert [row.outcome for row in rows] == [Outcome.ADD, *[Outcome.UNUSABLE] * 3]
    assert [row.reason for row in rows[1:]] == [
        "row 2 has the same name, a-1",
        "row 2 has the same address, 192.0.2.40",
        "row 2 has the same serial, s1",
    ]


def test_without_a_login_or_an_address_nothing_is_said_to_be_backed_up():
    no_login = one("\nsw-1;192.0.2.40;Cisco;1921;router;main")
    no_address = one("\nsw-1;;Cisco;1921;router;main", given=["credential=ios-backup"])

    for row, words in ((no_login, "no credential"), (no_address, "no address")):
        assert row.outcome is Outcome.ADD
        assert "platform" not in row.values
        assert "credential" not in row.values
        assert row.guessed == ()
        assert any("not backed up" in note and words in note for note in row.notes)


def test_each_platform_may_have_its_own_login():
    rows = planned(
        f"{HEAD}\nr-1;192.0.2.40;Cisco;1921;router;main\nf-1;192.0.2.41;Palo Alto;PA-3220;firewall;main\n"
        "u-1;192.0.2.42;APC;Smart-UPS;ups;main",
        given=["credential.ios=ios-backup", "credential.panos=panos-backup"],
    ).rows

    assert [(row.values.get("platform"), row.values.get("credential")) for row in rows] == [
        ("ios", "ios-backup"),
        ("panos", "panos-backup"),
        (None, None),
    ]


@pytest.mark.parametrize(
    ("more", "vcenter", "guessed"),
    [
        (";vCenter\nesx-1;;Dell;R750;host;main;VC-1", "vc-1", ("platform",)),
        (";Platform;vCenter\nesx-1;;Dell;R750;host;main;esxi;vc-1", "vc-1", ()),
        (";Hệ điều hành\nesx-1;;Dell;R750;host;main;VMware ESXi 8.0.2", None, ("platform",)),
    ],
)
def test_an_esxi_host_needs_no_login_as_its_vcenter_is_asked(more, vcenter, guessed):
    row = one(more)

    assert row.outcome is Outcome.ADD
    assert (row.values["platform"], row.values.get("vcenter"), row.guessed) == ("esxi", vcenter, guessed)
    assert (row.notes, "credential" in row.values) == ((), False)


def test_a_vcenter_that_the_inventory_has_not_is_left_out_and_told():
    row = one(";vCenter\nesx-1;;Dell;R750;host;main;vc-l")

    assert row.values["platform"] == "esxi"
    assert "vcenter" not in row.values
    assert row.notes == ("vCenter 'vc-l' is not in the inventory (did you mean vc-1?): left out",)


def test_a_login_that_the_inventory_does_not_name_is_refused():
    row = one(";Credential\nr-1;192.0.2.40;Cisco;1921;router;main;ios-bakup")

    assert (row.outcome, row.reason) == (
        Outcome.UNUSABLE,
        "credential 'ios-bakup' is not in the inventory (did you mean ios-backup?)",
    )


def test_a_device_of_another_organisation_gets_no_login():
    row = one(";Thiết bị của đơn vị khác\nisp-1;192.0.2.40;Cisco;1921;router;main;x", given=["credential=ios-backup"])

    assert row.values["foreign"] is True
    assert {"platform", "credential"}.isdisjoint(row.values)


def test_a_site_may_be_named_by_its_title_and_need_not_be_where_there_is_one():
    by_title = one("\nr-1;;Cisco;1921;router;Trung tam du phong")
    single = Inventory(sites=(Site("main", "Main", SiteRole.MAIN),))

    assert by_title.values["site"] == "dr"
    assert one("\nr-1;;Cisco;1921;router;", inventory=single).guessed == ("site",)


def test_a_rack_that_is_not_at_the_site_is_left_out_and_told():
    wrong = one(";Rack;U\nr-1;;Cisco;1921;router;main;D01;4")
    unknown = one(";Rack;U\nr-1;;Cisco;1921;router;main;Z9;4")

    for row in (wrong, unknown):
        assert "place" not in row.values
        assert any("place left out" in note for note in row.notes)


def test_a_serial_number_that_excel_spoilt_is_left_out():
    row = one(";Serial\nr-1;;Cisco;1921;router;main;1.80180E+12")

    assert "serial" not in row.values
    assert any("spoilt" in note for note in row.notes)


def test_dates_that_make_no_sense_are_left_out_and_doubtful_ones_told():
    doubtful = one(";End of support\nr-1;;Dell;R740;server;main;03/04/2027")
    wrong = one(";End of support\nr-1;;Dell;R740;server;main;sắp hết")
    swapped = one(";End of sale;End of support\nr-1;;Dell;R740;server;main;2027-01-01;2026-01-01")

    assert doubtful.values["support"] == {"end_of_support": "2027-04-03"}
    assert "the day first" in doubtful.notes[0]
    assert "support" not in wrong.values
    assert "support" not in swapped.values
    assert wrong.notes
    assert swapped.notes


def test_one_clear_date_makes_its_column_clear():
    rows = planned(
        f"{HEAD};End of support\nr-1;;Dell;R740;server;main;03/04/2027\nr-2;;Dell;R740;server;main;31/12/2027"
    ).rows

    assert rows[0].notes == ()


def test_columns_of_passwords_are_never_read():
    secret = "S3cr3t-Pa55-w0rd"
    result = planned(f"{HEAD};Mật khẩu;Enable\nr-1;192.0.2.40;Cisco;1921;router;main;{secret};{secret}2")

    assert [column.heading for column in result.secret_columns] == ["Mật khẩu", "Enable"]
    assert secret not in repr(result)


def test_a_password_among_the_notes_is_left_out():
    row = one(";Ghi chú\nr-1;192.0.2.40;Cisco;1921;router;main;password: S3cr3tPa55")

    assert row.outcome is Outcome.ADD
    assert "S3cr3t" not in repr(row)
    assert "looks like a secret" in row.notes[0]


def test_merged_cells_take_the_value_above_them_and_it_is_told():
    result = planned(
        f"{HEAD};Rack;U\na-1;;Cisco;1921;router;main;A01;1\na-2;;Cisco;1921;router;;;2\na-3;;Cisco;1921;router;dr;D01;3\n"
        "a-4;;Cisco;1921;router;;;4"
    )

    assert [(row.values["site"], row.values["place"]["rack"]) for row in result.rows] == [
        ("main", "A01"),
        ("main", "A01"),
        ("dr", "D01"),
        ("dr", "D01"),
    ]
    assert any("'Rack' has merged cells: rows 3, 5" in note for note in result.notes)


def test_a_column_that_is_filled_here_and_there_is_not_taken_for_merged():
    result = planned(
        f"{HEAD};Rack;U\na-1;;Cisco;1921;router;main;A01;1\na-2;;Cisco;1921;router;main;A01;2\n"
        "a-3;;Cisco;1921;router;main;;"
    )

    assert "place" not in result.rows[2].values
    assert not any("merged" in note for note in result.notes)


def test_captions_and_repeated_headings_are_no_devices():
    result = planned(
        f"DANH SÁCH THIẾT BỊ\n{HEAD}\nI. Thiết bị mạng\nr-1;;Cisco;1921;router;main\n"
        f"{HEAD}\nr-2;;Cisco;1921;router;main"
    )

    assert [(row.row, row.outcome) for row in result.rows] == [
        (3, Outcome.SKIPPED),
        (4, Outcome.ADD),
        (5, Outcome.SKIPPED),
        (6, Outcome.ADD),
    ]


def test_columns_that_nobody_knows_are_named():
    result = planned(f"{HEAD};Giá tiền;\nr-1;;Cisco;1921;router;main;100;")

    assert [column.heading for column in result.unused_columns] == ["Giá tiền"]


def test_what_is_mapped_must_be_a_column():
    with pytest.raises(UsageError, match="no column"):
        planned(f"{HEAD}\nr-1;;Cisco;1921;router;main", mapped=["Kho=notes"])


def test_a_sheet_without_headings_says_how_to_name_them():
    with pytest.raises(InvalidInput, match="--map"):
        planned("r-1;192.0.2.40;x\nr-2;192.0.2.41;y\n")


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("site", "field=value"),
        ("sitee=main", "sitee"),
        ("name=x", "no field 'name' with a default"),
        ("site=mian", "mian"),
        ("credential=nobody", "nobody"),
        ("role.ios=router", "role.ios"),
    ],
)
def test_a_wrong_default_is_refused(pair, words):
    with pytest.raises(UsageError, match=words):
        defaults([pair], INVENTORY)
