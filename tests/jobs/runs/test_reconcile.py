"""What is started, skipped or waited for, case by case; the whole year is in tests/scheduler."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dcops.jobs.runs.plan import CatchUp, Plan, circle
from dcops.jobs.runs.reconcile import HEARTBEAT_NOTE, Reconciler
from dcops.jobs.runs.timetable import Timetable, Window, jitter
from dcops.model.job import RunKey, RunState, RunTrigger
from tests.scheduler.memory import MemoryLedger

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime(2026, 1, 14, 5, 0, tzinfo=UTC)
DUE = datetime(2026, 1, 14, 18, 0, tzinfo=UTC)
REPORT = datetime(2026, 1, 14, 23, 30, tzinfo=UTC)


def hours(number):
    return timedelta(hours=number)


def minutes(number):
    return timedelta(minutes=number)


class Site:
    """A reconciler whose supervisors are remembered instead of started."""

    def __init__(self, tmp_path, *plans):
        self.ledger = MemoryLedger()
        self.plans = plans
        self.folder = tmp_path
        self.started = []
        self.dead_on_arrival = False
        self.restart()

    def restart(self, *plans):
        self.plans = plans or self.plans
        self.reconciler = Reconciler(self.ledger, self.plans, node="host-1", state=self.folder, start=self._start)

    def _start(self, key, trigger, attempt):
        self.started.append((key.job, key.due, trigger, attempt))
        if self.dead_on_arrival:
            return Handle(1)
        assert self.ledger.claim(key, node="host-1", trigger=trigger, now=key.due, attempt=attempt)
        return Handle(None)

    def look(self, now):
        for row in list(self.ledger.rows.values()):
            if not row.state.ended:
                self.ledger.rows[row.key] = replace(row, heartbeat=now)
        self.started.clear()
        return self.reconciler.look(now)

    def end(self, job, due, state=RunState.OK):
        assert self.ledger.finish(RunKey(job, due), state, now=due)

    def row(self, job="backup", due=DUE):
        return self.ledger.get(RunKey(job, due))


class Handle:
    def __init__(self, code):
        self.code = code

    def poll(self):
        return self.code


def backup(**wanted):
    return Plan("backup", Timetable.of("0 1 * * *", SAIGON), **wanted)


def report(**wanted):
    return Plan("report", Timetable.of("30 6 * * *", SAIGON), after=("backup",), **wanted)


def test_what_was_due_before_the_first_look_is_nobodys(tmp_path):
    site = Site(tmp_path, backup())

    assert site.look(NOON).started == ()
    assert site.ledger.rows == {}


def test_a_run_is_started_when_it_is_due_and_once(tmp_path):
    site = Site(tmp_path, backup())
    site.look(NOON)
    site.look(DUE - minutes(1))
    assert site.started == []

    site.look(DUE)
    assert site.started == [("backup", DUE, RunTrigger.SCHEDULE, 1)]
    for later in (1, 2, 60):
        site.look(DUE + minutes(later))
        assert site.started == []


def test_a_restart_does_not_start_it_again(tmp_path):
    site = Site(tmp_path, backup())
    site.look(NOON)
    site.look(DUE)
    site.restart()
    site.look(DUE + minutes(1))

    assert site.started == []


def test_jitter_delays_the_start_and_says_when_to_look_again(tmp_path):
    site = Site(tmp_path, backup(jitter_seconds=900))
    delay = jitter("backup", DUE, 900)
    assert delay > minutes(1)
    site.look(NOON)

    assert site.look(DUE).look_again == DUE + delay
    assert site.started == []
    site.look(DUE + delay)
    assert site.started[0][:2] == ("backup", DUE)


def test_what_waits_for_another_run_is_looked_at_soon_after_that_one_has_ended(tmp_path):
    at_once = Plan("report", Timetable.of("0 1 * * *", SAIGON), after=("backup",))
    site = Site(tmp_path, backup(), at_once)
    site.look(NOON)

    looked = site.look(DUE)

    assert [one[0] for one in site.started] == ["backup"]
    assert timedelta() < looked.look_again - DUE <= timedelta(seconds=10)


def test_after_an_outage_the_newest_is_made_up_for_and_the_others_are_skipped(tmp_path):
    site = Site(tmp_path, backup())
    site.look(NOON)

    site.restart()
    site.look(DUE + hours(2 * 24 + 3))

    assert site.started == [("backup", DUE + hours(48), RunTrigger.CATCH_UP, 1)]
    assert [site.row(due=DUE + hours(24 * day)).state for day in (0, 1)] == [RunState.SKIPPED] * 2
    assert all(site.row(due=DUE + hours(24 * day)).reason for day in (0, 1))


def test_with_all_each_is_made_up_for_one_after_the_other(tmp_path):
    site = Site(tmp_path, backup(catch_up=CatchUp.ALL, max_lateness=hours(100)))
    site.look(NOON)
    now = DUE + hours(2 * 24 + 3)
    done = []
    for step in range(5):
        site.look(now + minutes(step))
        for job, due, *_ in site.started:
            done.append(due)
            site.end(job, due)

    assert done == [DUE + hours(24 * day) for day in range(3)]


def test_with_none_what_was_missed_is_skipped_and_what_was_not_is_started(tmp_path):
    site = Site(tmp_path, backup(catch_up=CatchUp.NONE))
    site.look(NOON)
    site.look(DUE + hours(1))
    assert site.started == []
    assert site.row().reason == "missed while nothing ran here, and catch_up is none"

    site.look(DUE + hours(24) + minutes(2))
    assert site.started == [("backup", DUE + hours(24), RunTrigger.SCHEDULE, 1)]


def test_with_none_one_that_only_waits_for_another_is_not_missed(tmp_path):
    site = Site(tmp_path, backup(), report(catch_up=CatchUp.NONE))
    site.look(NOON)
    site.look(DUE)
    for step in range(60):
        site.look(REPORT + minutes(step))
        assert site.started == []
    site.restart()
    site.end("backup", DUE)
    site.look(REPORT + minutes(61))

    assert site.started == [("report", REPORT, RunTrigger.SCHEDULE, 1)]


def test_what_is_too_late_is_skipped_and_says_what_it_waited_for(tmp_path):
    site = Site(tmp_path, backup(), report(max_lateness=hours(2)))
    site.look(NOON)
    site.look(DUE)
    site.look(REPORT)
    site.look(REPORT + hours(2) + minutes(1))

    assert site.row("report", REPORT).reason == "not begun within 2 h: backup of the same night had not ended"


def test_a_report_waits_for_the_backup_of_its_night_and_for_its_second_try(tmp_path):
    site = Site(tmp_path, backup(retries=1), report())
    site.look(NOON)
    site.look(DUE)
    site.look(REPORT)
    assert site.started == []

    site.end("backup", DUE, RunState.LOST)
    site.look(REPORT + minutes(1))
    assert site.started == [("backup", DUE, RunTrigger.SCHEDULE, 2)]
    site.look(REPORT + minutes(2))
    assert site.started == []
    site.end("backup", DUE)
    site.look(REPORT + minutes(3))
    assert site.started == [("report", REPORT, RunTrigger.SCHEDULE, 1)]


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.PARTIAL, RunState.TIMEOUT])
def test_a_backup_that_ended_badly_holds_up_no_report_and_is_not_tried_again(tmp_path, state):
    site = Site(tmp_path, backup(retries=1), report())
    site.look(NOON)
    site.look(DUE)
    site.end("backup", DUE, state)
    site.look(REPORT)

    assert [job for job, *_ in site.started] == ["report"]


def test_a_run_is_tried_again_as_often_as_wanted(tmp_path):
    site = Site(tmp_path, backup(retries=2))
    site.look(NOON)
    tries = []
    for step in range(0, 10, 2):
        site.look(DUE + minutes(step))
        tries += [attempt for *_, attempt in site.started]
        if site.started:
            site.end("backup", DUE, RunState.LOST)

    assert tries == [1, 2, 3]


def test_a_job_that_changes_devices_is_never_tried_again(tmp_path):
    site = Site(tmp_path, backup(retries=0))
    site.look(NOON)
    site.look(DUE)
    site.end("backup", DUE, RunState.LOST)
    site.look(DUE + minutes(1))

    assert site.started == []


def test_a_run_never_begins_outside_of_its_window(tmp_path):
    site = Site(tmp_path, backup(window=Window.of("00:30-05:00")))
    site.look(NOON)
    site.restart()
    site.look(DUE + hours(5))
    assert site.started == []
    site.look(DUE + hours(12) + minutes(1))

    assert site.row().reason == "not begun within 12 h: its window 00:30-05:00 was not open"


def test_one_job_never_runs_beside_itself(tmp_path):
    site = Site(tmp_path, Plan("copy", Timetable.of("0 * * * *", SAIGON)))
    site.look(NOON)
    site.look(DUE)
    site.look(DUE + hours(1))
    assert site.started == []
    site.look(DUE + hours(2))
    assert site.row("copy", DUE + hours(1)).state is RunState.SKIPPED

    site.end("copy", DUE)
    site.look(DUE + hours(2) + minutes(1))
    assert site.started == [("copy", DUE + hours(2), RunTrigger.SCHEDULE, 1)]


def test_a_manual_run_is_not_disturbed_and_takes_no_due_time_away(tmp_path):
    site = Site(tmp_path, backup())
    site.look(NOON)
    by_hand = RunKey("backup", DUE + minutes(10))
    site.ledger.claim(by_hand, node="host-1", trigger=RunTrigger.MANUAL, now=by_hand.due)
    site.look(DUE + minutes(12))
    assert site.started == []

    site.ledger.finish(by_hand, RunState.OK, now=by_hand.due)
    site.look(DUE + minutes(13))
    assert [due for _, due, *_ in site.started] == [DUE]


def test_missed_jobs_do_not_all_begin_at_once(tmp_path):
    plans = [Plan(f"job-{number}", Timetable.of("0 1 * * *", SAIGON)) for number in range(10)]
    site = Site(tmp_path, *plans)
    site.look(NOON)
    site.restart()

    assert [len(site.look(DUE + hours(1) + minutes(step)).started) for step in range(11)] == [1] * 10 + [0]


def test_a_clock_that_goes_back_starts_nothing_twice(tmp_path):
    site = Site(tmp_path, backup())
    site.look(NOON)
    site.look(DUE)
    site.end("backup", DUE)
    for back in (minutes(10), hours(3), hours(30)):
        site.look(DUE - back)
        site.look(DUE + minutes(1))

    assert site.started == []
    assert len(site.ledger.rows) == 1


def test_a_clock_that_was_far_ahead_is_told_of(tmp_path):
    site = Site(tmp_path, backup())
    site.look(NOON)
    site.look(DUE + hours(24 * 30))

    looked = site.look(DUE)

    assert "the clock was or is wrong" in looked.troubles[0]


def test_one_that_dies_before_its_claim_is_started_again_and_then_told_of(tmp_path):
    site = Site(tmp_path, backup())
    site.look(NOON)
    site.dead_on_arrival = True
    troubles = [site.look(DUE + minutes(step)).troubles for step in range(5)]

    assert troubles[:3] == [(), (), ()]
    assert "was started 4 times and never began" in troubles[3][0]
    site.dead_on_arrival = False
    site.look(DUE + minutes(6))
    assert site.row().state is RunState.QUEUED


def test_a_look_that_failed_is_made_up_for_by_the_next(tmp_path):
    site = Site(tmp_path, backup(catch_up=CatchUp.LATEST))
    site.look(NOON)
    before = site.ledger.runs

    def away(**options):
        raise ConnectionError

    site.ledger.runs = away
    for step in range(3):
        with pytest.raises(ConnectionError):
            site.look(DUE + hours(step))
    site.ledger.runs = before
    site.look(DUE + hours(3))

    assert site.started == [("backup", DUE, RunTrigger.CATCH_UP, 1)]


def test_a_changed_schedule_closes_the_old_one_visibly_and_starts_nothing_at_once(tmp_path):
    site = Site(tmp_path, backup())
    site.look(NOON)
    site.restart(Plan("backup", Timetable.of("0 3 * * *", SAIGON)))
    site.look(DUE + hours(10))

    assert site.started == []
    assert "was changed before it began" in site.row().reason
    site.look(DUE + hours(26))
    assert [due for _, due, *_ in site.started] == [DUE + hours(26)]


def test_a_job_whose_schedule_was_taken_away_and_given_back_has_missed_nothing(tmp_path):
    site = Site(tmp_path, backup())
    site.look(NOON)
    site.restart(Plan("backup"))
    site.look(NOON + minutes(1))
    site.restart(backup())
    site.look(NOON + hours(24 * 60))

    assert site.started == []
    assert site.ledger.rows == {}


def test_each_look_leaves_its_time(tmp_path):
    site = Site(tmp_path, backup())
    site.look(NOON)

    assert site.ledger.noted(HEARTBEAT_NOTE) == "2026-01-14T05:00:00Z"


def test_jobs_that_wait_for_each_other_are_found():
    plans = {
        name: Plan(name, after=after) for name, after in {"a": ("b",), "b": ("c",), "c": ("a",), "d": ("a",)}.items()
    }

    assert circle(plans) == ("a", "b", "c", "a")
    assert circle({"a": Plan("a", after=("b",)), "b": Plan("b")}) == ()
    assert circle({"a": Plan("a", after=("a",))}) == ("a", "a")
