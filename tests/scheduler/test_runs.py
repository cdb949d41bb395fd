"""One run and everything that can happen to its processes: always one row that says what became of it."""

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dcops.jobs.runs.processes import Process
from dcops.model.job import RunState, RunTrigger
from tests.scheduler.conftest import DUE, NIGHT, ROOT, left_behind, wait_for


def test_a_run_that_goes_well_leaves_a_row_its_outcomes_and_its_log(bad):
    assert bad.result(bad.supervise("quick")) == {"taken": True, "state": "ok"}

    row = bad.row("quick")
    assert (row.state, row.run, row.exit_code, row.node) == (RunState.OK, "run-1", 0, "host-1")
    assert row.started <= row.finished
    assert row.summary["ok"] == 3
    assert [one.device for one in bad.ledger.outcomes(row.key)] == ["rtr-1", "rtr-2", "rtr-3"]
    assert (bad.state / row.artefact / "log.txt").read_text() == "all is well\n"
    assert bad.ledger.device_locks(datetime.now(UTC)) == {}


def test_a_due_time_that_somebody_has_is_left_alone(bad):
    bad.ledger.claim(bad.key("quick"), node="other", trigger=RunTrigger.MANUAL, now=datetime.now(UTC))

    assert bad.result(bad.supervise("quick")) == {"taken": False, "state": None}
    assert bad.row("quick").node == "other"


def test_devices_that_failed_make_it_partial_and_each_says_what_to_do(bad):
    bad.result(bad.supervise("partial"))

    row = bad.row("partial")
    assert (row.state, row.exit_code, row.reason) == (RunState.PARTIAL, 1, "1 of 3 devices failed")
    first = bad.ledger.outcomes(row.key)[0]
    assert (first.result, first.error_kind, first.next_step) == ("failed", "refused", "Look at it")


def test_a_device_held_by_another_run_is_skipped_and_its_holder_named(bad):
    now = datetime.now(UTC)
    bad.ledger.lock_devices(["rtr-2"], owner="change of noon on host-2", now=now, ttl_seconds=600)

    bad.result(bad.supervise("quick"))

    row = bad.row("quick")
    assert (row.state, row.reason) == (RunState.FINDINGS, "1 held by another run")
    outcome = bad.ledger.outcomes(row.key)[1]
    assert (outcome.device, outcome.result, outcome.error_kind) == ("rtr-2", "skipped", "locked")
    assert "change of noon on host-2" in outcome.error_message
    assert bad.ledger.device_locks(now)["rtr-2"][0] == "change of noon on host-2"


def test_at_the_soft_limit_it_reports_what_it_has(bad):
    # Time enough for the worker to begin: before that it cannot report anything.
    bad.result(bad.supervise("obedient", soft=4.0))

    row = bad.row("obedient")
    assert row.state is RunState.PARTIAL
    assert row.reason == "the soft limit of 4 s was reached; 2 of 3 devices failed"
    assert [one.result for one in bad.ledger.outcomes(row.key)] == ["ok", "timeout", "timeout"]


def test_a_run_that_ignores_sigterm_is_killed_at_the_hard_limit(bad):
    began = time.monotonic()
    bad.result(bad.supervise("deaf", soft=1.0, hard=2.5))

    row = bad.row("deaf")
    assert row.state is RunState.TIMEOUT
    assert row.reason == "the soft limit of 1 s was reached; the hard limit of 2.5 s was reached"
    assert time.monotonic() - began < 15
    assert not Path(f"/proc/{row.process_group}").exists()


@pytest.mark.parametrize("job", ["forking", "forking-deaf"])
def test_a_run_that_forks_leaves_no_process_behind(bad, job):
    # Time enough to start an interpreter and to fork on a busy machine.
    bad.result(bad.supervise(job, soft=8.0, hard=10.0))

    assert left_behind() == []
    row = bad.row(job)
    assert row.state is (RunState.OK if job == "forking" else RunState.TIMEOUT)
    # At the hard limit everything of the run is killed at once: who was left behind can then no longer be told.
    if job == "forking":
        assert "3 of its processes were left behind" in row.reason
        assert row.summary["left_behind"] >= 2


def test_a_job_that_cannot_run_says_why(bad):
    bad.result(bad.supervise("refused"))

    row = bad.row("refused")
    assert (row.state, row.exit_code, row.reason) == (RunState.FAILED, 3, "there is no archive. Make one")


def test_an_unexpected_error_is_in_the_log_and_not_in_the_ledger(bad):
    bad.result(bad.supervise("broken"))

    row = bad.row("broken")
    assert (row.state, row.exit_code) == (RunState.FAILED, 3)
    assert row.reason == "it ended with exit code 1 and without a result: see its log"
    assert "KeyError" in bad.log("broken")


def test_a_worker_that_is_killed_from_outside_is_lost_and_the_signal_named(bad):
    bad.result(bad.supervise("suicidal"))

    row = bad.row("suicidal")
    assert (row.state, row.reason) == (RunState.LOST, "its process was killed from outside by SIGKILL")


def test_stopping_the_supervisor_stops_the_run_and_keeps_what_it_has(bad):
    process = bad.supervise("obedient")
    bad.until_log("obedient", "working")
    process.send_signal(signal.SIGINT)
    bad.result(process)

    row = bad.row("obedient")
    assert row.state is RunState.PARTIAL
    assert row.reason == "stopped by SIGINT; 2 of 3 devices failed"


def test_a_closed_terminal_does_not_end_a_run(bad):
    process = bad.supervise("obedient", soft=4.0)
    bad.until_log("obedient", "working")
    process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    assert process.poll() is None
    bad.result(process)

    assert "soft limit" in bad.row("obedient").reason


def test_when_the_supervisor_is_killed_the_worker_dies_and_the_run_is_lost(bad):
    process = bad.supervise("forking-deaf")
    row = bad.until_log("forking-deaf", "not listening")
    assert len(left_behind()) == 3
    process.kill()

    wait_for(lambda: not Path(f"/proc/{row.process_group}").exists())
    assert bad.row("forking-deaf").state is RunState.RUNNING
    (swept,) = bad.sweep(later=60)

    assert swept.state is RunState.LOST
    assert "ended without a word" in swept.reason
    # The one without a mark fell to init: nobody can tell any more whose it was. The others are gone.
    assert len(left_behind()) <= 1
    assert bad.sweep(later=60) == ()


def test_a_living_supervisor_is_believed_though_the_ledger_heard_nothing_of_it(bad):
    process = bad.supervise("obedient")
    bad.until_log("obedient", "working")

    assert bad.sweep(later=600) == ()
    assert bad.row("obedient").state is RunState.RUNNING
    process.terminate()
    bad.result(process)


def test_a_supervisor_that_hangs_beyond_its_limit_is_ended_with_its_run(bad):
    process = bad.supervise("deaf", hard=2.0)
    row = bad.until_log("deaf", "not listening")
    process.send_signal(signal.SIGSTOP)

    assert bad.sweep(later=7200) == ()
    time.sleep(2)
    (swept,) = bad.sweep(later=60, patience_seconds=0.5)

    assert (swept.state, swept.reason.split(";")[0]) == (RunState.LOST, "it hung beyond its hard limit")
    wait_for(lambda: not Path(f"/proc/{process.pid}").exists())
    wait_for(lambda: not Path(f"/proc/{row.process_group}").exists())


def test_a_run_that_was_declared_lost_does_not_speak_again(bad):
    process = bad.supervise("obedient")
    bad.until_log("obedient", "working")
    bad.ledger.finish(bad.key("obedient"), RunState.LOST, now=datetime.now(UTC), reason="declared so")
    process.communicate(timeout=60)

    row = bad.row("obedient")
    assert (row.state, row.reason) == (RunState.LOST, "declared so")


def test_a_lost_run_is_tried_again_as_the_next_attempt(bad):
    bad.result(bad.supervise("suicidal"))
    bad.result(bad.supervise("suicidal", attempt=2))

    assert [(one.attempt, one.state) for one in bad.ledger.attempts(bad.key("suicidal"))] == [
        (1, RunState.LOST),
        (2, RunState.LOST),
    ]
    assert bad.folder("suicidal", 2).is_dir()


def test_200_due_times_raced_for_by_processes_have_one_winner_each(bad):
    racers = [
        subprocess.Popen(
            [sys.executable, str(NIGHT), "claim", bad.url, DUE.isoformat(), "200"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(4)
    ]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [int(racer.communicate(timeout=120)[0]) for racer in racers]

    assert sum(won) == 200
    assert len(bad.ledger.runs(job="race", limit=1000)) == 200


def test_a_process_is_told_apart_from_a_later_one_with_its_number():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    here = Process.current()
    assert here.alive
    assert not Process(here.pid, here.start_ticks + 1, here.boot).alive
    assert not Process(here.pid, here.start_ticks, "another boot").alive
    child.communicate(b"\n")
    assert not Process(child.pid, 0, here.boot).alive
