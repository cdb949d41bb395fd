"""`dcops jobs` and `dcops backup` as people and the daemon call them, on the lab."""

import json
import re
import signal
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest

from dcops.jobs.catalog import JOBS
from dcops.model.job import RunKey, RunTrigger
from tests.conftest import DCOPS
from tests.scheduler.conftest import ledger_of, wait_for


def history(lab, *arguments):
    done = lab.dcops("jobs", "history", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["runs"]


def test_a_backup_by_hand_has_its_row_its_outcomes_and_its_result(site):
    lab = site("")
    assert lab.backup()[0] == 0

    (run,) = history(lab)
    assert (run["job"], run["state"], run["trigger"], run["summary"]["total"]) == (
        "backup",
        "ok",
        "manual",
        len(lab.devices),
    )
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{6}", run["run"])
    with ledger_of(lab) as ledger:
        row = ledger.last("backup")
        assert {one.device for one in ledger.outcomes(row.key)} == set(lab.devices)
        assert set(ledger.device_successes("backup")) == set(lab.devices)
        assert ledger.device_locks(datetime.now(UTC)) == {}
    kept = json.loads((lab.site / "state" / run["artefact"] / "ended.json").read_text())
    assert [item["device"] for item in kept["items"]]


def test_a_backup_leaves_a_device_alone_that_another_run_holds(site):
    lab = site("")
    name = lab.of_platform("ios")
    logins = lab.counters(name)["logins"]
    with ledger_of(lab) as ledger:
        now = datetime.now(UTC)
        ledger.lock_devices([name], owner="change of an edge router", now=now, ttl_seconds=300)
        _, items, _ = lab.backup()
        ledger.unlock_devices("change of an edge router")

    assert (items[name]["outcome"], items[name]["error"]["kind"]) == ("skipped", "locked")
    assert "change of an edge router" in items[name]["error"]["message"]
    assert lab.counters(name)["logins"] == logins
    assert history(lab)[0]["state"] == "findings"


def test_a_backup_is_worth_more_than_its_row(site):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lab = site(f'[ledger]\nurl = "postgresql+psycopg://dcops@127.0.0.1:{port}/dcops"\n')

    done = lab.dcops("backup", "--format", "json", "--quiet")

    assert done.returncode == 0
    assert json.loads(done.stdout)["summary"]["total"] == len(lab.devices)
    assert "WARNING: this run has no row in the ledger, and its devices are not locked" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_backup_that_a_person_stops_says_so_in_its_row(site):
    lab = site("")
    lab.fault(lab.of_platform("ios"), "hang")
    command = [DCOPS, "-C", str(lab.site), "backup", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as backup:
        wait_for(lambda: [run for run in history(lab) if run["state"] == "running"])
        time.sleep(1)
        backup.send_signal(signal.SIGINT)
        backup.communicate(timeout=30)

    assert backup.returncode == 3
    (run,) = history(lab)
    assert (run["state"], run["reason"]) == ("failed", "stopped by the person who started it")


def test_jobs_run_does_a_job_and_shows_its_log(site):
    lab = site("")
    lab.fault(lab.of_platform("panos"), "refuse")
    done = lab.dcops("jobs", "run", "backup")

    assert done.returncode == 1
    assert f"reading {len(lab.devices)} devices" in done.stderr
    assert re.search(
        rf"^backup of 20.*: partial in \d+ s, .*1 failed, 1 of {len(lab.devices)} devices failed \(log: ", done.stdout
    )
    (run,) = history(lab, "backup")
    log = lab.site / "state" / run["artefact"] / "log.txt"
    assert f"reading {len(lab.devices)} devices" in log.read_text()
    assert oct(log.stat().st_mode & 0o777) == "0o600"


def test_jobs_run_leaves_a_due_time_alone_that_has_been_done(site):
    lab = site("")
    first = lab.dcops("jobs", "run", "report", "--due", "2026-01-15T06:30:00+07:00", "--quiet")
    second = lab.dcops("jobs", "run", "report", "--due", "2026-01-14T23:30:00Z", "--quiet")

    assert first.returncode == second.returncode == 0
    assert second.stdout == "report of 2026-01-15 06:30:00 is taken: it ended as ok\n"
    assert len(history(lab)) == 1


def test_a_timer_takes_the_due_time_of_the_schedule_and_only_once(site):
    lab = site('[jobs.report]\nschedule = "30 * * * *"\n')
    first = lab.dcops("jobs", "run", "report", "--trigger", "schedule", "--quiet")
    second = lab.dcops("jobs", "run", "report", "--trigger", "schedule", "--quiet")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    runs = history(lab)
    assert len(runs) == 1 or (len(runs) == 2 and runs[0]["due"] != runs[1]["due"])
    assert all((run["due"][14:], run["trigger"]) == ("30:00Z", "schedule") for run in runs)
    assert "is taken" in second.stdout or len(runs) == 2


def test_a_night_that_is_still_to_come_cannot_be_taken_by_hand(site):
    lab = site("")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    done = lab.dcops("jobs", "run", "backup", "--due", tomorrow)

    assert done.returncode == 2
    assert "still to come" in done.stderr


def test_at_its_soft_limit_a_backup_asks_no_further_device(site):
    lab = site("[jobs.backup]\nsoft_limit_minutes = 0.05\n")
    file = lab.site / "dcops.toml"
    file.write_text(re.sub(r"(?m)^workers = \d+$", "workers = 1", file.read_text()))
    lab.limit(6)
    slow, *others = list(lab.devices)
    lab.fault(slow, "hang")
    logins = {name: lab.counters(name)["logins"] for name in others}

    done = lab.dcops("jobs", "run", "backup", "--quiet")

    assert done.returncode in (1, 3), done.stderr
    (run,) = history(lab)
    assert "the soft limit of 3 s was reached" in run["reason"]
    with ledger_of(lab) as ledger:
        outcomes = {one.device: one for one in ledger.outcomes(ledger.last("backup").key)}
    unasked = [name for name, one in outcomes.items() if "not asked" in one.error_message]
    assert unasked
    assert all(lab.counters(name)["logins"] == logins[name] for name in unasked if name in logins)


def test_the_list_shows_times_of_the_site_and_says_that_nobody_schedules(site):
    lab = site('[jobs.backup]\nschedule = "0 1 * * *"\n[jobs.report]\nschedule = "30 6 * * *"\nafter = ["backup"]\n')
    done = lab.dcops("jobs", "list")

    assert done.returncode == 0
    assert re.search(r"backup +0 1 \* \* \* +20\d\d-\d\d-\d\d 01:00:00", done.stdout)
    assert "has never run here" in done.stderr
    jobs = json.loads(lab.dcops("jobs", "list", "--format", "json").stdout)["jobs"]
    assert [job["job"] for job in jobs] == [job.name for job in JOBS]
    assert jobs[0]["next_due"].endswith("T18:00:00Z")
    assert jobs[0]["last"] is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[jobs.bakcup]\n", "there is no job 'bakcup', did you mean backup?"),
        ('[jobs.report]\nafter = ["bakcup"]\n', "jobs.report.after: there is no job 'bakcup', did you mean backup?"),
        ('[jobs.backup]\nschedule = "0 1 * *"\n', "[jobs.backup]: schedule '0 1 * *' has 4 fields, not 5"),
        ('[jobs.backup]\ncatch_up = "lates"\n', "did you mean latest?"),
        ('[jobs.backup]\nwindow = "night"\n', "[jobs.backup]: window 'night'"),
        ("[jobs.backup]\nsoft_limit_minutes = 90\n", "soft_limit_minutes is above hard_limit_minutes"),
        ("[jobs.backup]\nscedule = 1\n", "did you mean schedule?"),
        ('[jobs.backup]\nafter = ["report"]\n[jobs.report]\nafter = ["backup"]\n', "backup after report after backup"),
    ],
)
def test_a_mistake_in_the_jobs_is_refused_with_the_nearest_word(site, text, says):
    lab = site(text)
    for arguments in (("list",), ("run", "backup"), ("serve",)):
        done = lab.dcops("jobs", *arguments)
        assert done.returncode == 2
        assert says in done.stderr
        assert done.stderr.count("\n") == 1


def test_an_unknown_job_is_wrong_usage(site):
    lab = site("")
    for arguments in (("run", "reprot"), ("history", "reprot")):
        done = lab.dcops("jobs", *arguments)
        assert (done.returncode, "did you mean report?" in done.stderr) == (2, True)


def test_history_is_asked_by_time(site):
    lab = site("")
    with ledger_of(lab) as ledger:
        for day in (1, 20):
            key = RunKey("backup", datetime(2026, 1, day, 18, tzinfo=UTC))
            ledger.skip(key, node="n", now=key.due, reason=f"reason {day}", trigger=RunTrigger.SCHEDULE)
        key = RunKey("report", datetime.now(UTC) - timedelta(hours=2))
        ledger.skip(key, node="n", now=key.due, reason="just now", trigger=RunTrigger.SCHEDULE)

    assert len(history(lab)) == 3
    assert [run["reason"] for run in history(lab, "backup", "--since", "2026-01-10")] == ["reason 20"]
    assert [run["reason"] for run in history(lab, "--since", "3h")] == ["just now"]
    assert history(lab, "--since", "1h") == []
    assert len(history(lab, "--limit", "2")) == 2
    shown = lab.dcops("jobs", "history", "backup").stdout
    assert "2026-01-21 01:00:00" in shown
    assert "reason 20" in shown
    assert lab.dcops("jobs", "history", "--since", "yesterday").returncode == 2
