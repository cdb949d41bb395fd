"""The daemon as a process: killed, doubled, ended, with a database that dies and a disk that fills up."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dcops.errors import CannotRun
from dcops.jobs.runs.reconcile import Looked
from dcops.model.job import RunKey, RunState, RunTrigger
from dcops.scheduler.daemon import Daemon
from tests.conftest import DCOPS
from tests.databases import new_postgresql
from tests.scheduler.conftest import DUE, Bad, ours, until_the_hour, wait_for
from tests.scheduler.test_heartbeat import Server
from tests.small_disk import mounted


def test_what_is_due_is_started_when_the_hour_strikes(bad):
    ahead = until_the_hour()
    bad.serve("quick", ahead=ahead)

    row = bad.only_row("quick", RunState.OK)

    assert row.trigger is RunTrigger.SCHEDULE
    assert (row.due.minute, row.due.second) == (0, 0)
    assert (row.started - row.due).total_seconds() < 10


def test_killing_the_daemon_ends_no_run_and_its_successor_starts_none_twice(bad):
    ahead = until_the_hour()
    first = bad.serve("obedient", ahead=ahead)
    row = bad.only_row("obedient", RunState.RUNNING)
    bad.until_log_of(row, "working")
    first.kill()
    first.wait()

    bad.serve("obedient", ahead=ahead)
    time.sleep(2)
    assert bad.only_row("obedient").state is RunState.RUNNING
    os.kill(row.process_group, signal.SIGTERM)

    ended = bad.only_row("obedient", RunState.PARTIAL)
    assert ended.process_group == row.process_group


def test_ending_the_daemon_ends_no_run(bad):
    daemon = bad.serve("obedient", ahead=until_the_hour())
    row = bad.only_row("obedient", RunState.RUNNING)
    bad.until_log_of(row, "working")
    daemon.terminate()
    assert daemon.wait(timeout=10) == 0
    os.kill(row.process_group, signal.SIGTERM)

    bad.only_row("obedient", RunState.PARTIAL)


def test_after_a_power_cut_the_run_is_lost_and_tried_once_more(bad):
    ahead = until_the_hour()
    bad.serve("deaf", ahead=ahead)
    row = bad.only_row("deaf", RunState.RUNNING)
    wait_for(lambda: ours(bad.url))
    for process in bad.started:
        process.kill()
        process.wait()
    wait_for(lambda: not [os.kill(pid, signal.SIGKILL) for pid in ours(bad.url)])

    bad.serve("deaf", ahead=ahead + 60)
    again = bad.only_row("deaf", RunState.RUNNING, attempt=2)

    assert again.due == row.due
    first, _ = bad.ledger.attempts(row.key)
    assert (first.state, "without a word" in first.reason) == (RunState.LOST, True)
    assert "told of deaf" in wait_for(lambda: "told of deaf" in bad.daemon_log() and bad.daemon_log())


def test_an_outage_of_hours_is_made_up_for_once(bad):
    half_past = until_the_hour() + 1800
    first = bad.serve("quick", ahead=half_past)
    bad.until_first_look()
    first.kill()
    first.wait()
    bad.serve("quick", ahead=half_past + 5 * 3600)

    rows = wait_for(
        lambda: (
            (found := bad.ledger.runs(job="quick"))
            and len(found) == 5
            and all(row.state.ended for row in found)
            and found
        )
    )

    assert [row.state for row in rows] == [RunState.OK, *[RunState.SKIPPED] * 4]
    assert rows[0].trigger is RunTrigger.CATCH_UP
    assert all("made up for by" in row.reason for row in rows[1:])


def test_a_second_daemon_on_the_same_state_is_refused(bad):
    bad.serve("quick", ahead=0)
    bad.until_first_look()
    second = bad.serve("quick", ahead=0)

    assert second.wait(timeout=20) != 0
    assert "another scheduler (process " in bad.daemon_log()


@pytest.fixture
def mortal(tmp_path):
    """A night on a PostgreSQL of its own, to be killed."""
    server = new_postgresql()
    night = Bad(server.url(server.new_database()), tmp_path / "state")
    night.server = server
    yield night
    night.close()
    server.close()


def test_a_run_outlives_the_death_of_its_database_and_is_recorded_after_it(mortal):
    process = mortal.supervise("obedient")
    mortal.until_log("obedient", "working")
    mortal.server.kill()
    time.sleep(1)
    assert process.poll() is None
    process.terminate()
    wait_for(lambda: (mortal.folder("obedient") / "ended.json").exists())
    mortal.server.start()

    mortal.result(process)
    assert mortal.row("obedient").state is RunState.PARTIAL
    assert len(mortal.ledger.outcomes(mortal.key("obedient"))) == 3


def test_an_end_that_found_no_database_is_recorded_by_whoever_looks_next(mortal):
    process = mortal.supervise("obedient")
    mortal.until_log("obedient", "working")
    mortal.server.kill()
    process.terminate()
    wait_for(lambda: (mortal.folder("obedient") / "ended.json").exists())
    process.kill()
    process.wait()
    mortal.server.start()

    (row,) = mortal.sweep(later=60)

    assert (row.state, row.reason) == (RunState.PARTIAL, "stopped by SIGTERM; 2 of 3 devices failed")
    assert len(mortal.ledger.outcomes(row.key)) == 3


def test_the_daemon_outlives_the_death_of_its_database(mortal):
    ahead = until_the_hour()
    mortal.serve("quick", ahead=ahead - 60)
    mortal.until_first_look()
    mortal.server.kill()
    wait_for(lambda: "cannot be reached" in mortal.daemon_log())
    mortal.server.start()
    before = mortal.ledger.noted("scheduler:heartbeat")

    wait_for(lambda: mortal.ledger.noted("scheduler:heartbeat") != before)


@pytest.fixture
def small_disk(tmp_path):
    with mounted(tmp_path / "disk", "size=3m,mode=0755") as folder:
        yield folder


def test_a_run_that_fills_the_disk_is_recorded_when_there_is_room_again(small_disk):
    night = Bad(f"sqlite:///{small_disk}/ledger.sqlite", small_disk / "state")
    try:
        process = night.supervise("hoarder")
        hoard = small_disk / "state" / "hoard"
        wait_for(lambda: hoard.exists() and os.statvfs(small_disk).f_bavail == 0)
        wait_for(lambda: "No space left" in night.log("hoarder") or process.poll() is not None or ended(night))
        time.sleep(1)
        hoard.unlink()

        assert night.result(process) == {"taken": True, "state": "failed"}
        row = night.row("hoarder")
        assert (row.state, row.exit_code) == (RunState.FAILED, 3)
        assert "without a result" in row.reason
    finally:
        night.close()


def fill(file):
    """Write until there is no room left."""
    with suppress(OSError), file.open("wb", buffering=0) as filler:
        while filler.write(b"x" * 4096):
            pass
    assert os.statvfs(file.parent).f_bavail == 0


def ended(night):
    """The worker of the hoarder has ended."""
    row = night.row("hoarder")
    return row and row.process_group and not Path(f"/proc/{row.process_group}").exists()


def test_on_a_full_disk_nothing_is_begun_and_nothing_forgotten(small_disk):
    night = Bad(f"sqlite:///{small_disk}/ledger.sqlite", small_disk / "state")
    try:
        fill(small_disk / "filler")
        process = night.supervise("quick")
        _, error = process.communicate(timeout=60)
        assert process.returncode != 0
        assert "full" in error or "No space" in error

        (small_disk / "filler").unlink()
        night.result(night.supervise("quick"))
        assert night.row("quick").state is RunState.OK
    finally:
        night.close()


class Looks:
    """A reconciler whose looks are answered from a list; an error is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def look(self, now):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def beats(*answers):
    """Whether a heartbeat may leave after each look."""
    looks = Looks(*answers)
    told, well = [], []

    def looked():
        well.append(daemon.well)
        if not looks.answers:
            daemon.stop()

    daemon = Daemon(looks, (), clock=lambda: datetime.now(UTC), ended=told.append, looked=looked, look_seconds=0.05)
    assert not daemon.well
    daemon.run()
    return well, told


def test_no_heartbeat_leaves_before_the_first_look_or_while_something_is_overdue():
    key = RunKey("backup", DUE)

    well, told = beats(Looked(), Looked(troubles=("overdue",)), Looked(lost=(key,)), Looked(skipped=(key,)))

    assert well == [True, False, True, True]
    assert told == [key, key]


def test_no_heartbeat_leaves_when_the_ledger_stays_away():
    away = CannotRun("the ledger cannot be reached")

    well, _ = beats(Looked(), *[away] * 8)

    assert well[0]
    assert not well[-1]


def test_the_heartbeat_of_the_scheduler_arrives(lab):
    file = lab.site / "dcops.toml"
    before, server = file.read_text(), Server()
    file.write_text(f'{before}\n[heartbeat]\nurl = "{server.url}"\ninterval_seconds = 1\n')
    try:
        with subprocess.Popen(
            [DCOPS, "-C", str(lab.site), "jobs", "serve"], stderr=subprocess.PIPE, start_new_session=True
        ) as daemon:
            wait_for(lambda: len(server.calls) >= 2)
            daemon.terminate()
            log = daemon.communicate(timeout=20)[1].decode()
    finally:
        file.write_text(before)
        server.close()

    assert daemon.returncode == 0
    assert "secret-token" not in log
