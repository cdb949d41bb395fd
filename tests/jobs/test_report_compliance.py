"""What the audit of the night says in the morning: how many, what is new, what ends; in every form the same."""

import csv
import io
import json

import pytest

from dcops.jobs.nightly import forms
from dcops.jobs.nightly.content import Verdict
from dcops.model.job import RunState, RunTrigger
from tests.jobs.nights import DAY, ONE_AM, Site, device, result, texts

FAULT = {
    "check": "IOS-021",
    "device": "rtr-edge-1",
    "severity": "high",
    "status": "fail",
    "titles": {"en": "Remote lines accept SSH only <b>", "vi": "Chỉ nhận SSH <b>"},
}
ENDING = {
    "check": "IOS-054",
    "target": "rtr-lan-1",
    "owner": "network-team",
    "ticket": "CHG-104",
    "until": "2026-02-01",
    "days_left": 17,
}
TOLD = {
    "devices_judged": 2,
    "checks": {"pass": 90, "fail": 7, "could not check": 3, "not applicable": 4, "exception": 1},
    "failed_by_severity": {"critical": 1, "high": 6},
    "packs": {"level-3": {"pass": 40, "fail": 2}},
    "new": 1,
    "gone": 2,
    "new_faults": [FAULT],
    "exceptions_ending": [ENDING],
    "findings": 10,
    "found": [],
}


@pytest.fixture
def site(tmp_path):
    one = Site(
        tmp_path,
        [device("rtr-edge-1")],
        schedules={"backup": "0 1 * * *", "compliance": "15 3 * * *", "report": "30 6 * * *"},
    )
    one.store("rtr-edge-1", "hostname rtr-edge-1\n", taken=ONE_AM - 5 * DAY)
    one.ran(RunState.OK, [result("rtr-edge-1")])
    yield one
    one.close()


def audited(site, state=RunState.FINDINGS, hour=3, minute=15, trigger=RunTrigger.SCHEDULE, **changes):
    due = ONE_AM.replace(hour=hour, minute=minute)
    return site.ran(state, job="compliance", due=due, trigger=trigger, summary={**TOLD, **changes})


def keys(report):
    return [
        (one.key, one.number) for one in report.problems if one.key.startswith(("compliance", "job-find", "findings"))
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_new_and_what_ends_stand_on_the_page_and_in_the_mail(site, language):
    audited(site)
    report, words = site.report(), texts(language)
    page, mail = forms.html(report, words), forms.text(report, words)

    assert keys(report) == [("compliance-new", 1), ("compliance-ending", 1)]
    assert report.verdict is Verdict.LOOK
    for form in (page, mail):
        assert "IOS-021" in form
        assert "rtr-lan-1" in form
        assert "2026-02-01" in form
        assert "network-team" in form
    assert "&lt;b&gt;" in page
    assert "<b>" in mail
    assert ("chỉ nhận SSH".casefold() in mail.casefold()) is (language == "vi")


def test_every_form_has_the_same_numbers(site):
    audited(site)
    report = site.report()
    told = json.loads(forms.json_text(report))
    rows = list(csv.DictReader(io.StringIO(forms.csv_text(report, texts("en")))))

    assert told["compliance"]["checks"] == {
        "pass": 90, "fail": 7, "could not check": 3, "not applicable": 4, "exception": 1,
    }  # fmt: skip
    assert told["summary"]["compliance_failed"] == 7
    assert told["compliance"]["new_findings"][0]["id"] == "IOS-021"
    assert [(row["subject"], row["number"]) for row in rows if row["part"] == "exception"] == [("rtr-lan-1", "17")]
    assert [row["number"] for row in rows if row["part"] == "compliance"] == ["7"]
    assert "7 checks fail and 3 could not be made on 2 devices; 1 findings are new, 2 are gone" in forms.text(
        report, texts("en")
    )


def test_what_is_open_for_long_is_one_line(site):
    audited(site, new=0, new_faults=[], exceptions_ending=[])

    assert keys(site.report()) == [("compliance-open", 10)]


def test_a_night_on_which_all_is_well_says_nothing_of_it(site):
    well = {"pass": 9, "fail": 0, "could not check": 0}
    audited(site, RunState.OK, checks=well, new=0, new_faults=[], exceptions_ending=[], findings=0)

    report = site.report()

    assert keys(report) == []
    assert report.verdict is Verdict.WELL


def test_an_audit_of_one_device_by_hand_does_not_take_the_place_of_the_nights(site):
    audited(site)
    audited(site, hour=5, trigger=RunTrigger.MANUAL, devices_judged=1, checks={"pass": 1, "fail": 0})

    assert site.report().compliance.failed == 7


def test_a_night_without_an_audit_is_unknown_and_never_zero(site):
    report = site.report()

    assert report.compliance is None
    told = json.loads(forms.json_text(report))
    assert told["compliance"] is None
    assert told["summary"]["compliance_failed"] is None
    assert "job-missing" in [one.key for one in report.problems]


def test_the_first_audit_has_nothing_to_compare_with(site):
    audited(site, new=None, gone=None, new_faults=[], exceptions_ending=[])
    report = site.report()

    assert keys(report) == [("compliance-open", 10)]
    assert "new" not in forms.compliance_said(report, texts("en"))


@pytest.mark.parametrize("ruined", [{"checks": "many"}, {"new_faults": "x"}, {"exceptions_ending": [7]}, {"packs": []}])
def test_a_row_that_was_ruined_does_not_take_the_report_away(site, ruined):
    audited(site, **ruined)

    assert forms.html(site.report(), texts("en"))
