"""Restore tests of a site: what is recorded, when it counts, and that one bad backup stops no other."""

import pytest

from dcops.archive.git import Git
from dcops.archive.lock import held
from dcops.errors import CannotRun, ErrorKind
from dcops.jobs import drill
from dcops.model.restore_test import Level, RestoreResult, RestoreTest
from dcops.model.run import Result
from tests.jobs.drills import RUNNING, STARTUP, STATE, Site, device, ios

NAMES = ("rtr-1", "rtr-2", "rtr-3")


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.ledger.close()


@pytest.fixture
def three(site):
    """Three routers, each archived."""
    for night, name in enumerate(NAMES):
        site.back_up(name, night=night)
    return site


def results(run):
    return {outcome.device: outcome.result for outcome in run.outcomes}


def test_what_was_tested_is_recorded_with_its_date_and_whose_key_opened_it(site):
    both = [site.item(ios()), site.item(ios(secret="older"), STARTUP)]
    revision = site.store("rtr-1", *both)

    run, (done,) = site.drill(identity=site.dr)

    (test,) = site.ledger.restore_tests()
    assert test == done.test
    assert test == RestoreTest(
        device="rtr-1",
        revision=revision,
        sources=(RUNNING, STARTUP),
        tested_at=site.now,
        level=Level.OPENED,
        result=RestoreResult.OK,
        detail="running: opened and whole; startup: opened and whole",
        holder="dr",
        run=run.run,
    )
    assert site.ledger.last_restore_tests() == {"rtr-1": test}
    assert results(run) == {"rtr-1": Result.OK}
    assert (run.extra["opened"], run.extra["recorded"], run.failure) == (1, 1, "")


def test_one_bad_backup_stops_no_other(three):
    three.spoil("rtr-2")

    run, _ = three.drill(*NAMES)

    assert results(run) == {"rtr-1": Result.OK, "rtr-2": Result.FAILED, "rtr-3": Result.OK}
    (failed,) = run.failed
    assert failed.error.kind is ErrorKind.INVALID
    assert "running: sealed file: " in failed.error.message
    assert "damaged" in failed.error.message
    assert sorted(three.ledger.last_restore_tests()) == ["rtr-1", "rtr-3"]
    (bad,) = three.ledger.restore_tests("rtr-2")
    assert (bad.level, bad.result, bad.holder) == (Level.PARSED, RestoreResult.FAILED, "")


def test_a_record_that_cannot_be_read_fails_its_device_and_no_other(three):
    git = Git(three.folder / "archive/readable.git")
    with held(three.folder / "archive/lock", wait_seconds=5) as lock:
        git.commit("spoilt\n", {"rtr-2/record.json": b"{}"}, parent=git.tip(), when=three.now, hold=lock)

    run, _ = three.drill(*NAMES)

    assert results(run) == {"rtr-1": Result.OK, "rtr-2": Result.FAILED, "rtr-3": Result.OK}
    (bad,) = three.ledger.restore_tests("rtr-2")
    assert (bad.revision, bad.result) == ("", RestoreResult.FAILED)
    assert "the record of rtr-2 is damaged" in bad.detail


def test_a_parser_that_breaks_on_a_hostile_content_fails_its_device_and_no_other(three):
    class BreakingOnce:
        broke = False

        def of(self, platform):
            if self.broke:
                return three.formats.of(platform)
            self.broke = True
            raise RecursionError

    run, _ = three.drill(*NAMES, formats=BreakingOnce())

    assert list(results(run).values()) == [Result.FAILED, Result.OK, Result.OK]
    assert "RecursionError" in run.failed[0].error.message


def test_without_a_key_it_is_parsed_only_and_never_counts(three):
    run, _ = three.drill(*NAMES, identity=None)

    assert set(results(run).values()) == {Result.SKIPPED}
    assert {test.level for test in three.ledger.restore_tests()} == {Level.PARSED}
    assert {test.result for test in three.ledger.restore_tests()} == {RestoreResult.OK}
    assert three.ledger.last_restore_tests() == {}
    assert run.extra["parsed_only"] == 3
    assert run.extra["opened"] == 0


def test_a_key_that_opens_nothing_could_not_check_and_is_told_as_a_failure(three):
    run, _ = three.drill(*NAMES, identity=three.stranger)

    assert set(results(run).values()) == {Result.FAILED}
    assert {test.result for test in three.ledger.restore_tests()} == {RestoreResult.COULD_NOT_CHECK}
    assert run.failed[0].error.kind is ErrorKind.DENIED
    assert run.failed[0].error.message.startswith("could not check: running: not opened, this key does not open it")
    assert three.ledger.last_restore_tests() == {}


def test_when_one_of_two_configurations_fails_the_device_has_no_good_test(site):
    site.store("rtr-1", site.item(ios()), site.item(ios(secret="older"), STARTUP))
    site.spoil("rtr-1", STARTUP)

    site.drill()

    (test,) = site.ledger.restore_tests()
    assert test.result is RestoreResult.FAILED
    assert test.detail.startswith("running: opened and whole; startup: sealed file: ")


def test_a_device_with_nothing_that_restores_it_is_never_proven(site):
    item = site.item(b'{"kernel": "6.1.0"}', STATE, platform="linux")
    site.store("srv-1", item, platform="linux")

    run, (done,) = site.drill("srv-1")

    assert results(run) == {"srv-1": Result.SKIPPED}
    assert (done.test.level, done.test.result, done.test.holder) == (Level.PARSED, RestoreResult.OK, "main")
    assert done.test.detail == "state: opened and whole, restores no device"
    assert site.ledger.last_restore_tests() == {}


def test_an_older_version_is_tested_when_it_is_asked_for(site):
    first = site.back_up(secret="first")
    site.back_up(secret="second", night=5)

    _, (done,) = site.drill(at=first)

    assert done.test.revision == first
    run, nothing = site.drill(at="2026-01-01")
    assert (nothing, results(run)) == ([], {"rtr-1": Result.SKIPPED})


def test_a_device_of_which_nothing_is_archived_is_named_and_a_drill_of_none_is_no_good_drill(site):
    site.back_up()

    run, _ = site.drill("rtr-1", "rtr-9")
    assert results(run) == {"rtr-1": Result.OK, "rtr-9": Result.SKIPPED}
    assert run.failure == ""

    run, _ = site.drill("rtr-9")
    assert "nothing was tested" in run.failure


def test_what_was_tested_before_the_run_was_told_to_stop_is_recorded(three):
    run, _ = three.drill(*NAMES, stopping=lambda: bool(three.ledger.restore_tests()))

    assert results(run) == {"rtr-1": Result.OK, "rtr-2": Result.SKIPPED, "rtr-3": Result.SKIPPED}
    assert [test.device for test in three.ledger.restore_tests()] == ["rtr-1"]


def test_what_was_tested_before_an_interrupt_is_recorded(three):
    def interrupted(done):
        if done.test.device == "rtr-2":
            raise KeyboardInterrupt

    rooms = three.rooms(drilled=interrupted)
    with pytest.raises(KeyboardInterrupt):
        drill.run(rooms, [device(name) for name in NAMES])

    assert sorted(test.device for test in three.ledger.restore_tests()) == ["rtr-1", "rtr-2"]


def test_a_ledger_that_goes_away_does_not_end_the_drill_and_is_told(three):
    class Away:
        def note_restore_test(self, *tests):
            raise CannotRun("the database does not answer")

    run, done = three.drill(*NAMES, ledger=Away())

    assert len(done) == 3
    assert run.failure == "3 restore tests could not be recorded: the database does not answer"


def test_those_whose_turn_it_is_are_chosen_from_what_is_archived(three):
    everybody = [device(name) for name in (*NAMES, "rtr-4", "rtr-5")]
    three.back_up("rtr-4", night=4)
    three.drill("rtr-1", "rtr-3")

    chosen = drill.chosen(three.rooms(), everybody, number=2)

    assert [one.name for one in chosen] == ["rtr-2", "rtr-4"]


def test_large_configurations_are_tested_one_at_a_time(site):
    """What the first needed is free again when the second begins."""
    import tracemalloc

    big = [ios(f"rtr-{number}", lines=4_000) for number in (1, 2, 3)]
    for number, exact in enumerate(big, 1):
        site.store(f"rtr-{number}", site.item(exact), night=number)
    size = len(big[0])
    site.drill("rtr-1")
    tracemalloc.start()
    site.drill("rtr-1")
    one = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    site.drill(*NAMES)
    three = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert three < one + size
