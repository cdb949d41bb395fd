"""Restore tests, as Prometheus sees them: points in time, and nothing of a device that was never tested."""

from datetime import UTC, datetime, timedelta

from dcops.exporters.jobs import families
from dcops.exporters.sources import Sources
from dcops.model.restore_test import Level, RestoreResult, RestoreTest

NAME = "dcops_backup_restore_test_timestamp_seconds"
HOUR = timedelta(hours=1)


def series(site):
    sources = Sources(site.root, lambda: datetime.now(UTC))
    try:
        (family,) = (family for family in families(sources.read()) if family.name == NAME)
    finally:
        sources.close()
    return {tuple(sample.labels.values()): sample.value for sample in family.samples}


def test_each_level_tells_when_it_was_last_reached_and_a_failure_moves_nothing(any_site, last_night):
    def tested(hours, level, result=RestoreResult.OK, *, device="rtr-1"):
        return RestoreTest(device, "1a2b", (), last_night + hours * HOUR, level, result, run=f"run-{hours}")

    with any_site.ledger() as ledger:
        ledger.note_restore_test(
            tested(1, Level.OPENED),
            tested(2, Level.OPENED),
            tested(3, Level.PARSED),
            tested(4, Level.OPENED, RestoreResult.FAILED),
            tested(5, Level.PARSED, RestoreResult.COULD_NOT_CHECK),
            tested(1, Level.OPENED, device="retired-1"),
        )

    assert series(any_site) == {
        ("main", "rtr-1", "opened"): (last_night + 2 * HOUR).timestamp(),
        ("main", "rtr-1", "parsed"): (last_night + 3 * HOUR).timestamp(),
    }


def test_where_nothing_was_tested_there_is_no_series(site):
    with site.ledger():
        pass

    assert series(site) == {}
