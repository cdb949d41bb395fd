"""The job: every chore has its turn, whatever becomes of the others, and the run says what came of it."""

import json

import pytest

from dcops.archive.lock import held
from dcops.errors import Busy, CannotRun
from dcops.jobs import housekeeping
from dcops.jobs.housekeeping.chore import Chore, Done
from dcops.jobs.runs.result import Ended
from dcops.model.finding import Finding, Severity, Status
from dcops.model.job import RunState

FINDING = Finding("BKP-001", Status.FAIL, Severity.LOW, "rtr-edge-2", "not declared", "seen", "declare it")


def failing(error):
    def do(rooms):
        raise error

    return do


def test_a_house_in_order_is_well_and_says_a_sentence_for_each_chore(house):
    house.nights(3)

    run = house.kept()
    ended = Ended.of(run)

    assert (ended.state, ended.reason) == (RunState.OK, "")
    assert list(ended.summary["chores"]) == [chore.name for chore in housekeeping.CHORES]
    assert all(ended.summary["chores"].values())
    assert ended.summary["findings"] == 0
    json.dumps(dict(ended.summary))


def test_before_the_first_backup_there_is_nothing_to_do(house):
    assert Ended.of(house.kept()).state is RunState.OK
    assert not (house.state / "archive").exists()


def test_a_chore_that_fails_stops_no_other_and_names_the_next_step(house):
    done = []
    chores = [
        Chore("one", failing(CannotRun("the disk is full", next_step="Make room"))),
        Chore("two", failing(PermissionError(13, "Permission denied", "/state/x"))),
        Chore("three", failing(KeyError("ours"))),
        Chore("four", lambda rooms: done.append("four") or Done("did it", {"four": 4}, (FINDING,))),
    ]

    ended = Ended.of(house.kept(*chores))

    assert done == ["four"]
    assert ended.state is RunState.FAILED
    assert "one: the disk is full. Make room" in ended.reason
    assert "two: Permission denied (/state/x)" in ended.reason
    assert "three: it ended by KeyError" in ended.reason
    assert ended.summary["four"] == 4
    assert ended.summary["chores"]["one"] == "failed: the disk is full"
    assert [found["id"] for found in ended.findings] == ["BKP-001"]


def test_what_was_not_declared_or_not_kept_is_a_finding_of_the_run(house):
    house.promised = (FINDING,)

    ended = Ended.of(house.kept())

    assert (ended.state, ended.reason) == (RunState.FINDINGS, "1 finding")
    assert ended.row_summary["found"][0]["device"] == "rtr-edge-2"


def test_two_at_once_do_not_meet(house):
    with held(house.state / housekeeping.LOCK, wait_seconds=0), pytest.raises(Busy, match="housekeeping is held by"):
        house.kept()


def test_asked_to_stop_it_stops_between_two_chores_and_says_what_is_left(house):
    house.nights(2)

    def stop(rooms):
        house.stopped = True
        return Done("asked to stop")

    ended = Ended.of(house.kept(Chore("first", stop), Chore("second", failing(AssertionError()))))

    assert ended.state is RunState.FAILED
    assert "stopped before its end: second is left to the next run" in ended.reason


def test_a_ledger_that_is_away_keeps_no_archive_from_being_tidied(house):
    house.nights(2)
    rooms = house.rooms
    away = failing(CannotRun("the ledger does not answer", next_step="See: dcops doctor"))
    from dataclasses import replace

    run = housekeeping.run(replace(rooms, ledger=lambda: away(None)))

    assert "ledger: the ledger does not answer. See: dcops doctor" in run.failure
    assert run.extra["chores"]["leftovers"] == "no run left anything behind"
