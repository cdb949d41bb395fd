from datetime import date
from pathlib import Path

import pytest

from dcops.errors import UsageError
from dcops.inventory import mentions
from dcops.inventory.load import load
from dcops.model.device import Support


@pytest.fixture(scope="module")
def inventory():
    return load(Path(__file__).parents[2] / "inventory")


def test_things_are_found_by_name(inventory):
    assert inventory.device("rtr-edge-1").model == "ISR 4461"
    assert inventory.site("dr").rented
    assert inventory.rack("A01").units == 42
    assert inventory.circuit("vnpt-internet").rate_mbps == 500
    assert inventory.system("sso").rpo_minutes == 5
    assert inventory.credential("ios-backup").purpose


def test_an_unknown_name_is_answered_with_the_nearest(inventory):
    with pytest.raises(UsageError, match=r"no device 'rtr-egde-1'\. Did you mean rtr-edge-1\?"):
        inventory.device("rtr-egde-1")


def test_a_rack_tells_what_is_mounted_in_it_from_the_top(inventory):
    found = [(mention.name, mention.how) for mention in mentions.of_rack(inventory, "A01")]

    assert found[:2] == [("rtr-edge-1", "units 38 to 40"), ("rtr-lan-1", "unit 36")]


def test_a_device_tells_its_lines_and_its_stand_in(inventory):
    found = {(mention.kind, mention.name) for mention in mentions.of_device(inventory, "rtr-edge-1")}

    assert {("circuit", "vnpt-internet"), ("DR pair", "rtr-dr-1")} <= found


def test_a_stand_in_tells_whom_it_stands_in_for(inventory):
    assert ("rtr-edge-1", "is the one it stands in for") in {
        (mention.name, mention.how) for mention in mentions.of_device(inventory, "rtr-dr-1")
    }


def test_a_system_tells_its_ranges_and_the_devices_of_its_groups(inventory):
    found = {(mention.kind, mention.name) for mention in mentions.of_system(inventory, "sso")}

    assert {("prefix", "203.0.113.40/29"), ("DR pair", "sso"), ("device", "sw-core-1")} <= found


def test_a_site_tells_all_that_belongs_to_it(inventory):
    kinds = [mention.kind for mention in mentions.of_site(inventory, "dr")]

    assert kinds.count("device") == 47
    assert kinds.count("rack") == 2
    assert kinds.count("circuit") == 2


def test_a_vcenter_tells_its_hosts(inventory):
    hosts = [mention.name for mention in mentions.of_device(inventory, "vc-dr") if mention.how == "is one of its hosts"]

    assert hosts == [f"esx-dr-{number:02d}" for number in range(1, 16)]


def test_a_credential_tells_which_devices_it_opens(inventory):
    assert [mention.name for mention in mentions.of_credential(inventory, "panos-dr-backup")] == ["fw-dr-1", "fw-dr-2"]


def test_every_device_of_the_reference_site_is_declared_and_others_name_their_product(inventory):
    assert inventory.undeclared == ()
    assert {item.name for item in inventory.backup_items if not item.observed} >= {"machines", "dcops-state"}
    assert all(item.product for item in inventory.backup_items if not item.observed)


def test_a_backup_item_tells_its_devices_and_a_device_its_backup_item(inventory):
    found = {(mention.kind, mention.name) for mention in mentions.of_backup_item(inventory, "firewalls")}

    assert {("device", "fw-main-1"), ("device", "fw-sophos-1"), ("device", "fw-dr-2")} <= found
    assert ("backup item", "firewalls") in {(one.kind, one.name) for one in mentions.of_device(inventory, "fw-dr-2")}


def test_a_backup_item_of_another_product_tells_its_systems_and_they_it(inventory):
    assert ("system", "sso") in {
        (mention.kind, mention.name) for mention in mentions.of_backup_item(inventory, "citizen-databases")
    }
    assert ("backup item", "citizen-databases") in {
        (mention.kind, mention.name) for mention in mentions.of_system(inventory, "sso")
    }


TODAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("end", "warning"),
    [
        (None, ""),
        (date(2026, 3, 14), "support ended on 2026-03-14"),
        (date(2026, 3, 15), "support ends on 2026-03-15, within 12 months"),
        (date(2027, 3, 15), "support ends on 2027-03-15, within 12 months"),
        (date(2027, 3, 16), ""),
    ],
)
def test_the_end_of_support_is_told_when_it_is_past_or_near(end, warning):
    assert mentions.support_warning(Support(end_of_support=end), TODAY) == warning


def test_a_leap_day_has_a_next_year_too():
    assert mentions.support_warning(Support(end_of_support=date(2029, 2, 1)), date(2028, 2, 29))
