"""Whose turn it is: everybody's within a year, whatever fails meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest

from dcops.jobs.drilling.choice import due, in_turn, quota
from dcops.model.restore_test import Level, RestoreResult, RestoreTest
from tests.jobs.drills import device

JANUARY = datetime(2026, 1, 15, tzinfo=UTC)


def devices(number):
    return [device(f"rtr-{index:03}") for index in range(number)]


def tried(name, month, result=RestoreResult.OK, *, holder="main"):
    level = Level.OPENED if holder and result is RestoreResult.OK else Level.PARSED
    return RestoreTest(name, "1a2b", (), JANUARY + timedelta(days=30 * month), level, result, "", holder, f"r{month}")


def names(chosen):
    return [one.name for one in chosen]


@pytest.mark.parametrize(
    ("number", "share"), [(0, 0), (1, 1), (2, 2), (3, 3), (36, 3), (37, 4), (120, 10), (121, 11), (5000, 417)]
)
def test_a_month_takes_a_twelfth_and_three_at_least(number, share):
    assert quota(number) == share


@pytest.mark.parametrize("number", [1, 4, 40, 121])
def test_within_twelve_months_everybody_has_had_a_turn(number):
    everybody, tests = devices(number), []
    for month in range(12):
        tests += [tried(name, month) for name in names(due(everybody, tests, with_key=True))]

    assert {test.device for test in tests} == set(names(everybody))


def test_those_that_always_fail_keep_nobody_from_a_turn():
    everybody, tests = devices(40), []
    broken = set(names(everybody[:6]))
    for month in range(14):
        for name in names(due(everybody, tests, with_key=True)):
            tests.append(tried(name, month, RestoreResult.FAILED if name in broken else RestoreResult.OK))

    assert {test.device for test in tests} == set(names(everybody))
    assert broken <= set(names(due(everybody, tests, with_key=True)))


def test_one_that_failed_is_tried_again_beside_the_others():
    tests = [tried("rtr-000", 3, RestoreResult.FAILED, holder="")]
    tests += [tried(f"rtr-{index:03}", 1) for index in range(1, 6)]

    assert names(due(devices(6), tests, with_key=True, number=2)) == ["rtr-000", "rtr-001", "rtr-002"]


def test_a_look_without_a_key_is_no_turn_of_a_drill_with_one():
    everybody = devices(4)
    tests = [tried(name, 1, holder="") for name in names(everybody[:2])] + [tried("rtr-002", 0)]

    assert names(due(everybody, tests, with_key=True, number=3)) == ["rtr-000", "rtr-001", "rtr-003"]
    assert names(due(everybody, tests, with_key=False, number=2)) == ["rtr-002", "rtr-003"]


def test_tests_of_devices_that_are_gone_change_nothing():
    assert names(due(devices(2), [tried("retired-1", 1, RestoreResult.FAILED)], with_key=True, number=1)) == ["rtr-000"]


@pytest.mark.parametrize("number", [1, 5, 40, 41, 121])
def test_without_a_memory_the_months_take_turns_and_a_year_takes_all(number):
    everybody = devices(number)
    months = [datetime(2026 + month // 12, month % 12 + 1, 3, tzinfo=UTC) for month in range(7, 19)]

    taken = [names(in_turn(everybody, month)) for month in months]

    assert {name for month in taken for name in month} == set(names(everybody))
    assert all(len(set(month)) == len(month) == quota(number) for month in taken)


def test_of_no_device_none_is_chosen():
    assert in_turn([], JANUARY) == ()
    assert due([], [], with_key=True) == ()
