"""The job `copy`: its summary, when it has failed, and that the morning report says so."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from dcops.archive.copies.opening import open_store
from dcops.errors import CannotRun
from dcops.jobs import copy
from dcops.jobs.nightly import forms
from dcops.jobs.nightly.content import Standing, Verdict
from dcops.jobs.runs.result import Ended
from dcops.model.job import RunState
from dcops.model.moment import rfc3339
from dcops.model.secret import Credential
from tests.jobs.nights import DAY, ONE_AM, Site, device, result, texts

NOW = datetime(2026, 1, 16, 2, 0, tzinfo=UTC)


@pytest.fixture
def site(tmp_path):
    one = Site(tmp_path, [device("rtr-edge-1")], schedules={"backup": "0 1 * * *", "copy": "0 2 * * *"})
    one.store("rtr-edge-1", "hostname rtr-edge-1\n", taken=ONE_AM, startup="s\n")
    yield one
    one.close()


@pytest.fixture
def store(site, tmp_path):
    return open_store(
        tmp_path / "dr",
        Credential(""),
        None,
        archive=tmp_path / "archive",
        keys=tmp_path / "keys",
        memory=tmp_path / "copy.json",
        site="example",
        max_lag=timedelta(hours=48),
        verify_every=timedelta(days=7),
        clock=lambda: NOW,
    )


def test_a_good_copy_tells_its_figures_and_notes_the_verification(store):
    notes = {}

    run = copy.run(store, note=notes.__setitem__)
    ended = Ended.of(run)

    assert (ended.state, ended.reason, ended.exit_code) == (RunState.OK, "", 0)
    summary = ended.summary
    assert (summary["copied"], summary["equal"], summary["missing"], summary["damaged"]) == (2, True, 0, 0)
    assert (summary["versions"], summary["versions_there"], summary["lag_seconds"]) == (1, 1, 0)
    assert summary["bytes"] > 0
    assert notes == {copy.VERIFIED_NOTE: rfc3339(NOW)}
    json.dumps(dict(summary))


def test_a_copy_that_was_stopped_has_failed_and_keeps_its_figures(store):
    ended = Ended.of(copy.run(store, note=lambda *_: None, stopping=lambda: True))

    assert ended.state is RunState.FAILED
    assert ended.reason.startswith("stopped before its end, 2 files are left: the next run goes on")
    assert (ended.summary["equal"], ended.summary["missing"], ended.exit_code) == (False, 2, 1)


def test_a_damage_there_fails_the_run_until_it_is_mended_and_is_no_verification(store, tmp_path):
    copy.run(store, note=lambda *_: None)
    (tmp_path / "dr/archive/sealed/notes.txt").write_text("?")
    notes = {}

    ended = Ended.of(copy.run(store, note=notes.__setitem__, verify=True))

    assert ended.state is RunState.FAILED
    assert ended.reason == "notes.txt lies there and belongs to no version"
    sealed = next((tmp_path / "dr/archive/sealed").rglob("*.age"))
    sealed.chmod(0o600)
    sealed.write_bytes(bytes(sealed.stat().st_size))
    notes.clear()

    ended = Ended.of(copy.run(store, note=notes.__setitem__, verify=True))

    assert "a sealed file of rtr-edge-1 is damaged there" in ended.reason
    assert ended.summary["damaged"] == 1
    assert notes == {}


def test_a_ledger_that_is_away_stops_no_copy(store):
    def away(name, value):
        raise CannotRun("the ledger is away")

    assert copy.run(store, note=away).failure == ""


def test_a_place_that_is_gone_is_an_error_with_a_next_step(store, tmp_path):
    copy.run(store, note=lambda *_: None)
    shutil.rmtree(tmp_path / "dr")

    with pytest.raises(CannotRun, match="is empty, and held 2 sealed files"):
        copy.run(store, note=lambda *_: None)


def test_the_morning_report_says_that_the_copy_failed(site):
    site.ran(RunState.OK, (result("rtr-edge-1"),))
    reason = "a sealed file of rtr-edge-1 is damaged there"
    site.ran(RunState.FAILED, job="copy", due=ONE_AM + DAY / 24, reason=reason)

    report = site.report()

    assert report.verdict is Verdict.ACT
    (problem,) = [one for one in report.problems if one.job == "copy"]
    assert (problem.key, problem.said) == ("job-failed", reason)
    assert reason in forms.text(report, texts("en"))
    assert "Second store" in forms.text(report, texts("en"))


def test_the_morning_report_misses_a_copy_that_did_not_run(site):
    site.ran(RunState.OK, (result("rtr-edge-1"),))

    report = site.report()

    (line,) = [one for one in report.jobs if one.job == "copy"]
    assert line.standing is Standing.MISSING
    assert report.verdict is Verdict.ACT


@pytest.mark.parametrize(("language", "name"), [("en", "Second store"), ("vi", "Kho lưu thứ hai")])
def test_the_job_has_a_name_in_both_languages(language, name):
    assert forms.job_title("copy", texts(language)) == name
