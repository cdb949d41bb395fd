"""When what is archived was last seen on its device."""

from datetime import timedelta

import pytest

from dcops.jobs.compliance.capture.confirmed import Confirmed, confirmed
from dcops.model.job import DeviceResult, RunKey
from dcops.model.snapshot import ConfigSource
from tests.jobs.compliance.audits import NIGHT


def backup(site, hours, **results):
    key = RunKey("backup", NIGHT + timedelta(hours=hours))
    outcomes = []
    for name, result in results.items():
        word, _, detail = result.partition(": ")
        outcomes.append(DeviceResult("backup", key.due, name, word, detail=detail))
    site.ran(key, outcomes)


def test_the_last_good_backup_before_the_time_counts(site):
    backup(site, 0, a="changed", b="changed")
    backup(site, 1, a="unchanged", b="timeout")
    backup(site, 5, a="unchanged")

    assert confirmed(site.ledger, {"a", "b", "c"}, NIGHT + timedelta(hours=2)) == {
        "a": Confirmed(NIGHT + timedelta(hours=1)),
        "b": Confirmed(NIGHT),
    }


def test_what_happened_long_ago_confirms_nothing(site):
    backup(site, 0, a="unchanged")

    assert confirmed(site.ledger, {"a"}, NIGHT + timedelta(days=3)) == {}


@pytest.mark.parametrize(
    ("detail", "missing"),
    [
        ("unchanged", set()),
        ("changed: running: +3 -1 lines", set()),
        ("unchanged: startup: not authorised", {ConfigSource.STARTUP}),
        ("changed: running: +3 -1 lines; startup: not authorised; file: none", {"startup", "file"}),
    ],
)
def test_a_configuration_that_the_device_did_not_give_is_not_confirmed(site, detail, missing):
    backup(site, 0, a=detail)

    assert confirmed(site.ledger, {"a"}, NIGHT + timedelta(hours=1))["a"].missing == missing
