"""Collectors and their lanes: what fails is told and tried again, what hangs delays nobody, what is old is gone."""

import logging
from threading import Event

import pytest

from dcops.errors import DeviceError, ErrorKind
from dcops.exporters.vsphere import own
from dcops.exporters.vsphere import placed as placed_module
from dcops.exporters.vsphere.collector import LONGEST_PAUSE, Collector, at_once, every
from dcops.exporters.vsphere.lane import Lane
from dcops.exporters.vsphere.own import Health
from dcops.exporters.vsphere.placed import Placed
from dcops.exporters.vsphere.problems import Problems
from dcops.exporters.vsphere.record import Record
from dcops.vsphere.calls import Calls
from dcops.vsphere.managed import Problem
from tests.exporters.vsphere.things import CATALOGUE, changes, machine, mirror, series

SILENT = DeviceError(ErrorKind.TIMEOUT, "vc-main: no answer", next_step="Is it up?")


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def collector(cycle, pace=at_once, clock=None):
    record = Record("quick", 60, clock, clock) if clock else Record("quick", 60)
    return Collector("vc-main", record, cycle, pace)


def raising(*errors):
    """A cycle that raises these, one after the other; None is a cycle that goes well."""
    left = list(errors)

    def cycle():
        if error := left.pop(0):
            raise error
        return 3

    return cycle


# ---- records -----------------------------------------------------------------------------------


def test_what_never_told_anything_is_stale_and_no_success(clock):
    standing = collector(lambda: 0, clock=clock).record.standing()

    assert (standing.success, standing.stale, standing.last_success) == (False, True, None)


def test_one_failure_is_no_success_and_what_was_told_stays_until_its_limit(clock):
    one = collector(raising(None, SILENT), clock=clock)
    one.once()
    one.once()

    standing = one.record.standing()
    assert (standing.success, standing.stale, standing.last_success) == (False, False, 1000)
    assert standing.errors == {"timeout": 1}
    assert standing.problem == "vc-main: no answer. Is it up?"

    clock.now += 61
    assert one.record.standing().stale


def test_a_collector_that_hangs_is_no_success_once_its_limit_has_passed(clock):
    one = collector(raising(None), clock=clock)
    one.once()
    clock.now += 60
    assert one.record.standing().success
    clock.now += 1

    standing = one.record.standing()
    assert (standing.success, standing.stale) == (False, True)
    assert "60 s" in standing.problem


def test_a_flaw_of_ours_ends_no_collector(clock, caplog):
    one = collector(raising(ValueError("secret words"), None), clock=clock)
    one.once()
    assert one.record.standing().errors == {"internal": 1}
    assert "secret words" not in one.record.standing().problem

    one.once()
    assert one.record.standing().success


def test_the_log_is_told_of_a_trouble_once_and_of_its_end(clock, caplog):
    one = collector(raising(SILENT, SILENT, SILENT, None, None), clock=clock)
    for _ in range(5):
        one.once()

    assert [record.getMessage() for record in caplog.records] == [
        "vc-main: quick: vc-main: no answer. Is it up?",
        "vc-main: quick: well again",
    ]


def test_what_fails_while_we_end_is_not_worth_a_word(clock, caplog):
    one = collector(raising(SILENT), clock=clock)
    one.end()
    one.once()

    assert caplog.records == []


# ---- paces -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("now", "pause"), [(100.0, 5.0), (103.0, 2.0), (105.0, 20.0), (119.0, 6.0)])
def test_a_grid_does_not_drift(now, pause):
    assert every(20, offset=5)(now) == pytest.approx(pause)


def test_pauses_grow_with_every_failure_up_to_a_minute_and_end_with_a_success(clock):
    one = collector(raising(*[SILENT] * 12, None), clock=clock)
    pauses = []
    for _ in range(13):
        one.once()
        pauses.append(one.pause(0))

    assert pauses[:5] == [2, 4, 8, 16, 32]
    assert set(pauses[6:12]) == {LONGEST_PAUSE}
    assert pauses[12] == 0


# ---- lanes -------------------------------------------------------------------------------------


def test_a_lane_that_hangs_delays_no_other_and_keeps_nobody_from_ending():
    hanging, asked, free = Event(), Event(), Event()

    def hang():
        hanging.set()
        free.wait()
        return 0

    def ask():
        asked.set()
        return 0

    lanes = [Lane("one", [collector(hang)]), Lane("two", [collector(ask, every(0.01))])]
    for lane in lanes:
        lane.start()
    assert hanging.wait(10)
    asked.clear()
    assert asked.wait(10)
    for lane in lanes:
        lane.stop()
    assert not lanes[0].join(0.01)
    assert lanes[1].join(10)
    free.set()
    assert lanes[0].join(10)


def test_a_lane_waits_for_what_it_needs_first_and_ends_without_it():
    first, asked = Event(), Event()

    def ask():
        assert first.is_set()
        asked.set()
        return 0

    lane = Lane("one", [collector(ask)], first)
    lane.start()
    assert not asked.is_set()
    first.set()
    assert asked.wait(10)
    lane.stop()
    assert lane.join(10)

    other = Lane("two", [collector(ask)], Event())
    other.start()
    other.stop()
    assert other.join(10)


def test_collectors_of_one_lane_take_turns_and_none_is_left_out():
    counts, seen = [0, 0], Event()

    def cycle(index):
        counts[index] += 1
        if min(counts) >= 3:
            seen.set()
        return 0

    lane = Lane("one", [collector(lambda: cycle(0), every(0.01)), collector(lambda: cycle(1), every(0.02))])
    lane.start()
    assert seen.wait(10)
    lane.stop()
    assert lane.join(10)


# ---- what is not shown -------------------------------------------------------------------------


def lacking(moid, privilege="System.Read", path="config", kind="VirtualMachine"):
    return Problem(kind, moid, path, "NoPermission", privilege)


def test_a_missing_privilege_is_told_once_in_the_log_and_counted_by_name(caplog):
    problems = Problems("vc-main")
    problems.follow(changes(machine(), full=True, problems=[lacking("vm-1"), lacking("vm-2")]))
    problems.replace("settings", [lacking("host-1", "Host.Config", kind="HostSystem")])

    assert len(caplog.records) == 2
    assert "privilege System.Read is missing" in caplog.text
    found = series(own.text(Health("vc-main", (), problems=problems.all()), CATALOGUE))
    assert found["vsphere_missing_privileges"] == {(): 2}
    assert (("kind", "HostSystem"), ("privilege", "Host.Config")) in found["vsphere_missing_privilege_info"]


def test_a_privilege_that_was_given_is_missed_no_more():
    problems = Problems("vc-main")
    problems.follow(changes(machine(), machine("vm-2"), full=True, problems=[lacking("vm-1"), lacking("vm-2")]))
    problems.follow(changes(machine("vm-2")))
    assert [one.moid for one in problems.all()] == ["vm-1"]

    problems.follow(changes(left=["vm-1"]))
    assert problems.all() == []


def test_objects_that_may_not_be_seen_are_counted():
    problems = Problems("vc-main")
    problems.follow(changes(full=True, problems=[lacking("vm-1", path=""), lacking("vm-1"), lacking("vm-2")]))

    assert problems.unseen == 1


# ---- the exporter about itself -----------------------------------------------------------------


def test_what_is_counted_of_calls_stands_on_the_page():
    calls = Calls()
    quick = Calls(above=calls)
    quick.asked("RetrievePropertiesEx", 0.5, 100, 2000, 9000)
    quick.count("fallbacks")
    calls.count("logins")
    found = series(own.text(Health("vc-main", (), calls=calls.now(), lanes={"quick": quick.now()}), CATALOGUE))

    assert found["vsphere_calls_total"] == {(("lane", "quick"), ("method", "RetrievePropertiesEx")): 1}
    assert found["vsphere_receive_bytes_total"] == {(("lane", "quick"),): 2000}
    assert found["vsphere_parser_fallbacks_total"] == {(("lane", "quick"),): 1}
    assert found["vsphere_logins_total"] == {(): 1}
    assert found["probe_success"] == {(): 0}


def test_why_a_vcenter_cannot_be_asked_stands_in_a_comment_of_one_line():
    text = own.text(Health("vc-main", (), trouble="no login\ndcops_fake 1"), CATALOGUE)

    assert text.startswith("# no login dcops_fake 1\n")
    assert series(text)["probe_success"] == {(): 0}


# ---- what runs where ---------------------------------------------------------------------------


def test_what_runs_where_is_offered_at_once_and_then_once_a_minute(monkeypatch):
    now, offered = [0.0], []
    monkeypatch.setattr(placed_module.time, "monotonic", lambda: now[0])
    placed = Placed("vc-main", mirror(machine()), Problems("vc-main"), offered.append)
    for second in (0, 10, 59, 60, 61, 125):
        now[0] = second
        placed.look()

    assert len(offered) == 3
    assert [one.name for one in offered[0].machines] == ["portal-web-1"]


def test_a_full_disk_is_told_once_and_ends_nothing(monkeypatch, caplog):
    caplog.set_level(logging.WARNING)
    now = [0.0]
    monkeypatch.setattr(placed_module.time, "monotonic", lambda: now[0])

    def full(_placement):
        raise placed_module.CannotRun("state/vsphere cannot be written: no space left")

    placed = Placed("vc-main", mirror(), Problems("vc-main"), full)
    for second in (0, 100, 200):
        now[0] = second
        placed.look()

    assert caplog.text.count("no space left") == 1
