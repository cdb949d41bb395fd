"""The second store, as Prometheus sees it: what is not known is absent, never zero."""

from datetime import timedelta

import pytest

from dcops.jobs.copy import VERIFIED_NOTE
from dcops.model.job import RunKey, RunState, RunTrigger
from dcops.model.moment import rfc3339

WELL = {"copied": 3, "equal": True, "missing": 0, "damaged": 0, "lag_seconds": 0.0, "versions": 6}
PREFIX = "dcops_archive_copy_"


def copied(site, due, state, summary=None, seconds=9):
    key = RunKey("copy", due)
    with site.ledger() as ledger:
        assert ledger.claim(key, node="n", trigger=RunTrigger.SCHEDULE, now=due)
        ledger.start(key, now=due, run="r-1", process_group=None, artefact="")
        if state.ended:
            ledger.finish(key, state, now=due + timedelta(seconds=seconds), summary=summary or {})


def series(exporter):
    found = exporter.series()
    assert found["dcops_ledger_up"] == {(): 1}
    return {name.removeprefix(PREFIX): samples[()] for name, samples in found.items() if name.startswith(PREFIX)}


def test_a_copy_that_never_ran_tells_nothing(exporter):
    assert series(exporter) == {}


def test_a_good_copy_is_told(site, exporter, last_night):
    copied(site, last_night, RunState.OK, WELL)
    with site.ledger() as ledger:
        ledger.note(VERIFIED_NOTE, rfc3339(last_night))

    assert series(exporter) == {
        "last_success_timestamp_seconds": last_night.timestamp() + 9,
        "equal": 1,
        "missing": 0,
        "damaged": 0,
        "lag_seconds": 0,
        "verified_timestamp_seconds": last_night.timestamp(),
    }


def test_a_copy_that_is_not_equal_keeps_the_last_good_one_and_says_how_it_is(site, exporter, last_night):
    copied(site, last_night - timedelta(days=1), RunState.OK, WELL)
    summary = {**WELL, "equal": False, "missing": 2, "damaged": 1, "lag_seconds": 7200.5}
    copied(site, last_night, RunState.FAILED, summary)

    found = series(exporter)

    assert found["last_success_timestamp_seconds"] == (last_night - timedelta(days=1)).timestamp() + 9
    assert (found["equal"], found["missing"], found["damaged"], found["lag_seconds"]) == (0, 2, 1, 7200.5)
    assert "verified_timestamp_seconds" not in found


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.TIMEOUT, RunState.LOST])
def test_a_place_that_was_not_reached_takes_what_is_unknown_away(site, exporter, last_night, state):
    copied(site, last_night - timedelta(days=1), RunState.OK, WELL)
    copied(site, last_night, state)

    assert set(series(exporter)) == {"last_success_timestamp_seconds"}


def test_a_copy_at_work_leaves_the_one_before_in_its_place(site, exporter, last_night):
    copied(site, last_night - timedelta(days=1), RunState.OK, WELL)
    copied(site, last_night, RunState.RUNNING)

    assert series(exporter)["equal"] == 1
