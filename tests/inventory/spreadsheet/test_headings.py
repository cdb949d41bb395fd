"""Headings in English and Vietnamese, with and without their signs, and columns that nobody may read."""

import pytest

from dcops.errors import UsageError
from dcops.inventory.spreadsheet import headings
from dcops.inventory.spreadsheet.read import Row


def rows(*lines):
    return [Row(number, tuple(line.split(";"))) for number, line in enumerate(lines, 1)]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Tên thiết bị", "name"),
        ("TEN THIET BI", "name"),
        ("Hostname", "name"),
        ("Địa chỉ IP", "address"),
        ("Dia chi IP quan tri", "address"),
        ("Địa chỉ IP (quản trị)", "address"),
        ("Hãng", "vendor"),
        ("Hãng sản xuất:", "vendor"),
        ("Chủng loại/Model", "model"),
        ("Chủng loại / Model", "model"),
        ("Hãng/Model", "vendor_model"),
        ("Số serial", "serial"),
        ("S/N", "serial"),
        ("Vị trí", "place"),
        ("Tủ rack", "rack"),
        ("U", "unit"),
        ("Site", "site"),
        ("Vai trò", "role"),
        ("Phiên bản", "software"),
        ("Đơn vị quản lý", "owner"),
        ("Ngày hết hỗ trợ", "end_of_support"),
        ("End-of-support", "end_of_support"),
        ("Ghi chú", "notes"),
        ("STT", "ignore"),
        ("Giá tiền", None),
        ("", None),
    ],
)
def test_a_heading_means_its_field(heading, field):
    assert headings.field_of(heading) == field


@pytest.mark.parametrize(
    "heading",
    [
        "Mật khẩu",
        "mat khau",
        "Password",
        "Enable secret",
        "User/Pass",
        "SNMP community",
        "PSK",
        "API key",
        "MK quản trị",
        "Credentials",
    ],
)
def test_a_heading_of_passwords_is_known(heading):
    assert headings.looks_secret(heading)


@pytest.mark.parametrize("heading", ["Credential", "Tên thiết bị", "Mã thiết bị", "Passive", "Keyboard", "Ghi chú"])
def test_other_headings_are_no_passwords(heading):
    assert not headings.looks_secret(heading)


def test_the_headings_need_not_be_in_the_first_row():
    head = headings.find(
        rows("DANH SÁCH THIẾT BỊ;;", "Đơn vị: Trung tâm;;", "STT;Tên thiết bị;Model;IP", "1;sw-1;C9200;192.0.2.1"), {}
    )

    assert head.row == 3
    assert [column.field for column in head.columns] == ["ignore", "name", "model", "address"]
    assert [row.number for row in head.rows] == [4]


def test_merged_headings_take_the_second_row():
    head = headings.find(rows("Tên thiết bị;Model;Vị trí;;IP", ";;Tủ;U;", "sw-1;C9200;A01;12;192.0.2.1"), {})

    assert [column.field for column in head.columns] == ["name", "model", "rack", "unit", "address"]
    assert [row.number for row in head.rows] == [3]


def test_a_row_of_data_is_not_taken_for_a_second_row_of_headings():
    head = headings.find(rows("Name;Model;;IP", "host;U;x;192.0.2.1"), {})

    assert [row.number for row in head.rows] == [2]


def test_rows_without_any_heading_are_not_understood():
    assert headings.find(rows("sw-1;C9200;192.0.2.1", "sw-2;C9200;192.0.2.2"), {}) is None


def test_a_column_of_passwords_has_no_field_and_says_so():
    head = headings.find(rows("Name;Model;Mật khẩu", "a;b;c"), {})

    assert (head.columns[2].secret, head.columns[2].field) == (True, None)


def test_what_is_said_on_the_command_line_wins():
    mapped = headings.mapping(["Vị trí=notes", "Dòng máy mới = X=model"])
    head = headings.find(rows("Name;Vị trí;Dòng máy mới = X", "a;b;c"), mapped)

    assert [(one.field, one.mapped) for one in head.columns] == [("name", False), ("notes", True), ("model", True)]


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("Vị trí", "HEADING=field"),
        ("=name", "HEADING=field"),
        ("Vị trí=plaec", "there is no field 'plaec'"),
        ("Mật khẩu=notes", "never imported"),
        ("Password=name", "never imported"),
    ],
)
def test_a_wrong_mapping_is_refused(pair, words):
    with pytest.raises(UsageError, match=words):
        headings.mapping([pair])


def test_passwords_may_be_told_to_be_left_out():
    assert headings.mapping(["Mật khẩu=ignore"]) == {"mat khau": "ignore"}


def test_columns_are_called_as_in_the_spreadsheet():
    assert [headings.Column(index, "", None).letter for index in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip
