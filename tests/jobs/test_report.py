"""The report of a night says what is wrong first, and what it does not know it does not call well."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from dcops.errors import CannotRun
from dcops.jobs import report as report_job
from dcops.jobs.nightly import forms
from dcops.jobs.nightly.content import Standing, Verdict
from dcops.jobs.nightly.gather import bounds
from dcops.model.job import MaintenanceWindow, RunState, RunTrigger
from tests.jobs.nights import DAY, MORNING, ONE_AM, ZONE, Site, device, result, texts

ROUTER, FIREWALL, BALANCER = (
    device("rtr-edge-1"),
    device("fw-main-1", role="firewall", platform="panos"),
    device("wan-1", role="wan-balancer", platform="peplink"),
)
UNSUPPORTED = result("wan-1", "skipped", kind="unsupported", message="no driver for platform peplink yet")
WELL = (result("rtr-edge-1"), result("fw-main-1"), UNSUPPORTED)
BROKEN = (
    result("rtr-edge-1"),
    result("fw-main-1", "timeout", kind="timeout", message="no answer", next_step="Is it up?"),
    UNSUPPORTED,
)
HOSTILE = "banner <script>alert(1)</script> \x1b[31m \u202e"


@pytest.fixture
def site(tmp_path):
    one = Site(tmp_path, [ROUTER, FIREWALL, BALANCER])
    one.store("rtr-edge-1", "hostname rtr-edge-1\n", taken=ONE_AM - 5 * DAY, run="run-0")
    yield one
    one.close()


def keys(report):
    return [problem.key for problem in report.problems]


def line(report, job="backup"):
    (found,) = [one for one in report.jobs if one.job == job]
    return found


def test_a_good_night_is_called_so_with_its_numbers(site):
    site.ran(RunState.OK, WELL)

    report = site.report()

    assert report.verdict is Verdict.WELL
    assert report.problems == ()
    assert (report.runs_done, report.runs_due) == (1, 1)
    assert (report.backup.archived, report.backup.of) == (2, 2)
    assert report.changed_devices == 0
    assert report.unproven == ()
    assert line(report).counts["unchanged"] == 2
    assert [(one.kind, one.devices, one.expected) for one in report.skipped] == [("unsupported", ("wan-1",), True)]


def test_a_job_that_should_have_run_and_has_no_row_is_the_worst_line_and_nothing_is_zero(site):
    report = site.report()

    assert report.verdict is Verdict.ACT
    assert keys(report)[0] == "job-missing"
    assert line(report).standing is Standing.MISSING
    assert line(report).due == ONE_AM
    assert line(report).counts == {}
    assert report.backup.archived is None
    assert report.changed_devices is None
    summary = forms.as_json(report)["summary"]
    assert summary["devices_backed_up"] is None
    assert summary["devices_failed"] is None
    assert summary["devices_changed"] is None
    page = forms.html(report, texts("en"))
    assert "Did not run" in page
    assert "No device failed" not in page
    assert "No configuration changed" not in page


def test_no_schedule_at_all_is_a_problem_and_not_a_good_night(tmp_path):
    site = Site(tmp_path, [], schedules={})

    report = site.report()

    assert keys(report)[0] == "nothing-scheduled"
    assert report.verdict is Verdict.ACT
    assert "A good night" not in forms.html(report, texts("en"))
    site.close()


def test_a_failed_device_is_named_with_its_last_good_backup_and_what_to_do(site):
    site.ran(RunState.OK, WELL, due=ONE_AM - DAY)
    site.ran(RunState.PARTIAL, BROKEN)

    report = site.report()

    (failure,) = report.failures
    assert (failure.device, failure.kind, failure.message) == ("fw-main-1", "timeout", "no answer")
    assert failure.last_success.astimezone(ZONE).date() == (ONE_AM - DAY).date()
    assert keys(report) == ["devices-failed"]
    assert line(report).verdict is Verdict.ACT
    assert [one.device for one in report.unproven] == ["fw-main-1"]
    assert forms.step(report.problems[0], texts("en")) == "Is it up?"
    assert "Đăng nhập thử" in forms.step(report.problems[0], texts("vi"))


def test_alike_failures_are_one_problem(site):
    site.ran(
        RunState.PARTIAL,
        [result(name, "failed", kind="refused", message="refused") for name in ("rtr-edge-1", "fw-main-1")],
    )

    (problem,) = [one for one in site.report().problems if one.key == "devices-failed"]

    assert problem.devices == ("fw-main-1", "rtr-edge-1")


def test_a_device_that_failed_and_was_well_by_morning_is_no_problem(site):
    site.ran(RunState.PARTIAL, BROKEN)
    site.ran(RunState.OK, [result("fw-main-1")], due=ONE_AM + timedelta(hours=3), trigger=RunTrigger.MANUAL)

    report = site.report()

    assert report.failures == ()
    assert report.backup.recovered == ("fw-main-1",)
    assert report.verdict is Verdict.WELL
    assert [(one.standing, one.made_up) for one in report.jobs if one.scheduled] == [(Standing.PARTIAL, True)]


def test_a_later_run_that_skips_a_device_does_not_take_back_its_failure(site):
    site.ran(RunState.PARTIAL, BROKEN)
    site.ran(
        RunState.OK,
        [result("fw-main-1", "skipped", kind="locked", message="held by backup")],
        due=ONE_AM + timedelta(hours=3),
        trigger=RunTrigger.MANUAL,
    )

    assert [one.device for one in site.report().failures] == ["fw-main-1"]


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.TIMEOUT, RunState.LOST, RunState.SKIPPED])
def test_a_run_that_did_not_do_its_work_has_to_be_acted_on(site, state):
    site.ran(RunState.OK, WELL, due=ONE_AM - DAY)
    site.ran(state, reason="the disk is full")

    report = site.report()

    assert line(report).verdict is Verdict.ACT
    assert f"job-{state}" in keys(report)
    assert "the disk is full" in forms.text(report, texts())


def test_a_lost_run_that_the_schedule_made_up_for_is_only_remarked(site):
    site.ran(RunState.LOST)
    site.ran(RunState.OK, WELL, due=ONE_AM + timedelta(hours=2), trigger=RunTrigger.CATCH_UP)

    report = site.report()

    assert {one.standing: one.verdict for one in report.jobs} == {
        Standing.LOST: Verdict.LOOK,
        Standing.OK: Verdict.WELL,
    }
    assert keys(report) == []


def test_a_run_by_hand_does_not_excuse_the_schedule(site):
    site.ran(RunState.FAILED)
    site.ran(RunState.OK, [result("rtr-edge-1")], due=ONE_AM + timedelta(hours=2), trigger=RunTrigger.MANUAL)

    report = site.report()

    assert "job-failed" in keys(report)
    assert report.backup.unheard == ("fw-main-1",)
    assert "devices-unheard" in keys(report)


def test_a_run_without_a_sign_of_life_is_not_called_running(site):
    site.ran(RunState.RUNNING, WELL)

    report = site.report()

    assert line(report).standing is Standing.SILENT
    assert keys(report)[0] == "job-silent"


def test_a_job_that_is_due_right_now_is_waited_for_and_not_yet_missed(site):
    site.schedules["backup"] = "20 6 * * *"

    assert line(site.report()).standing is Standing.WAITING
    assert line(site.report(MORNING + timedelta(minutes=30))).standing is Standing.MISSING


def test_the_report_does_not_wait_for_itself_but_misses_itself(site):
    site.ran(RunState.OK, WELL)
    site.ran(RunState.RUNNING, job="report", due=MORNING)

    made_by_the_job = site.report(MORNING + timedelta(seconds=3))
    site.schedules["report"] = "30 5 * * *"
    asked_by_hand = site.report(MORNING - timedelta(seconds=3))

    assert [one.job for one in made_by_the_job.jobs] == ["backup"]
    assert line(asked_by_hand, "report").standing is Standing.MISSING


def test_an_hourly_job_is_one_line_and_its_bad_hour_another(site):
    site.schedules = {"backup": "0 * * * *"}
    noon = ONE_AM.replace(hour=12) - DAY
    for hour in range(1, 19):
        state = RunState.LOST if hour == 4 else RunState.OK
        site.ran(state, WELL if state is RunState.OK else (), due=noon + timedelta(hours=hour))

    report = site.report(MORNING)

    assert [(one.standing, one.same) for one in report.jobs] == [(Standing.LOST, 0), (Standing.OK, 16)]
    assert (report.runs_done, report.runs_due) == (17, 18)


def test_a_device_under_maintenance_is_told_and_not_an_alarm(site):
    site.ran(RunState.OK, WELL, due=ONE_AM - DAY)
    start = ONE_AM.astimezone(UTC) - timedelta(hours=1)
    site.ledger.open_window(
        MaintenanceWindow(0, start, start + timedelta(hours=3), "an", "power", devices=("fw-main-1",))
    )
    site.ran(RunState.PARTIAL, BROKEN)

    report = site.report()

    assert report.failures[0].in_maintenance
    assert keys(report) == ["maintenance-failed"]
    assert report.verdict is Verdict.LOOK
    assert line(report).verdict is Verdict.LOOK
    assert "power" in forms.html(report, texts())


def test_a_change_is_shown_with_its_lines_and_asks_whose_it_was(site):
    site.store("rtr-edge-1", "hostname rtr-edge-1\nip http server\n", startup="hostname rtr-edge-1\n")
    site.store("fw-main-1", "set deviceconfig\n", run="run-2")
    site.ran(RunState.OK, [result("rtr-edge-1", "changed"), result("fw-main-1", "changed"), UNSUPPORTED])

    report = site.report()

    changed = {one.device: one for one in report.changes}
    assert changed["fw-main-1"].first
    assert "+ip http server" in changed["rtr-edge-1"].diff
    assert report.changed_devices == 2
    assert keys(report) == ["devices-changed"]
    assert report.problems[0].devices == ("rtr-edge-1",)
    assert report.verdict is Verdict.LOOK


def test_the_same_change_in_two_configurations_is_shown_once(site):
    site.store("rtr-edge-1", "hostname a\n", startup="hostname a\n", taken=ONE_AM - 2 * DAY, run="run-a")
    site.store("rtr-edge-1", "hostname b\n", startup="hostname b\n")
    site.ran(RunState.OK, [result("rtr-edge-1", "changed"), result("fw-main-1"), UNSUPPORTED])

    (changed,) = site.report().changes

    assert [document.sources for document in changed.documents] == [("running", "startup")]
    assert (changed.added, changed.removed) == (1, 1)


def test_a_large_change_is_cut_and_says_how_to_see_all_of_it(site):
    site.store("rtr-edge-1", "hostname rtr-edge-1\n" + "".join(f"line {n}\n" for n in range(500)))
    site.ran(RunState.OK, [result("rtr-edge-1", "changed"), result("fw-main-1"), UNSUPPORTED])

    report = site.report()

    (document,) = report.changes[0].documents
    assert (document.added, document.hidden + len(document.diff.splitlines())) == (500, 502)
    assert f"dcops archive diff rtr-edge-1 {report.changes[0].before[:8]}" in forms.html(report, texts())


def test_an_archive_that_cannot_be_read_is_not_no_change(site, tmp_path):
    site.ran(RunState.OK, WELL)
    (tmp_path / "archive" / "readable.git" / "HEAD").unlink()

    report = site.report()

    assert report.changes is None
    assert keys(report) == ["changes-unread"]
    assert forms.as_json(report)["changes"] is None
    assert forms.as_json(report)["summary"]["devices_changed"] is None


def test_messages_that_were_given_up_are_told_here(site):
    site.ran(RunState.OK, WELL)
    for days in (1, 30):
        message = site.ledger.enqueue("mail", "lost", "body", now=(ONE_AM - days * DAY).astimezone(UTC))
        site.ledger.bury(message.id, "nobody at home")

    report = site.report()

    assert keys(report) == ["dead-letters"]
    assert report.dead_letters == 1


def test_a_night_goes_from_noon_to_noon_of_the_site():
    since, until = bounds(date(2026, 1, 15), ZONE)

    assert since.astimezone(UTC) == datetime(2026, 1, 14, 5, tzinfo=UTC)
    assert until.astimezone(UTC) == datetime(2026, 1, 15, 5, tzinfo=UTC)
    spring = bounds(date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert spring[1].astimezone(UTC) - spring[0].astimezone(UTC) == timedelta(hours=23)


def test_an_older_night_is_not_made_better_by_what_came_later(site):
    site.schedules = {"backup": "0 1 * * *"}
    site.ran(RunState.OK, WELL, due=ONE_AM - 3 * DAY)
    site.ran(RunState.PARTIAL, BROKEN, due=ONE_AM - DAY)
    site.ran(RunState.OK, WELL)
    later = MORNING + timedelta(hours=9)

    older = site.report(later, date(2026, 1, 14))
    newest = site.report(later, date(2026, 1, 15))

    assert [one.device for one in older.failures] == ["fw-main-1"]
    assert [(one.device, one.last_success is not None) for one in older.unproven] == [("fw-main-1", True)]
    assert older.until == datetime(2026, 1, 14, 12, tzinfo=ZONE)
    assert newest.verdict is Verdict.WELL


def test_what_is_mended_in_the_afternoon_counts_for_today_but_not_for_an_older_night(site):
    site.schedules = {"backup": "0 1 * * *"}
    site.ran(RunState.PARTIAL, BROKEN)
    site.ran(RunState.OK, [result("fw-main-1")], due=ONE_AM.replace(hour=14), trigger=RunTrigger.MANUAL)

    today = site.report(ONE_AM.replace(hour=15))
    tomorrow = site.report(MORNING + DAY, date(2026, 1, 15))

    assert (today.failures, today.backup.recovered) == ((), ("fw-main-1",))
    assert [one.device for one in tomorrow.failures] == ["fw-main-1"]


# The forms


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.addresses, self.texts, self.open = [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.addresses += [value for name, value in attributes if name in ("src", "href", "action", "srcset")]
        self.addresses += [name for name, _ in attributes if name.startswith("on")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def busy(site):
    site.ran(RunState.OK, WELL, due=ONE_AM - 2 * DAY)
    site.store("rtr-edge-1", f"hostname rtr-edge-1\n{HOSTILE}\n")
    broken = result("fw-main-1", "failed", kind="auth", message=HOSTILE, next_step=HOSTILE)
    site.ran(RunState.PARTIAL, [result("rtr-edge-1", "changed"), broken, UNSUPPORTED], reason=HOSTILE)
    return site.report()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_is_sound_needs_nothing_from_outside_and_runs_nothing(busy, language):
    html = forms.html(busy, texts(language))
    page = Page(html)

    assert page.open == []
    assert page.addresses == []
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert "url(" not in html
    assert "@import" not in html
    assert f'<html lang="{language}">' in html


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_devices_say_steers_neither_browser_nor_terminal(busy, language):
    html, text = forms.html(busy, texts(language)), forms.text(busy, texts(language))

    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    for form in (html, text):
        assert "\x1b" not in form
        assert "\u202e" not in form


def test_all_forms_tell_the_same_numbers(busy):
    document = json.loads(forms.json_text(busy))
    rows = list(csv.DictReader(io.StringIO(forms.csv_text(busy, texts("en")))))
    summary = {row["subject"]: row["number"] for row in rows if row["part"] == "summary"}
    page = " ".join(" ".join(Page(forms.html(busy, texts("en"))).texts).split())

    assert summary == {
        name: "unknown" if number is None else str(number) for name, number in document["summary"].items()
    }
    assert len([row for row in rows if row["part"] == "problem"]) == len(document["problems"]) == len(busy.problems)
    assert len([row for row in rows if row["part"] == "failure"]) == len(document["failures"]) == 1
    assert document["summary"]["to_act"] == 1
    assert "1 thing to act on" in page
    assert "Devices backed up 1 /2" in page
    assert "Devices backed up: 1/2" in forms.text(busy, texts("en"))


def test_a_spreadsheet_gets_no_formula(site):
    site.ran(RunState.PARTIAL, [result("rtr-edge-1", "failed", kind="auth", message='=HYPERLINK("x")'), *WELL[1:]])

    rows = list(csv.DictReader(io.StringIO(forms.csv_text(site.report(), texts()))))

    assert [row["text"] for row in rows if row["part"] == "failure"] == ['\'=HYPERLINK("x")']


def test_the_reader_sees_the_sites_time_zone_by_name(busy):
    assert "06:30 ngày 15/01/2026 (giờ Việt Nam, UTC+7)" in forms.html(busy, texts("vi"))
    assert "15 Jan 2026, 06:30 (Vietnam time, UTC+7)" in forms.html(busy, texts("en"))
    assert "Đêm 14/01 rạng sáng 15/01/2026" in forms.text(busy, texts("vi"))
    assert forms.as_json(busy)["made"] == "2026-01-14T23:30:00Z"


def test_the_vietnamese_forms_hold_no_english_of_ours(busy):
    page = re.sub(
        r"<(style)>.*?</\1>|<span class=\"said\".*?</span>|<pre>.*?</pre>|<code>.*?</code>",
        " ",
        forms.html(busy, texts("vi")),
        flags=re.DOTALL,
    )
    words = set(re.findall(r"[a-z]+", " ".join(Page(page).texts).lower()))

    assert not words & {
        "the",
        "of",
        "is",
        "and",
        "failed",
        "changed",
        "unknown",
        "device",
        "devices",
        "backup",
        "night",
    } - {"backup"}


# The job


def clock():
    return MORNING.astimezone(UTC)


def test_the_job_writes_every_form_and_queues_one_mail_and_one_webhook(site, tmp_path):
    site.ran(RunState.PARTIAL, BROKEN)
    folder = tmp_path / "reports"

    run = report_job.run(site.sources(), texts(), folder=folder, channels=("mail", "webhook"), clock=clock)
    again = report_job.run(site.sources(), texts(), folder=folder, channels=("mail", "webhook"), clock=clock)

    night = folder / "2026-01-15"
    assert sorted(file.name for file in night.iterdir()) == [
        "nightly.csv",
        "nightly.html",
        "nightly.json",
        "nightly.txt",
    ]
    assert (night / "nightly.csv").read_bytes().startswith(b"\xef\xbb\xbfpart,")
    assert json.loads((night / "nightly.json").read_text())["verdict"] == "act"
    assert (run.outcomes, run.extra["verdict"], run.extra["messages"]) == ((), "act", 2)
    assert again.extra["messages"] == 0
    mail, webhook = sorted(site.ledger.due_messages(clock()), key=lambda one: one.channel)
    assert mail.subject.startswith("[ict-centre] Báo cáo đêm 15/01/2026: cần xử lý")
    assert "fw-main-1" in mail.body
    assert str(night / "nightly.html") in mail.body
    assert json.loads(webhook.body)["text"].startswith(mail.subject)
    assert json.loads(webhook.body)["report"] == "nightly"


def test_a_folder_that_cannot_be_written_is_said_and_no_mail_promises_it(site, tmp_path):
    (tmp_path / "reports").write_text("in the way")

    with pytest.raises(CannotRun) as caught:
        report_job.run(site.sources(), texts(), folder=tmp_path / "reports", channels=("mail",), clock=clock)

    assert str(tmp_path / "reports") in str(caught.value)
    assert site.ledger.due_messages(clock()) == ()


def test_a_template_of_the_site_root_wins_and_can_build_on_ours(busy, tmp_path):
    from dcops.templates.render import Texts

    folder = tmp_path / "root" / "templates" / "report"
    folder.mkdir(parents=True)
    (folder / "nightly.txt.j2").write_text('{% extends "shipped/report/nightly.txt.j2" %}')
    (folder / "nightly.html.j2").write_text("<p>{{ report.site }}: {{ report.verdict }} {{ report.nothing }}</p>")
    ours = Texts.of(tmp_path / "root", language="vi", timezone="Asia/Ho_Chi_Minh")

    assert forms.text(busy, ours) == forms.text(busy, texts())
    with pytest.raises(Exception, match=r"nightly\.html\.j2:1: .*nothing"):
        forms.html(busy, ours)
