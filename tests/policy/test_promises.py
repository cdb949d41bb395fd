"""All items together: who stands how, who is declared by none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dcops.model.backup_item import BackupPlace, OfflineMedium, What
from dcops.model.device import Device, Drop
from dcops.model.finding import Severity, Status
from dcops.policy.facts import Unknown
from dcops.policy.promises import Standing, judge
from tests.policy.test_checks import ITEM, NOW, WELL

LATE = replace(WELL, backed_up=NOW - timedelta(days=3))
UNSEEN = replace(WELL, backed_up=Unknown("the ledger is away"))


def device(name, platform="ios", drop=None):
    return Device(name=name, site="main", role="router", vendor="v", model="m", platform=platform, drop=drop)


def promises(facts, item=ITEM, undeclared=()):
    return judge([item], dict.fromkeys(facts, item), undeclared, facts, now=NOW)


def test_devices_stand_as_declared_or_not_and_what_nobody_saw_is_neither():
    found = promises({"r1": WELL, "r2": LATE, "r3": UNSEEN, "r4": replace(LATE, copied=Unknown("away"))})

    (edge,) = found.items
    assert {name: edge.standing(name) for name in edge.devices} == {
        "r1": Standing.KEPT,
        "r2": Standing.BROKEN,
        "r3": Standing.UNKNOWN,
        "r4": Standing.BROKEN,
    }
    assert [edge.count(one) for one in Standing] == [1, 2, 1]


def test_what_is_wrong_with_an_item_is_wrong_with_each_of_its_devices():
    medium = OfflineMedium("disks", encrypted=True)
    item = replace(ITEM, places=(BackupPlace.ARCHIVE, BackupPlace.OFFLINE), offline=medium)

    (edge,) = promises({"r1": WELL}, item).items

    assert edge.standing("r1") is Standing.BROKEN


def test_a_device_without_an_item_is_a_finding_and_weighs_less_when_nothing_is_read_from_it():
    drop = Drop("Backup-*")
    devices = [device("r1"), device("ups-1", platform=None), device("fw-1", platform=None, drop=drop)]

    found = promises({}, undeclared=devices).undeclared

    assert [(one.id, one.device, one.severity) for one in found] == [
        ("BKP-001", "r1", Severity.MEDIUM),
        ("BKP-001", "ups-1", Severity.LOW),
        ("BKP-001", "fw-1", Severity.MEDIUM),
    ]
    assert {one.status for one in found} == {Status.FAIL}


def test_an_item_without_devices_and_one_of_another_product_count_nobody_as_well():
    other = replace(ITEM, name="machines", what=What.OTHER, roles=())

    found = judge([ITEM, other], {}, [], {}, now=NOW)

    assert [one.count(Standing.KEPT) for one in found.items] == [0, 0]
    assert found.findings == ()


def test_findings_come_worst_first():
    found = promises({"r1": replace(WELL, tested=None), "r2": LATE}, undeclared=[device("ups-1", platform=None)])

    assert [(one.id, one.device) for one in found.findings] == [
        ("BKP-002", "r2"),
        ("BKP-004", "r1"),
        ("BKP-001", "ups-1"),
    ]


def test_promises_have_no_truth_value():
    with pytest.raises(TypeError, match="ask promises"):
        bool(promises({}))
