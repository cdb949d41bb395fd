"""`dcops jobs serve` on the lab: a night that the real clock brings."""

import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from dcops.model.job import RunState, RunTrigger
from tests.conftest import DCOPS
from tests.scheduler.conftest import ledger_of, wait_for


@pytest.fixture
def daemon(site):
    started = []

    def start(text):
        lab = site(text)
        (lab.site / "state").mkdir(exist_ok=True)
        log = (lab.site / "state" / "serve.log").open("wb")
        with log:
            process = subprocess.Popen(
                [DCOPS, "-C", str(lab.site), "jobs", "serve"], stdout=log, stderr=log, start_new_session=True
            )
        started.append(process)
        return lab, process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_the_daemon_runs_what_is_due_and_ends_when_it_is_told(daemon):
    due = (datetime.now(UTC) + timedelta(seconds=65)).replace(second=0, microsecond=0)
    local = due + timedelta(hours=7)
    lab, process = daemon(
        f'[jobs.backup]\nschedule = "{local.minute} {local.hour} * * *"\n'
        f'[jobs.report]\nschedule = "{local.minute} {local.hour} * * *"\nafter = ["backup"]\n'
    )
    lateness = (due - datetime.now(UTC)).total_seconds()

    with ledger_of(lab) as ledger:
        wait_for(lambda: (last := ledger.last("report")) and last.state is RunState.OK, lateness + 90)
        backup, report = ledger.last("backup"), ledger.last("report")
    assert (backup.due, backup.state, backup.trigger) == (due, RunState.OK, RunTrigger.SCHEDULE)
    assert (backup.started - due).total_seconds() < 5
    assert report.due == due
    assert report.started >= backup.finished
    assert "gave its last sign" not in lab.dcops("jobs", "list").stderr
    process.terminate()
    assert process.wait(timeout=15) == 0
    log = (lab.site / "state" / "serve.log").read_text()
    assert "INFO backup: " in log
    assert "Traceback" not in log
    assert list((lab.site / "state" / "reports").glob("*/nightly.html"))
