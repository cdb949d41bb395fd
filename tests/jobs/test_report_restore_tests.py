"""The nightly report about restore tests: one line, in every form, that never calls a look a test."""

import csv
import io
from datetime import UTC, timedelta

import pytest

from dcops.jobs.nightly import forms
from dcops.jobs.nightly.content import RestoreTests
from dcops.model.job import DeviceResult, RunState
from dcops.model.restore_test import Level, RestoreResult, RestoreTest
from tests.jobs.nights import DAY, MORNING, ONE_AM, Site, device, result, texts


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path, [device("rtr-1"), device("rtr-2"), device("rtr-3")])
    made.ran(outcomes=[result(name) for name in ("rtr-1", "rtr-2", "rtr-3")])
    yield made
    made.close()


def drilled(site, name, days_ago, *, level=Level.OPENED, outcome=RestoreResult.OK):
    at = (MORNING - days_ago * DAY).astimezone(UTC)
    site.ledger.note_restore_test(RestoreTest(name, "1a2b", (), at, level, outcome, "", "dr", f"run-{days_ago}"))


def test_without_any_test_it_says_none_of_them(site):
    report = site.report()

    assert report.restore_tests == RestoreTests(3, 0, None)
    assert forms.restore_tests(report, texts("en")) == "0 of 3 devices within a year"


def test_it_counts_the_good_tests_of_a_year_and_dates_the_oldest(site):
    drilled(site, "rtr-1", 10)
    drilled(site, "rtr-2", 400)
    drilled(site, "rtr-3", 5, level=Level.PARSED)
    drilled(site, "rtr-1", 2, outcome=RestoreResult.FAILED)
    drilled(site, "retired-1", 3)

    report = site.report()

    assert report.restore_tests == RestoreTests(3, 1, (MORNING - 400 * DAY).astimezone(UTC))
    assert "Restore tests: 1 of 3 devices within a year, the oldest of 11 Dec 2024" in forms.text(report, texts("en"))
    assert "Thử khôi phục: 1/3 thiết bị trong vòng một năm, lần cũ nhất ngày 11/12/2024" in forms.html(
        report, texts("vi")
    )
    document = forms.as_json(report)
    assert document["restore_tests"] == {"devices": 3, "within_a_year": 1, "oldest": "2024-12-10T23:30:00Z"}
    assert document["summary"]["devices_restore_tested"] == 1
    rows = list(csv.DictReader(io.StringIO(forms.csv_text(report, texts("en")))))
    (row,) = [row for row in rows if row["part"] == "restore-tests"]
    assert (row["number"], row["time"][:10]) == ("1", "2024-12-11")


def test_a_test_made_after_an_older_night_does_not_make_that_night_look_better(site):
    drilled(site, "rtr-1", 1)

    assert site.report(night=(MORNING - 2 * DAY).date()).restore_tests.within == 0


def test_a_backup_that_does_not_stand_its_test_is_something_to_act_on(site):
    due = (ONE_AM + timedelta(hours=2)).astimezone(UTC)
    failed = DeviceResult("drill", due, "rtr-2", "failed", "", "invalid", "running: sealed file: damaged", "See", 0.1)
    site.ran(RunState.PARTIAL, [failed], job="drill", due=due)

    report = site.report()

    (problem,) = [one for one in report.problems if one.job == "drill"]
    assert forms.sentence(problem, texts("en")) == "Restore test: a device has a backup that does not stand the test"
    assert "không qua được lần thử khôi phục" in forms.sentence(problem, texts("vi"))
    assert report.failures[0].last_success is not None


def test_a_drill_without_a_key_leaves_nobody_without_a_backup(site):
    due = (ONE_AM + timedelta(hours=2)).astimezone(UTC)
    looked = DeviceResult("drill", due, "rtr-2", "skipped", "", "unsupported", "running: parsed only", "", 0.1)
    site.ran(RunState.OK, [looked], job="drill", due=due)

    site.store("rtr-1", "hostname rtr-1\n", taken=ONE_AM - DAY)

    report = site.report()

    assert (report.skipped, report.problems) == ((), ())
