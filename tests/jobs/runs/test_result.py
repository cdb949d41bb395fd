"""How a run ended: its state, its words, and the file that outlives its process."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.runs.result import MOST_FINDINGS, Ended, shortened, state_of
from dcops.model.finding import Finding, Severity, Status
from dcops.model.job import RunKey, RunState
from dcops.model.run import JobRun, Outcome, Result

START, END = datetime(2026, 1, 14, 18, 0, tzinfo=UTC), datetime(2026, 1, 14, 18, 5, tzinfo=UTC)
WELL = Outcome("rtr-1", Result.CHANGED, "running: +1 -1 lines", seconds=1.23456)
SAME = Outcome("rtr-2", Result.UNCHANGED)
SILENT = Outcome("rtr-3", Result.TIMEOUT, error=DeviceError(ErrorKind.TIMEOUT, "silent", next_step="Look at it"))
LOCKED = Outcome("rtr-4", Result.SKIPPED, error=DeviceError(ErrorKind.LOCKED, "held by a change"))
FOREIGN = Outcome("wan-1", Result.SKIPPED, error=DeviceError(ErrorKind.UNSUPPORTED, "no driver"))


def run(*outcomes):
    return JobRun("backup", "run-1", START, END, outcomes, {"revision": "abc"})


@pytest.mark.parametrize(
    ("outcomes", "state", "reason", "code"),
    [
        ((), RunState.OK, "", 0),
        ((WELL, SAME), RunState.OK, "", 0),
        ((WELL, FOREIGN), RunState.OK, "", 0),
        ((WELL, LOCKED), RunState.FINDINGS, "1 held by another run", 1),
        ((WELL, SILENT), RunState.PARTIAL, "1 of 2 devices failed", 1),
        ((WELL, SILENT, LOCKED), RunState.PARTIAL, "1 of 3 devices failed, 1 held by another run", 1),
        ((SILENT,), RunState.FAILED, "1 of 1 devices failed", 1),
        ((SILENT, FOREIGN), RunState.FAILED, "1 of 2 devices failed", 1),
    ],
)
def test_a_run_is_as_good_as_its_devices(outcomes, state, reason, code):
    ended = Ended.of(run(*outcomes))

    assert (ended.state, ended.reason, ended.exit_code) == (state, reason, code)
    assert state_of(run(*outcomes)) is state


def test_it_comes_out_of_its_file_as_it_went_in(tmp_path):
    ended = Ended.of(run(WELL, SILENT))
    ended.write(tmp_path / "result.json")

    assert Ended.read(tmp_path / "result.json") == ended
    assert ended.summary == {"total": 2, **run(WELL, SILENT).counts, "revision": "abc"}
    assert (ended.command, ended.started, ended.finished) == ("backup", "2026-01-14T18:00:00Z", "2026-01-14T18:05:00Z")


FAIL = Finding("X-001", Status.FAIL, Severity.LOW, "rtr-1", "a thing", "seen", "mend it")
PASS = Finding("X-002", Status.PASS, Severity.LOW, "rtr-1", "well", "seen", "")
UNKNOWN = Finding("X-003", Status.COULD_NOT_CHECK, Severity.LOW, "", "not seen", "nobody told", "")


@pytest.mark.parametrize(
    ("findings", "outcomes", "state", "reason", "code"),
    [
        ((), (WELL,), RunState.OK, "", 0),
        ((PASS,), (WELL,), RunState.OK, "", 0),
        ((FAIL,), (WELL,), RunState.FINDINGS, "1 finding", 1),
        ((FAIL, PASS, UNKNOWN), (WELL,), RunState.FINDINGS, "2 findings", 1),
        ((UNKNOWN,), (), RunState.FINDINGS, "1 finding", 1),
        ((FAIL,), (WELL, SILENT), RunState.PARTIAL, "1 of 2 devices failed, 1 finding", 1),
        ((FAIL,), (SILENT,), RunState.FAILED, "1 of 1 devices failed, 1 finding", 1),
    ],
)
def test_a_run_that_found_something_is_not_simply_ok(findings, outcomes, state, reason, code):
    ended = Ended.of(replace(run(*outcomes), findings=findings))

    assert (ended.state, ended.reason, ended.exit_code) == (state, reason, code)
    assert ended.summary["findings"] == sum(one.status.open for one in findings)


def test_the_findings_outlive_the_process_and_the_first_are_kept_in_the_row(tmp_path):
    many = tuple(replace(FAIL, title=f"thing {number}") for number in range(MOST_FINDINGS + 5))
    ended = Ended.of(replace(run(WELL), findings=many))
    ended.write(tmp_path / "result.json")

    assert Ended.read(tmp_path / "result.json") == ended
    assert len(ended.findings) == MOST_FINDINGS + 5
    assert len(ended.row_summary["found"]) == MOST_FINDINGS
    assert ended.row_summary["findings"] == MOST_FINDINGS + 5


def test_a_run_that_looks_for_nothing_says_nothing_of_findings():
    ended = Ended.of(run(WELL))

    assert "findings" not in ended.summary
    assert "found" not in ended.row_summary


@pytest.mark.parametrize("content", ["", "{", "[]", '{"state": "ok"}', '{"state": "wonderful", "items": []}'])
def test_a_file_that_was_not_finished_says_nothing(tmp_path, content):
    file = tmp_path / "result.json"
    file.write_text(content)

    assert Ended.read(file) is None
    assert Ended.read(tmp_path / "missing.json") is None


def test_the_ledger_gets_each_device_with_its_next_step():
    key = RunKey("backup", START)
    well, silent = Ended.of(run(WELL, SILENT)).outcomes(key)

    assert (well.device, well.result, well.detail, well.seconds) == ("rtr-1", "changed", "running: +1 -1 lines", 1.235)
    assert (silent.result, silent.error_kind, silent.error_message) == ("timeout", "timeout", "silent")
    assert silent.next_step == "Look at it"
    assert {well.job, silent.job} == {"backup"}
    assert well.due == START


def test_a_reason_is_one_line_of_bearable_length():
    assert shortened("one\n two\tthree") == "one two three"
    assert len(shortened("x" * 10_000)) == 500
