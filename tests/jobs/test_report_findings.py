"""What jobs found stands on the report of the night, in both languages, and nothing passes for "nothing found"."""

import csv
import io
import json

import pytest

from dcops.jobs.nightly import forms
from dcops.jobs.nightly.content import Verdict
from dcops.model.job import RunState
from tests.jobs.nights import DAY, ONE_AM, Site, device, result, texts

HOSTILE = "<script>alert(1)</script> \x1b[31m"
STRANGER = {
    "id": "DISC-001",
    "status": "fail",
    "severity": "medium",
    "device": "rtr-edge-1",
    "title": "sw-lab at rtr-edge-1 Gi0/1 is not in the inventory",
    "evidence": f"says it is {HOSTILE}",
    "fix": "Follow the cable",
    "reference": "R-INV-8",
}
BLIND = {
    **STRANGER,
    "id": "DISC-003",
    "status": "could not check",
    "device": "",
    "title": "site main could not be checked",
}


@pytest.fixture
def site(tmp_path):
    one = Site(
        tmp_path,
        [device("rtr-edge-1")],
        schedules={"backup": "0 1 * * *", "discovery": "0 3 * * *", "report": "30 6 * * *"},
    )
    one.store("rtr-edge-1", "hostname rtr-edge-1\n", taken=ONE_AM - 5 * DAY)
    one.ran(RunState.OK, [result("rtr-edge-1")])
    yield one
    one.close()


def looked(site, *found, number=None, state=RunState.FINDINGS, due=None):
    summary = {"findings": len(found) if number is None else number, **({"found": list(found)} if found else {})}
    return site.ran(state, job="discovery", due=due or ONE_AM.replace(hour=3), summary=summary)


def problems(report):
    return [(one.key, one.job, one.number) for one in report.problems if one.key in ("findings", "job-findings")]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_finding_is_told_with_its_evidence_and_what_to_do(site, language):
    looked(site, STRANGER)
    report, words = site.report(), texts(language)
    page, text = forms.html(report, words), forms.text(report, words)
    title = words.words("finding.DISC-001")

    assert problems(report) == [("findings", "discovery", 1)]
    for form in (page, text):
        assert title in form
        assert "sw-lab at rtr-edge-1 Gi0/1" in form
        assert "\x1b" not in form
    assert "<script>" not in page
    assert ("Follow the cable" in text) is (language == "en")


def test_machines_get_the_same(site):
    looked(site, STRANGER, BLIND)
    report = site.report()
    document = json.loads(forms.json_text(report))
    rows = [row for row in csv.DictReader(io.StringIO(forms.csv_text(report, texts("en")))) if row["part"] == "finding"]

    (look,) = document["findings"]
    assert (look["job"], look["number"], look["left_out"]) == ("discovery", 2, 0)
    assert [one["status"] for one in look["findings"]] == ["fail", "could not check"]
    assert document["summary"]["findings"] == 2
    assert [(row["subject"], row["state"]) for row in rows] == [("rtr-edge-1", "fail"), ("", "could not check")]


def test_what_could_not_be_checked_is_not_called_by_the_name_of_the_check(site):
    looked(site, BLIND)
    text = forms.text(site.report(), texts("en"))

    assert "This could not be checked" in text
    assert "was seen by nobody" not in text


def test_a_look_that_found_nothing_is_no_problem_and_a_night_without_one_is_not_nothing(site):
    without = json.loads(forms.json_text(site.report()))
    looked(site, state=RunState.OK)
    report = site.report()

    assert without["summary"]["findings"] is None
    assert ("job-missing", "discovery") in {(one["problem"], one["job"]) for one in without["problems"]}
    assert json.loads(forms.json_text(report))["summary"]["findings"] == 0
    assert problems(report) == []
    assert report.verdict is Verdict.WELL


def test_the_newest_look_of_the_night_counts_and_yesterdays_does_not(site):
    looked(site, STRANGER, due=ONE_AM - DAY)
    looked(site, STRANGER, BLIND)
    looked(site, STRANGER, due=ONE_AM.replace(hour=5))

    assert problems(site.report()) == [("findings", "discovery", 1)]


def test_a_run_that_failed_half_way_still_tells_what_it_found(site):
    looked(site, STRANGER, state=RunState.PARTIAL)

    assert ("findings", "discovery", 1) in problems(site.report())


def test_more_than_the_row_keeps_is_said_to_be_more(site):
    looked(site, STRANGER, number=31)
    text = forms.text(site.report(), texts("en"))

    assert "(31)" in text
    assert "and 30 more: see the result of the run" in text


def test_a_device_that_another_job_cannot_ask_is_not_said_to_be_without_backup(site):
    skipped = result("rtr-edge-1", "skipped", kind="unsupported", message="not asked")
    looked(site)
    key = site.ledger.last("discovery").key
    site.ledger.record_outcomes(
        key, [type(skipped)("discovery", key.due, "rtr-edge-1", "skipped", "", "unsupported", "x")]
    )

    assert site.report().skipped == ()
