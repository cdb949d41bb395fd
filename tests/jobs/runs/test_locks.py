"""Device locks around a job, with a ledger that may be away."""

from datetime import UTC, datetime

import pytest

from dcops.errors import CannotRun, DeviceError, ErrorKind
from dcops.jobs.catalog import Job
from dcops.jobs.runs.locks import owner_of
from dcops.jobs.runs.work import perform
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device
from dcops.model.job import RunKey
from dcops.model.run import JobRun, Outcome, Result

NOW = datetime(2026, 1, 14, 18, 0, tzinfo=UTC)
READS = Job("backup", "Reads.", lambda *_: None)
CHANGES = Job("change", "Changes.", lambda *_: None, changes_devices=True)
DEVICES = [Device(name=f"rtr-{n}", site="main", role="r", vendor="E", model="M", platform="ios") for n in (1, 2, 3)]


class Away:
    """A ledger that cannot be reached."""

    def lock_devices(self, *_, **__):
        raise CannotRun("the ledger cannot be reached")


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.sqlite") as opened:
        yield opened


def run_over(job, ledger, run=None, said=None):
    asked = []

    def work(free):
        asked.extend(device.name for device in free)
        if run:
            run()
        return JobRun(job.name, "run-1", NOW, NOW, tuple(Outcome(device.name, Result.OK) for device in free))

    say = (said if said is not None else []).append
    return asked, perform(job, ledger, DEVICES, "we", lambda: NOW, work, say)


def test_the_locks_are_held_while_it_works_and_free_afterwards(ledger):
    during = {}
    run_over(READS, ledger, lambda: during.update(ledger.device_locks(NOW)))

    assert {device: owner for device, (owner, _) in during.items()} == {f"rtr-{n}": "we" for n in (1, 2, 3)}
    assert ledger.device_locks(NOW) == {}


def test_the_locks_are_freed_when_it_fails(ledger):
    def fail():
        raise CannotRun("no")

    with pytest.raises(CannotRun, match=r"^no$"):
        run_over(READS, ledger, fail)
    assert ledger.device_locks(NOW) == {}


def test_what_others_hold_is_skipped_in_its_place(ledger):
    ledger.lock_devices(["rtr-2"], owner="they", now=NOW, ttl_seconds=60)

    asked, run = run_over(READS, ledger)

    assert asked == ["rtr-1", "rtr-3"]
    assert [(one.device, one.result) for one in run.outcomes] == [
        ("rtr-1", Result.OK),
        ("rtr-2", Result.SKIPPED),
        ("rtr-3", Result.OK),
    ]
    error = run.outcomes[1].error
    assert isinstance(error, DeviceError)
    assert (error.kind, error.message) == (ErrorKind.LOCKED, "held by they")
    assert set(ledger.device_locks(NOW)) == {"rtr-2"}


def test_a_job_that_reads_goes_on_without_a_ledger_and_says_so():
    said = []
    asked, run = run_over(READS, Away(), said=said)

    assert asked == ["rtr-1", "rtr-2", "rtr-3"]
    assert len(run.outcomes) == 3
    assert "no device could be locked" in said[0]


def test_a_job_that_changes_devices_does_not_begin_without_its_locks():
    asked = []
    with pytest.raises(CannotRun):
        asked, _ = run_over(CHANGES, Away())
    assert asked == []


def test_the_owner_of_a_lock_can_be_read_by_people():
    key = RunKey("backup", NOW)

    assert owner_of(key, 1, "host-1") == "backup of 2026-01-14T18:00:00Z on host-1"
    assert owner_of(key, 2, "host-1") == "backup of 2026-01-14T18:00:00Z on host-1, attempt 2"
