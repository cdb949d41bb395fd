from datetime import UTC, datetime, timedelta, timezone

import pytest

from dcops.model.job import LedgerRun, RunKey, RunState, RunTrigger
from tests.ledger.conftest import NIGHT

MINUTE = timedelta(minutes=1)


def test_a_due_time_is_given_to_the_first_who_claims_it(nights):
    key = nights.key()

    assert nights.claim(key, node="main-1") is True
    assert nights.claim(key, node="dr-1") is False
    assert nights.ledger.get(key).node == "main-1"


def test_one_due_time_of_two_jobs_is_two_runs(nights):
    assert nights.claim(nights.key(job="backup"))
    assert nights.claim(nights.key(job="report"))


def test_a_due_time_is_the_same_one_in_every_zone(nights):
    local = RunKey("backup", NIGHT.astimezone(timezone(timedelta(hours=7))))

    assert nights.claim(local)
    assert not nights.claim(nights.key())
    assert nights.ledger.get(local).due == NIGHT
    assert nights.ledger.get(local).due.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(ledger):
    naive = datetime(2026, 1, 14, 18, 0)

    with pytest.raises(ValueError, match="name their zone"):
        ledger.claim(RunKey("backup", naive), node="n", trigger=RunTrigger.MANUAL, now=NIGHT)
    with pytest.raises(ValueError, match="name their zone"):
        ledger.stale(before=naive)
    assert ledger.runs() == ()


def test_a_run_is_told_from_claim_to_end_to_the_microsecond(nights):
    ledger, key = nights.ledger, nights.key()
    moments = [NIGHT + timedelta(microseconds=number) for number in (1, 20, 300, 4000)]

    nights.claim(key, trigger=RunTrigger.CATCH_UP, now=moments[0])
    assert ledger.get(key).state is RunState.QUEUED
    nights.start(key, now=moments[1], run="20260114T180000Z-abc123", process_group=77, artefact="runs/backup/x/1")
    assert ledger.get(key).state is RunState.RUNNING
    ledger.heartbeat(key, now=moments[2])
    ledger.finish(
        key, RunState.PARTIAL, now=moments[3], reason="hai thiết bị im lặng", exit_code=1, summary={"ok": 3, "Lỗi": [1]}
    )

    assert ledger.get(key) == LedgerRun(
        job="backup",
        due=NIGHT,
        attempt=1,
        node="main-1",
        state=RunState.PARTIAL,
        trigger=RunTrigger.CATCH_UP,
        reason="hai thiết bị im lặng",
        run="20260114T180000Z-abc123",
        claimed=moments[0],
        started=moments[1],
        heartbeat=moments[2],
        finished=moments[3],
        exit_code=1,
        process_group=77,
        summary={"ok": 3, "Lỗi": [1]},
        artefact="runs/backup/x/1",
    )


def test_only_a_queued_run_starts(nights):
    key = nights.key()
    assert nights.start(key) is False

    nights.claim(key)
    assert nights.start(key) is True
    assert nights.start(key, run="another") is False
    assert nights.ledger.get(key).run == "run-1"


def test_a_heart_beats_only_while_the_run_runs(nights):
    ledger, key = nights.ledger, nights.key()
    nights.claim(key)
    assert ledger.heartbeat(key, now=NIGHT) is False
    nights.start(key)
    assert ledger.heartbeat(key, now=NIGHT + MINUTE) is True
    ledger.finish(key, RunState.LOST, now=NIGHT + 5 * MINUTE, reason="no heartbeat")

    assert ledger.heartbeat(key, now=NIGHT + 6 * MINUTE) is False
    assert ledger.get(key).heartbeat == NIGHT + MINUTE


@pytest.mark.parametrize("state", [state for state in RunState if state.ended], ids=str)
def test_a_run_ends_once_and_its_first_end_stays(nights, state):
    key = nights.ran(state, reason="first")

    assert nights.ledger.finish(key, RunState.OK, now=NIGHT + timedelta(days=1), reason="second") is False
    assert (nights.ledger.get(key).state, nights.ledger.get(key).reason) == (state, "first")


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.RUNNING], ids=str)
def test_no_run_ends_as_one_that_goes_on(nights, state):
    key = nights.key()
    nights.claim(key)

    with pytest.raises(ValueError, match=state.value):
        nights.ledger.finish(key, state, now=NIGHT)


def test_a_run_that_never_started_can_end(nights):
    key = nights.key()
    nights.claim(key)

    assert nights.ledger.finish(key, RunState.FAILED, now=NIGHT, reason="its process could not be made")
    assert nights.ledger.get(key).seconds is None


def test_a_skipped_due_time_says_why_and_cannot_be_claimed(nights):
    ledger, key = nights.ledger, nights.key()

    assert ledger.skip(key, node="n", now=NIGHT, reason="13 h too late", trigger=RunTrigger.CATCH_UP) is True
    assert ledger.skip(key, node="n", now=NIGHT, reason="again", trigger=RunTrigger.CATCH_UP) is False
    assert nights.claim(key) is False
    run = ledger.get(key)
    assert (run.state, run.reason, run.finished) == (RunState.SKIPPED, "13 h too late", NIGHT)


def test_what_was_claimed_cannot_be_skipped(nights):
    key = nights.key()
    nights.claim(key)

    assert nights.ledger.skip(key, node="n", now=NIGHT, reason="late", trigger=RunTrigger.CATCH_UP) is False
    assert nights.ledger.get(key).state is RunState.QUEUED


def test_a_lost_run_is_tried_again_and_both_tries_stay_on_record(nights):
    ledger, key = nights.ledger, nights.key()
    nights.ran(RunState.LOST, reason="its host went away", exit_code=None)

    assert nights.claim(key, attempt=2, node="dr-1") is True
    assert nights.claim(key, attempt=2, node="main-1") is False
    again = ledger.get(key)
    assert (again.attempt, again.state, again.node) == (2, RunState.QUEUED, "dr-1")
    assert (again.reason, again.run, again.started, again.finished, again.process_group) == ("", "", None, None, None)
    assert [attempt.attempt for attempt in ledger.attempts(key)] == [1, 2]

    nights.start(key, run="run-2")
    ledger.finish(key, RunState.OK, now=NIGHT + timedelta(hours=2), summary={"ok": 40})
    first, second = ledger.attempts(key)
    assert (first.state, first.reason, first.run) == (RunState.LOST, "its host went away", "run-1")
    assert second == ledger.get(key)
    assert (second.state, second.run, second.summary) == (RunState.OK, "run-2", {"ok": 40})


@pytest.mark.parametrize("state", [RunState.OK, RunState.FINDINGS], ids=str)
def test_work_that_was_done_is_not_done_again(nights, state):
    key = nights.ran(state)

    assert nights.claim(key, attempt=2) is False
    assert nights.ledger.get(key).state is state


def test_there_is_no_second_attempt_beside_a_living_first_one_nor_a_third_before_the_second(nights):
    key = nights.key()
    assert nights.claim(key, attempt=2) is False
    nights.claim(key)
    assert nights.claim(key, attempt=2) is False
    nights.ledger.finish(key, RunState.LOST, now=NIGHT)
    assert nights.claim(key, attempt=3) is False
    assert nights.claim(key, attempt=2) is True
    assert len(nights.ledger.attempts(key)) == 2


def test_a_supervisor_that_was_given_up_cannot_speak_for_the_attempt_after_its_own(nights):
    ledger, key = nights.ledger, nights.key()
    nights.ran(RunState.LOST)
    nights.claim(key, attempt=2)

    assert nights.start(key, attempt=1) is False
    assert nights.start(key, attempt=2) is True
    assert ledger.heartbeat(key, now=NIGHT + MINUTE, attempt=1) is False
    assert ledger.heartbeat(key, now=NIGHT + MINUTE, attempt=2) is True
    assert ledger.finish(key, RunState.FAILED, now=NIGHT + MINUTE, attempt=1) is False
    assert ledger.finish(key, RunState.OK, now=NIGHT + MINUTE, attempt=2) is True


def test_runs_are_listed_newest_first_by_job_time_and_state(nights):
    for night in range(4):
        nights.ran(RunState.OK if night % 2 else RunState.FAILED, night)
        nights.ran(RunState.OK, night, job="report")
    listed = nights.ledger.runs

    assert [(run.job, run.due) for run in listed(limit=3)] == [
        ("backup", NIGHT + timedelta(days=3)),
        ("report", NIGHT + timedelta(days=3)),
        ("backup", NIGHT + timedelta(days=2)),
    ]
    assert [run.due.day for run in listed(job="backup")] == [17, 16, 15, 14]
    assert [run.due.day for run in listed(job="backup", since=NIGHT + timedelta(days=1))] == [17, 16, 15]
    assert [run.due.day for run in listed(job="backup", until=NIGHT + timedelta(days=1))] == [14]
    assert [run.due.day for run in listed(job="backup", states=[RunState.FAILED, RunState.LOST])] == [16, 14]
    assert listed(limit=0) == ()
    assert listed(job="drift") == ()


def test_the_last_run_and_the_last_success_of_a_job(nights):
    ledger = nights.ledger
    assert (ledger.last("backup"), ledger.last_success("backup"), ledger.last_due("backup")) == (None, None, None)

    nights.ran(RunState.FINDINGS, 0)
    nights.ran(RunState.PARTIAL, 1)
    nights.ran(RunState.OK, 5, job="report")

    assert ledger.last("backup").due == NIGHT + timedelta(days=1)
    assert ledger.last_success("backup").due == NIGHT
    assert ledger.last_due("backup") == NIGHT + timedelta(days=1)


def test_the_last_due_time_can_leave_out_what_people_started(nights):
    nights.ran(RunState.OK, 0)
    nights.claim(RunKey("backup", NIGHT + timedelta(hours=5)), trigger=RunTrigger.MANUAL)

    assert nights.ledger.last_due("backup") == NIGHT + timedelta(hours=5)
    of_the_clock = (RunTrigger.SCHEDULE, RunTrigger.CATCH_UP)
    assert nights.ledger.last_due("backup", triggers=of_the_clock) == NIGHT


def test_stale_runs_are_those_without_a_sign_of_life(nights):
    ledger = nights.ledger
    for job in ("ended", "silent", "beating", "queued", "fresh"):
        nights.claim(nights.key(job=job))
    for job in ("ended", "silent", "beating"):
        nights.start(nights.key(job=job))
    ledger.finish(nights.key(job="ended"), RunState.OK, now=NIGHT)
    ledger.heartbeat(nights.key(job="beating"), now=NIGHT + 10 * MINUTE)
    nights.start(nights.key(job="fresh"), now=NIGHT + 10 * MINUTE)

    assert {run.job for run in ledger.stale(before=NIGHT + 5 * MINUTE)} == {"silent", "queued"}
    assert ledger.stale(before=NIGHT) == ()


def test_the_first_and_the_last_day_of_time_and_a_leap_day_are_kept(ledger):
    for due in (
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2028, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
    ):
        key = RunKey("backup", due)
        assert ledger.claim(key, node="n", trigger=RunTrigger.SCHEDULE, now=due)
        assert ledger.get(key).due == due
