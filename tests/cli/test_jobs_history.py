"""`dcops jobs history` stays readable when a job runs a hundred times a day."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from dcops.ledger.ledger import Ledger
from dcops.model.job import RunKey, RunState, RunTrigger
from tests import warm

MIDNIGHT = datetime(2026, 1, 15, tzinfo=UTC)


@pytest.fixture
def site(tmp_path):
    (tmp_path / "dcops.toml").write_text('[site]\ntimezone = "UTC"\n')
    (tmp_path / "state").mkdir()
    with Ledger.open(f"sqlite:///{tmp_path / 'state/ledger.sqlite'}") as ledger:
        yield tmp_path, ledger


def ran(ledger, due, job="drop", state=RunState.OK, trigger=RunTrigger.SCHEDULE, reason="", **summary):
    key = RunKey(job, due)
    assert ledger.claim(key, node="n", trigger=trigger, now=due)
    ledger.start(key, now=due, run="r", process_group=None, artefact="")
    ledger.finish(key, state, now=due + timedelta(seconds=1), reason=reason, summary=summary or {"unchanged": 1})


def history(root, *words):
    done = warm.run("-C", root, "jobs", "history", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def days(ledger, number):
    for minutes in range(0, number * 1440, 15):
        ran(ledger, MIDNIGHT - timedelta(minutes=minutes + 15))
    for day in range(number):
        ran(ledger, MIDNIGHT - timedelta(days=day, hours=23), "backup", changed=1)


def test_the_quiet_runs_of_a_day_share_a_line(site):
    root, ledger = site
    days(ledger, 3)

    lines = history(root).splitlines()[2:]

    assert [line.split()[2] for line in lines] == ["drop", "backup"] * 3
    assert "and 95 more since 00:00, all well, nothing new" in lines[0]
    assert "2026-01-14 01:00:00" in lines[1]


def test_one_line_is_worth_as_much_as_its_day_however_few_are_shown(site):
    root, ledger = site
    days(ledger, 9)

    (line,) = history(root, "drop", "--limit", "1").splitlines()[2:]

    assert "and 95 more since 00:00" in line
    assert len(history(root, "--limit", "5").splitlines()) == 7


def test_what_was_not_quiet_has_its_own_line(site):
    root, ledger = site
    days(ledger, 1)
    ran(ledger, MIDNIGHT - timedelta(hours=3, minutes=1), state=RunState.FAILED, reason="1 of 1 devices failed")
    ran(ledger, MIDNIGHT - timedelta(hours=3, minutes=2), changed=1)
    ran(ledger, MIDNIGHT - timedelta(hours=3, minutes=3), trigger=RunTrigger.MANUAL)

    lines = history(root, "drop").splitlines()[2:]

    assert len(lines) == 4
    assert "1 of 1 devices failed" in lines[1]


def test_each_run_is_shown_to_machines_and_to_who_asks(site):
    root, ledger = site
    days(ledger, 1)

    assert len(history(root, "--all", "--limit", "40").splitlines()) == 42
    assert len(json.loads(history(root, "--format", "json", "--limit", "40"))["runs"]) == 40
