"""Backup items: what is a mistake in them, where it stands, and which item a device belongs to."""

from dataclasses import replace

import pytest

from dcops.inventory.declared import items_of
from dcops.inventory.load import load
from dcops.model.backup_item import BackupItem, BackupPlace, Classification, Retention, What
from dcops.model.device import Device, Drop

DEVICES = """\
devices:
  - {name: rtr-1, site: main, role: router, vendor: Cisco, model: ISR, tags: [edge]}
  - {name: rtr-2, site: dr, role: router, vendor: Cisco, model: ISR}
  - {name: fw-1, site: main, role: firewall, vendor: PAN, model: PA, platform: panos, tags: [edge],
     management: {ipv4: 192.0.2.3}, credential: ios-backup}
  - {name: isp-1, site: main, role: router, vendor: ISP, model: X, foreign: true}
backup_items:
"""
REST = "classification: secret, every_hours: 24, retention: {all_days: 90}"
GOOD = f"title: T, {REST}, places: [archive]"
OTHER = f"title: T, {REST}, what: other"


def item(words, name="one"):
    return f"  - {{name: {name}, {words}}}\n"


@pytest.fixture
def items(look):
    """What is found wrong with backup items; each is written as a line."""
    return lambda *lines: look(DEVICES + "".join(lines))


@pytest.fixture
def inventory(folder):
    """The inventory with these backup items."""

    def read(*lines):
        (folder / "file.yaml").write_text(DEVICES + "".join(lines))
        return load(folder)

    return read


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (f"{GOOD}, sites: [mian]", "unknown site 'mian'", "did you mean main?"),
        (f"{GOOD}, devices: [rtr-3]", "unknown device 'rtr-3'", "did you mean rtr-"),
        (f"{GOOD}, roles: [firewal]", "no device has role 'firewal'", "did you mean firewall?"),
        (f"{GOOD}, platforms: [pan-os]", "no device has platform 'pan-os'", "did you mean panos?"),
        (f"{GOOD}, tags: [egde]", "no device has tag 'egde'", "did you mean edge?"),
        (f"{GOOD}, devices: [isp-1]", "device isp-1 belongs to another organisation", ""),
        (f"{GOOD}, devices: [rtr-1], sites: [dr]", "device rtr-1 is named, but the other words", "take the other"),
        (GOOD, "selects no device", "write one of devices, sites, roles, platforms, tags"),
        (f"title: T, {REST}, places: [], sites: [main]", "places is empty", "say where"),
        (f"title: T, {REST}, places: [copy], sites: [main]", "places lacks archive", "add archive"),
        (f"title: T, {REST}, places: [archive, archive], sites: [main]", "archive is said twice", ""),
        (f"title: T, {REST}, places: [archive, product], sites: [main]", "product is no place of it", ""),
        (
            f"title: T, {REST}, places: [archive, ofline], sites: [main]",
            "places[1] must be archive, copy, offline or product",
            "did you mean offline?",
        ),
        (f"title: T, {REST}, places: [archive, offline], sites: [main]", "is kept offline, and no medium", "write"),
        (
            f"{GOOD}, sites: [main], offline: {{medium: m, encrypted: true}}",
            "has an offline medium, and",
            "add offline",
        ),
        (
            f"title: T, {REST}, places: [archive, offline], sites: [main], offline: {{medium: ' ', encrypted: true}}",
            "offline.medium is empty",
            "say what",
        ),
        (f"{GOOD}, sites: [main], product: p", "product is about what dcops does not read", "take it out"),
        (f"{OTHER}, places: [product]", "does not say which product", "write product: NAME"),
        (f"{OTHER}, places: [archive], product: p", "archive is no place of it", "write product"),
        (f"{OTHER}, places: [product], product: p, roles: [router]", "roles selects devices", "take one of them out"),
        (
            f"{OTHER}, places: [product], product: p, systems: [potral]",
            "unknown system 'potral'",
            "did you mean portal?",
        ),
        (f"title: ' ', {REST}, places: [archive], sites: [main]", "title is empty", ""),
        (
            f"{GOOD}, sites: [main], every_hours: 0".replace("every_hours: 24, ", ""),
            "every_hours must be at least 1",
            "",
        ),
        (f"{GOOD}, sites: [main]".replace("all_days: 90", "all_days: 6"), "retention.all_days must be at least 7", ""),
        (f"{GOOD}, sites: [main]".replace("classification", "clasification"), "unknown key 'clasification'", "did you"),
        (
            f"{GOOD}, sites: [main]".replace("secret", "top"),
            "classification must be public, internal, confidential or secret",
            "",
        ),
    ],
)
def test_a_wrong_item_is_one_mistake_at_its_line(items, words, message, hint):
    (mistake,) = items(item(words))

    assert mistake.message.startswith(f"backup item one: {message}")
    assert mistake.hint.startswith(hint)
    assert (mistake.file, mistake.line) == ("inventory/file.yaml", 8)


def test_a_device_in_two_items_is_a_mistake_that_names_both(items):
    (mistake,) = items(item(f"{GOOD}, roles: [router]"), item(f"{GOOD}, sites: [dr]", "two"))

    assert mistake.message == "backup item two: device rtr-2 is in backup item one already"
    assert mistake.hint.startswith("at inventory/file.yaml:8")
    assert mistake.line == 9


def test_many_devices_in_the_same_two_items_are_one_mistake(items):
    (mistake,) = items(item(f"{GOOD}, sites: [main, dr]"), item(f"{GOOD}, sites: [main, dr]", "two"))

    assert mistake.message == "backup item two: devices rtr-1, rtr-2, fw-1 are in backup item one already"


def test_two_items_that_name_the_same_device_are_a_mistake_too(items):
    (mistake,) = items(item(f"{GOOD}, devices: [rtr-1]"), item(f"{GOOD}, devices: [rtr-1, fw-1]", "two"))

    assert mistake.message == "backup item two: device rtr-1 is in backup item one already"


def test_an_item_that_names_a_device_wins_over_one_that_selects_it(inventory):
    found = inventory(item(f"{GOOD}, sites: [main, dr]"), item(f"{GOOD}, devices: [fw-1]", "two"))

    assert found.backup_item_of("fw-1").name == "two"
    assert found.backup_item_of(found.device("rtr-1")).name == "one"
    assert found.undeclared == ()


def test_a_device_without_an_item_is_no_mistake_and_is_known(inventory):
    found = inventory(item(f"{GOOD}, roles: [firewall]"))

    assert [one.name for one in found.undeclared] == ["rtr-1", "rtr-2"]
    assert found.backup_item_of("rtr-1") is None


def test_kinds_of_words_are_joined_by_and(inventory):
    found = inventory(item(f"{GOOD}, sites: [main], roles: [router, firewall], tags: [edge]"))

    assert [one.name for one in found.undeclared] == ["rtr-2"]


def test_a_device_of_another_organisation_is_in_no_item_and_is_not_missed(inventory):
    found = inventory(item(f"{GOOD}, sites: [main, dr]"))

    assert found.backup_item_of("isp-1") is None
    assert found.undeclared == ()


def test_vcenters_and_their_hosts_are_in_an_item_only_where_it_names_them():
    whole = BackupItem("site", "T", Classification.INTERNAL, 24, (BackupPlace.ARCHIVE,), Retention(90), sites=("main",))
    named = replace(whole, name="named", sites=(), devices=("esx-1",))
    for name, platform in (("vc-1", "vcenter"), ("esx-1", "esxi")):
        watched = Device(name, "main", "host", "v", "m", platform=platform)
        assert list(items_of(watched, [whole])) == []
        assert items_of(replace(watched, drop=Drop("b-*")), [whole]) == [whole], (
            "what pushes a backup has one to declare"
        )
    assert items_of(Device("esx-1", "main", "host", "v", "m", platform="esxi"), [whole, named]) == [named]


def test_a_device_that_the_inventory_does_not_know_is_in_no_item(inventory):
    found = inventory(item(f"{GOOD}, sites: [main, dr]"))

    assert found.backup_item_of("gone-1") is None
    assert found.backup_item_of(Device("new-1", "main", "router", "v", "m")) is None


def test_an_item_is_read_with_everything_in_it(inventory):
    found = inventory(
        item(
            "title: Machines, classification: confidential, every_hours: 12, restore_test_days: 90, what: other,"
            " places: [product, offline], product: P, proof: its log, systems: [portal],"
            " offline: {medium: tape, encrypted: true, confirmed: 2026-01-15, max_age_days: 14},"
            " retention: {all_days: 30, monthly: 12, yearly: 1}"
        )
    )

    one = found.backup_item("one")
    assert (one.classification, one.what, one.observed) == (Classification.CONFIDENTIAL, What.OTHER, False)
    assert one.places == (BackupPlace.PRODUCT, BackupPlace.OFFLINE)
    assert (one.every.total_seconds(), one.oldest.total_seconds()) == (12 * 3600, 13 * 3600)
    assert (one.offline.confirmed.isoformat(), one.offline.max_age_days) == ("2026-01-15", 14)
    assert str(one.retention) == "all of 30 days, 12 monthly, 1 yearly"


def test_a_broken_device_is_blamed_once_and_no_item_with_it(look):
    text = DEVICES.replace("role: firewall", "role: [firewall]")

    (mistake,) = look(text + item(f"{GOOD}, roles: [firewall]"))

    assert mistake.message.startswith("device fw-1: role must be text")


def test_what_stands_in_a_file_that_cannot_be_read_is_not_missed(folder, look):
    (folder / "broken.yaml").write_text("devices:\n  - {name: rtr-9, role: odd\n")

    mistakes = look(DEVICES + item(f"{GOOD}, devices: [rtr-9], roles: [odd]"))

    assert [mistake.file for mistake in mistakes] == ["inventory/broken.yaml"]
