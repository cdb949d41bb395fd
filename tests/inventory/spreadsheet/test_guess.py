"""What a spreadsheet leaves unsaid is guessed from what it says, and only where that is likely."""

import pytest

from dcops.inventory.names import PLATFORMS
from dcops.inventory.spreadsheet import guess


@pytest.mark.parametrize(
    ("vendor", "model", "platform"),
    [
        ("Cisco", "ISR 4461", "ios"),
        ("Cisco", "1921", "ios"),
        ("Cisco", "WS-C2960X-24TS-L", "ios"),
        ("Cisco", "C9200L-24P-4G", "ios"),
        ("Cisco", "Nexus 3048", "nxos"),
        ("Cisco", "N9K-C93180YC", "nxos"),
        ("Cisco", "ASA 5515", ""),
        ("Palo Alto Networks", "PA-3220", "panos"),
        ("Peplink", "Balance 580", "peplink"),
        ("Sophos", "XG 330", "sfos"),
        ("Aruba", "2530-48G", "procurve"),
        ("Broadcom", "Brocade G620", "fos"),
        ("Dell", "PowerEdge R740", ""),
        ("Cisco", "UCS C220", ""),
    ],
)
def test_the_driver_follows_from_vendor_and_model(vendor, model, platform):
    assert guess.platform(vendor, model) == platform


def test_no_driver_is_guessed_that_the_inventory_would_refuse():
    from dcops.inventory.names import _known_platform

    for _, _, platform in guess._PLATFORMS:
        assert platform in PLATFORMS or _known_platform(platform) or platform in ("fortios", "routeros"), platform


@pytest.mark.parametrize(
    ("text", "role", "guessed"),
    [
        ("Switch core", "core-switch", True),
        ("Chuyển mạch lõi", "core-switch", True),
        ("Switch truy nhập", "access-switch", True),
        ("Tường lửa", "firewall", True),
        ("Router biên", "edge-router", True),
        ("SAN switch", "san-switch", False),
        ("edge-router", "edge-router", False),
        ("Máy chủ", "server", True),
        ("Bộ lưu điện UPS", "ups", True),
        ("Tổng đài", "tong-dai", False),
    ],
)
def test_a_role_is_put_into_the_words_of_the_inventory(text, role, guessed):
    assert guess.role_name(text) == (role, guessed)


@pytest.mark.parametrize(
    ("name", "role"), [("sw-tang-2", "access-switch"), ("fw1", "firewall"), ("rtr-1", "router"), ("swift", "")]
)
def test_a_name_may_hint_at_a_role(name, role):
    assert guess.role_of_name(name) == role


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Cisco ISR 4461", ("Cisco", "ISR 4461")),
        ("Palo Alto PA-3220", ("Palo Alto Networks", "PA-3220")),
        ("HPE/ProLiant DL380", ("HPE", "ProLiant DL380")),
        ("ISR 4461", ("", "ISR 4461")),
    ],
)
def test_maker_and_model_in_one_cell_are_told_apart(text, parts):
    assert guess.vendor_in_front(text) == parts


def test_one_maker_has_one_name():
    assert {guess.vendor(text) for text in ("CISCO", "Cisco Systems", "cisco")} == {"Cisco"}
    assert guess.vendor("Bkav") == "Bkav"
