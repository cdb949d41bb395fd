"""The nightly report and the messages about files that devices push: short, in both languages, never silent."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from dcops.archive.archive import Entry, Item
from dcops.jobs.changes import changed_in
from dcops.jobs.nightly import forms
from dcops.jobs.nightly.content import Standing, Verdict
from dcops.jobs.notification import MAIL, Audience, announce
from dcops.jobs.pushed import arrivals
from dcops.jobs.pushed.arrivals import Arrival, Watch
from dcops.jobs.pushed.fitting import entry
from dcops.model.device import Drop
from dcops.model.job import DeviceResult, RunState
from dcops.model.snapshot import ConfigSource
from tests.jobs import nights
from tests.jobs.nights import MORNING, ONE_AM, device, result, texts

EVERY_15_MINUTES = [MORNING - timedelta(minutes=15 * number) for number in range(1, 75)]
STALE = "no backup arrived for 31 h, and 26 h are allowed: the last one was `Backup-1` of 2026-01-13T16:00:00Z"


class Site(nights.Site):
    """A site with a firewall that pushes its backup and has no driver."""

    pushers = (
        replace(
            device("fw-1", platform="sfos", role="firewall"),
            drop=Drop("Backup-*", max_age_hours=26, smallest_bytes=1024),
        ),
    )

    def sources(self):
        return replace(super().sources(), pushers=self.pushers)

    def arrived(self, *moments, name="Backup-1"):
        watch = arrivals.read(self.ledger, "fw-1") or Watch.begun(moments[0].astimezone(UTC))
        for moment in moments:
            at = moment.astimezone(UTC)
            watch = watch.arrived(Arrival(at, at, name, 123456, "3f" * 32, str(at))).at(at)
        arrivals.write(self.ledger, "fw-1", watch)

    def looked(self, state, outcome, *, due, detail="", message=""):
        kind = "timeout" if message else ""
        one = DeviceResult("drop", due, "fw-1", outcome, detail, kind, message, "Look at the device", 0.1)
        reason = "1 of 1 devices failed" if message else ""
        return self.ran(state, [one], job="drop", due=due, seconds=1, reason=reason)

    def push(self, content, *, at, run="run-1"):
        session = self.archive.session(run)
        facts = {"arrived": "2026-01-14T18:00:00Z", "sha256": "00"}
        session.put(entry(self.pushers[0], content, at.astimezone(UTC), facts))
        return session.commit()


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path, [device("rtr-1"), *Site.pushers], schedules={"backup": "0 1 * * *", "drop": "*/15 * * * *"})
    made.ran(outcomes=[result("rtr-1")])
    yield made
    made.close()


def keys(report):
    return [problem.key for problem in report.problems]


def test_a_job_that_ran_a_hundred_times_has_one_line(site):
    site.arrived(ONE_AM)
    for due in EVERY_15_MINUTES:
        site.looked(RunState.OK, "unchanged", due=due)

    report = site.report()

    (line,) = [line for line in report.jobs if line.job == "drop" and line.standing is Standing.OK]
    assert line.same == len(EVERY_15_MINUTES) - 1
    assert report.runs_done >= len(EVERY_15_MINUTES)


def test_a_device_that_is_overdue_all_night_is_one_problem_with_its_newest_word(site):
    site.arrived(MORNING - timedelta(hours=31))
    for due in EVERY_15_MINUTES:
        site.looked(RunState.FAILED, "failed", due=due, message=STALE)

    report = site.report()

    assert [line.same for line in report.jobs if line.standing is Standing.FAILED] == [len(EVERY_15_MINUTES) - 1]
    about = [problem for problem in report.problems if problem.job == "drop"]
    assert [problem.key for problem in about] == ["devices-failed"]
    assert len(report.failures) == 1
    assert report.failures[0].last_success == (MORNING - timedelta(hours=31)).astimezone(UTC)


def test_a_scheduler_that_was_down_all_night_is_one_line_and_one_problem(site):
    site.arrived(ONE_AM)

    report = site.report()

    (line,) = [line for line in report.jobs if line.job == "drop" and line.standing is Standing.MISSING]
    assert line.same > 60
    (problem,) = [problem for problem in report.problems if problem.key == "job-missing"]
    assert problem.number == line.same + 1
    assert f"and {line.same} more that ended like this" in forms.sentence(problem, texts("en"))


def test_every_form_tells_what_arrived_and_how_long_ago(site):
    site.arrived(ONE_AM - timedelta(days=1), ONE_AM)
    site.looked(RunState.OK, "changed", due=ONE_AM + timedelta(minutes=15))

    report = site.report()

    (one,) = report.pushed
    assert (one.hours, one.late, one.arrivals) == (5.5, False, 1)
    for language, title, state in (
        ("vi", "Bản sao lưu do thiết bị gửi", "đúng hạn (mỗi 26 giờ)"),
        ("en", "Backups that devices push", "in time (every 26 h)"),
    ):
        page, mail = forms.html(report, texts(language)), forms.text(report, texts(language))
        assert title in page
        assert title.upper() in mail
        for form in (page, mail):
            assert state in form
            assert "fw-1" in form
            assert "Backup-1" in form
            assert ("123.456" if language == "vi" else "123,456") in form
            assert "3f3f3f3f" in form
        (row,) = [
            row
            for row in csv.DictReader(io.StringIO(forms.csv_text(report, texts(language))))
            if row["part"] == "pushed"
        ]
        assert (row["subject"], row["number"], row["verdict"], row["state"]) == ("fw-1", "5.5", "well", state)
    told = json.loads(forms.json_text(report))
    assert told["pushed_backups"] == [
        {
            "device": "fw-1",
            "site": "main",
            "watched": True,
            "late": False,
            "last_arrival": "2026-01-14T18:00:00Z",
            "hours": 5.5,
            "max_age_hours": 26,
            "file": "Backup-1",
            "bytes": 123456,
            "sha256": "3f" * 32,
            "arrivals_in_the_night": 1,
        }
    ]
    assert (told["summary"]["devices_pushing"], told["summary"]["devices_pushing_late"]) == (1, 0)


def test_an_overdue_device_says_so_in_the_words_of_the_matter(site):
    site.arrived(MORNING - timedelta(hours=31))
    site.looked(RunState.FAILED, "failed", due=ONE_AM, message=STALE)

    report = site.report()

    vi, en = forms.text(report, texts("vi")), forms.text(report, texts("en"))
    assert "không gửi bản sao lưu đúng hạn" in vi
    assert "Kiểm tra trên thiết bị: lịch sao lưu còn bật" in vi
    assert "quá hạn (mỗi 26 giờ)" in vi
    assert "không trả lời kịp" not in vi
    assert "sent no backup in time" in en
    assert "overdue (every 26 h)" in en


def test_a_device_for_whose_files_nobody_looks_is_a_problem(site):
    report = site.report()

    assert report.pushed[0].hours is None
    assert "pushed-unproven" in keys(report)
    assert report.verdict is Verdict.ACT
    assert "không ai theo dõi" in forms.text(report, texts("vi"))
    assert json.loads(forms.json_text(report))["pushed_backups"][0]["hours"] is None


def test_one_that_is_awaited_since_a_short_time_is_none(site):
    arrivals.write(site.ledger, "fw-1", Watch.begun((MORNING - timedelta(hours=2)).astimezone(UTC)))

    report = site.report()

    assert "pushed-unproven" not in keys(report)
    assert "none yet (every 26 h)" in forms.html(report, texts("en"))


def test_the_report_of_an_older_night_tells_what_had_come_by_then(site):
    old, new = MORNING - timedelta(days=3), MORNING - timedelta(hours=1)
    site.arrived(old, name="Backup-old")
    site.arrived(new, name="Backup-new")

    report = site.report(now=MORNING, night=(MORNING - timedelta(days=2)).date())

    assert report.pushed[0].name == "Backup-old"
    assert report.pushed[0].late


def test_a_site_where_no_device_pushes_has_no_such_section(site):
    site.pushers = ()

    report = site.report()

    assert report.pushed == ()
    assert "Backups that devices push" not in forms.html(report, texts("en"))
    assert "BACKUPS THAT DEVICES PUSH" not in forms.text(report, texts("en"))


def test_a_device_without_a_driver_that_pushes_is_not_called_without_a_backup(site):
    skipped = result("fw-1", "skipped", kind="unsupported", message="no driver for platform sfos yet")
    site.ran(outcomes=[result("rtr-1"), skipped], due=ONE_AM + timedelta(minutes=5))

    assert site.report().skipped == ()


def test_a_pushed_file_is_no_change_of_a_configuration(site):
    """It is sealed by the device, and differs each night."""
    site.push(b"1" * 2000, at=ONE_AM - timedelta(days=1))
    site.push(b"2" * 2000, at=ONE_AM)

    report = site.report()

    assert report.changes == ()
    assert "devices-changed" not in keys(report)


def test_the_first_one_is_told_and_so_is_what_else_changed(site):
    site.push(b"1" * 2000, at=ONE_AM)
    assert [change.first for change in site.report().changes] == [True]
    site.store("rtr-1", "hostname a\n", taken=ONE_AM - timedelta(days=1))
    site.store("rtr-1", "hostname b\n", taken=ONE_AM, run="run-2")

    assert {change.device for change in site.report().changes} == {"fw-1", "rtr-1"}


def test_a_file_that_a_driver_fetched_is_a_change(site):
    for night, content in ((1, b"1"), (0, b"2")):
        session = site.archive.session(f"run-{night}")
        item = Item(ConfigSource.FILE, "txt", f"sha256: {content}\n", content)
        session.put(Entry("rtr-1", "peplink", (ONE_AM - timedelta(days=night)).astimezone(UTC), (item,)))
        session.commit()

    assert [change.device for change in site.report().changes] == ["rtr-1"]


def test_a_night_that_brought_a_configuration_and_a_pushed_file_shows_the_configuration(site):
    first = [Item(ConfigSource.RUNNING, "cfg", "a\n", b"a\n")]
    for number, items in enumerate((first, [Item(ConfigSource.RUNNING, "cfg", "b\n", b"b\n")])):
        session = site.archive.session(f"run-{number}")
        taken = ONE_AM - timedelta(hours=24 * (1 - number))
        session.put(Entry("fw-1", "sfos", taken.astimezone(UTC), tuple(items)))
        session.commit()
    site.push(b"2" * 2000, at=ONE_AM + timedelta(hours=1))

    (change,) = site.report().changes

    assert [document.sources for document in change.documents] == [("running",)]


class Inbox:
    def __init__(self, site, language="vi"):
        self.site = site
        self.audience = Audience("ict-centre", texts(language), (MAIL,))

    def after(self, run):
        return announce(
            self.site.ledger,
            run,
            self.site.ledger.outcomes(run.key),
            audience=self.audience,
            devices=self.site.pushers,
            archive=self.site.archive,
            now=MORNING,
        )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_silence_of_a_device_is_told_once_and_so_is_its_end(site, language):
    inbox = Inbox(site, language)
    due = ONE_AM

    def look(state, outcome, message=""):
        nonlocal due
        due += timedelta(minutes=15)
        return inbox.after(site.looked(state, outcome, due=due, message=message))

    assert look(RunState.OK, "unchanged") == ()
    (told,) = look(RunState.FAILED, "failed", STALE)
    assert look(RunState.FAILED, "failed", STALE) == ()
    (again,) = look(RunState.OK, "changed")

    assert "31 h" in told.body
    assert ("không gửi bản sao lưu đúng hạn" if language == "vi" else "sent no backup in time") in told.body
    assert "fw-1" in again.body


def test_a_backup_that_came_as_every_night_is_no_message(site):
    site.push(b"1" * 2000, at=ONE_AM - timedelta(days=1), run="run-1")
    site.push(b"2" * 2000, at=ONE_AM, run="run-2")
    one = DeviceResult("drop", ONE_AM, "fw-1", "changed")
    run = site.ran(RunState.OK, [one], job="drop", due=ONE_AM + timedelta(minutes=15), run="run-2")

    assert Inbox(site).after(run) == ()
    assert changed_in(site.archive, ["fw-1"], run) == ()
