from datetime import timedelta

import pytest

from dcops.ledger import housekeeping
from dcops.ledger.housekeeping import Pruned
from dcops.model.job import DeviceResult, MaintenanceWindow, RunState
from tests.ledger.conftest import NIGHT

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH", 3)


def nights_of(ledger, job="backup"):
    return [(run.due - NIGHT).days for run in reversed(ledger.runs(job=job))]


def test_old_runs_go_with_their_attempts_and_outcomes(nights):
    ledger = nights.ledger
    for night in range(10):
        key = nights.ran(RunState.OK, night)
        ledger.record_outcomes(key, [DeviceResult(key.job, key.due, "a", "ok")])

    assert ledger.prune(before=NIGHT + 8 * DAY) == Pruned(runs=8)
    assert nights_of(ledger) == [8, 9]
    assert ledger.outcomes(nights.key(0)) == ()
    assert ledger.attempts(nights.key(0)) == ()
    assert len(ledger.outcomes(nights.key(9))) == 1
    assert ledger.prune(before=NIGHT + 8 * DAY) == Pruned()


def test_the_last_success_and_the_newest_run_of_each_job_stay_however_old(nights):
    ledger = nights.ledger
    for night, state in enumerate([RunState.OK, RunState.FINDINGS, RunState.FAILED, RunState.PARTIAL, RunState.LOST]):
        nights.ran(state, night)
    nights.ran(RunState.FAILED, 0, job="report")

    ledger.prune(before=NIGHT + 365 * DAY)

    assert nights_of(ledger) == [1, 4]
    assert ledger.last_success("backup").due == NIGHT + DAY
    assert nights_of(ledger, "report") == [0]


def test_a_run_that_has_not_ended_is_not_swept_away(nights):
    nights.claim(nights.key(0))
    nights.ran(RunState.OK, 1)
    nights.ran(RunState.OK, 2)

    nights.ledger.prune(before=NIGHT + 365 * DAY)

    assert nights_of(nights.ledger) == [0, 2]


def test_the_last_success_of_a_device_outlives_its_run(nights):
    key = nights.key()
    nights.claim(key)
    nights.ledger.record_outcomes(key, [DeviceResult(key.job, key.due, "old", "changed")])
    nights.ledger.finish(key, RunState.FAILED, now=NIGHT)
    nights.ran(RunState.OK, 1)
    nights.ledger.prune(before=NIGHT + 365 * DAY)

    assert nights.ledger.get(key) is None
    assert nights.ledger.device_successes("backup") == {"old": NIGHT}


def test_messages_go_when_they_left_or_were_given_up_and_never_while_they_wait(ledger):
    numbers = [ledger.enqueue("mail", f"{n}", "", now=NIGHT).id for n in range(6)]
    for number in numbers[:4]:
        ledger.sent(number, NIGHT)
    ledger.bury(numbers[4], "refused")
    ledger.enqueue("mail", "new", "", now=NIGHT + 2 * DAY)

    assert ledger.prune(before=NIGHT + DAY) == Pruned(messages=5)
    assert [message.subject for message in ledger.due_messages(NIGHT + 3 * DAY)] == ["5", "new"]
    assert ledger.dead_messages() == ()


def test_windows_and_locks_go_when_they_are_over(ledger):
    for hours in (1, 2, 100):
        ledger.open_window(MaintenanceWindow(0, NIGHT, NIGHT + timedelta(hours=hours), "an", "why"))
    ledger.lock_devices(["a"], owner="dead", now=NIGHT, ttl_seconds=60)
    ledger.lock_devices(["b"], owner="alive", now=NIGHT + DAY, ttl_seconds=60)

    assert ledger.prune(before=NIGHT + DAY) == Pruned(windows=2, locks=1)
    assert len(ledger.windows()) == 1
    assert list(ledger.device_locks(NIGHT)) == ["b"]
