"""How a run ended: its state, its words, and the file that outlives its process."""

from datetime import UTC, datetime

import pytest

from dcops.errors import DeviceError, ErrorKind
from dcops.jobs.runs.result import Ended, shortened, state_of
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
