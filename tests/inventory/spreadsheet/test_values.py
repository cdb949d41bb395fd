"""What stands in cells, as people write it."""

from datetime import date
from ipaddress import ip_address

import pytest

from dcops.inventory.spreadsheet import values
from dcops.inventory.spreadsheet.letters import name_of, plain
from dcops.inventory.spreadsheet.values import Mounted, Unusable


@pytest.mark.parametrize(
    ("text", "ipv4", "ipv6", "port"),
    [
        ("192.0.2.11", "192.0.2.11", None, None),
        ("192.0.2.11/24", "192.0.2.11", None, None),
        ("192.0.2.11 255.255.255.0", "192.0.2.11", None, None),
        ("192.0.2.11/255.255.255.192", "192.0.2.11", None, None),
        ("192.0.2.11, 2001:db8::11/64", "192.0.2.11", "2001:db8::11", None),
        ("https://192.0.2.11:8443/", "192.0.2.11", None, 8443),
        ("[2001:db8::11]:22", None, "2001:db8::11", 22),
        ("192.0.2.10/31", "192.0.2.10", None, None),
        ("-", None, None, None),
        ("", None, None, None),
    ],
)
def test_an_address_is_found_beside_masks_ports_and_schemes(text, ipv4, ipv6, port):
    found = values.addresses(text)

    assert (found.ipv4, found.ipv6, found.port) == (ipv4 and ip_address(ipv4), ipv6 and ip_address(ipv6), port)


@pytest.mark.parametrize("text", ["192.0.2.0/24", "10.1.1.300", "tủ A01", "2001:db8::/64"])
def test_what_is_no_address_of_a_device_is_refused(text):
    with pytest.raises(Unusable):
        values.addresses(text)


def test_further_addresses_are_told():
    assert values.addresses("192.0.2.1\n192.0.2.2").left_out == ("192.0.2.2",)


@pytest.mark.parametrize(
    ("text", "day", "assumed"),
    [
        ("31/12/2027", date(2027, 12, 31), False),
        ("1-2-2027", date(2027, 2, 1), True),
        ("03.04.25", date(2025, 4, 3), True),
        ("05/05/2027", date(2027, 5, 5), False),
        ("2027-12-31", date(2027, 12, 31), False),
        ("2027-12-31 00:00:00", date(2027, 12, 31), False),
        ("ngày 15/06/2026", date(2026, 6, 15), False),
        ("12/2027", date(2027, 12, 31), True),
        ("Tháng 2/2028", date(2028, 2, 29), True),
    ],
)
def test_a_date_is_read_the_day_first_and_what_is_not_sure_is_told(text, day, assumed):
    found = values.day(text, months_first=None)

    assert (found.value, bool(found.assumed)) == (day, assumed)


@pytest.mark.parametrize("text", ["31/02/2026", "2027", "sắp hết", "45657", "13/13/2026"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(Unusable):
        values.day(text, months_first=None)


def test_one_clear_date_tells_how_its_column_is_written():
    american = values.month_first(["03/04/2027", "12/31/2027", ""])

    assert american is True
    assert values.day("03/04/2027", months_first=american).value == date(2027, 3, 4)
    assert values.month_first(["03/04/2027", "31/12/2027"]) is False
    assert values.month_first(["03/04/2027", "2027-12-31"]) is None
    with pytest.raises(Unusable):
        values.month_first(["31/12/2027", "12/31/2027"])


@pytest.mark.parametrize(
    ("text", "mounted"),
    [
        ("A01/U12-13", Mounted("A01", 12, 2)),
        ("A01/12-13", Mounted("A01", 12, 2)),
        ("Tủ A01, U12", Mounted("A01", 12)),
        ("A01-U12", Mounted("A01", 12)),
        ("Rack A01 U40-U38", Mounted("A01", 38, 3)),
        ("Tủ rack số A02 / U5", Mounted("A02", 5)),
        ("A01", Mounted("A01")),
        ("U12", Mounted("", 12)),
        ("", Mounted("")),
    ],
)
def test_rack_and_units_come_from_one_cell(text, mounted):
    assert values.place(text) == mounted


@pytest.mark.parametrize(
    ("text", "found"), [("12", (12, None)), ("U12-13", (12, 2)), ("12 - 13", (12, 2)), ("U01", (1, None))]
)
def test_units_in_a_column_of_their_own(text, found):
    assert values.units(text) == found


@pytest.mark.parametrize("text", ["0", "U500", "giữa", "1.5"])
def test_what_names_no_units_is_refused(text):
    with pytest.raises(Unusable):
        values.units(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rất quan trọng", "critical"),
        ("cao", "high"),
        ("Quan trọng", "high"),
        ("Bình thường", "normal"),
        ("Thấp", "low"),
    ],
)
def test_criticality_is_understood(text, found):
    assert values.criticality(text) == found


@pytest.mark.parametrize(("text", "level"), [("3", 3), ("Cấp độ 3", 3), ("cấp 2", 2)])
def test_a_security_level_is_understood(text, level):
    assert values.level(text) == level


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("SW Tầng 2", "sw-tang-2"),
        ("RTR_BIEN_01", "rtr-bien-01"),
        ("Đường truyền dự phòng", "duong-truyen-du-phong"),
        ("sw-1.dc.example.test", "sw-1.dc.example.test"),
        ("  --x--  ", "x"),
        ("máy chủ (mới)", "may-chu-moi"),
        ("***", ""),
    ],
)
def test_a_name_becomes_one_that_the_inventory_takes(written, name):
    assert name_of(written) == name


def test_letters_lose_their_signs_and_keep_their_order():
    assert plain("  Địa  CHỈ_IP ") == "dia chi ip"
