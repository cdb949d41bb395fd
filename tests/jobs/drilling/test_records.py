"""Records of restore tests that travel in a file: home they come once, and only those of this archive."""

import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest

from dcops.errors import CannotRun, InvalidInput
from dcops.jobs.drilling import records
from dcops.jobs.drilling.records import TakenIn
from dcops.model.restore_test import Level, RestoreResult
from tests.jobs.drills import Site


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.ledger.close()


@pytest.fixture
def tests(site):
    """What a drill without a ledger found: one good, one bad."""
    site.back_up("rtr-1")
    site.back_up("rtr-2", night=1)
    site.spoil("rtr-2")
    _, done = site.drill("rtr-1", "rtr-2", ledger=None)
    return [one.test for one in done]


@pytest.fixture
def file(site, tests):
    path = site.folder / "tests.json"
    records.write(path, tests)
    return path


def test_records_come_home_as_they_were_made(site, tests, file):
    taken = records.take_in(site.ledger, site.archive, records.read(file, site.now))

    assert taken == TakenIn(2, 0, ())
    assert sorted(site.ledger.restore_tests(), key=lambda test: test.device) == tests
    assert list(site.ledger.last_restore_tests()) == ["rtr-1"]


def test_the_same_file_twice_changes_nothing(site, tests, file):
    records.take_in(site.ledger, site.archive, records.read(file, site.now))

    assert records.take_in(site.ledger, site.archive, records.read(file, site.now)) == TakenIn(0, 2, ())
    assert len(site.ledger.restore_tests()) == 2


def test_records_of_another_archive_are_refused_and_the_others_taken_in(site, tests):
    stranger = replace(tests[0], device="rtr-9")
    unknown = replace(tests[0], revision="0" * 40, run="another")
    nameless = replace(tests[0], revision="", run="third")

    taken = records.take_in(site.ledger, site.archive, [*tests, stranger, unknown, nameless])

    assert (taken.new, taken.known, len(taken.refused)) == (2, 0, 3)
    assert taken.refused[0] == "rtr-9: this archive holds nothing of it"
    assert taken.refused[1] == "rtr-1: this archive has no version 00000000 of it"


def test_a_version_that_could_not_even_be_read_comes_home_as_a_failure(site, tests):
    unread = replace(tests[1], revision="", run="another")

    assert records.take_in(site.ledger, site.archive, [unread]).new == 1


def test_a_test_of_tomorrow_is_refused(site, tests, file):
    with pytest.raises(InvalidInput, match="still to come"):
        records.read(file, site.now - timedelta(hours=1))


def spoilt(change):
    def spoil(value):
        change(value["tests"][0])
        return json.dumps(value)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda _: "[]",
        lambda _: "[" * 100_000,
        lambda value: json.dumps({**value, "what": "something else"}),
        lambda value: json.dumps({**value, "format": 2}),
        lambda value: json.dumps({**value, "tests": 3}),
        spoilt(lambda test: test.pop("level")),
        spoilt(lambda test: test.update(level="believed")),
        spoilt(lambda test: test.update(result=True)),
        spoilt(lambda test: test.update(device="../rtr-1")),
        spoilt(lambda test: test.update(run="a run\nwith lines")),
        spoilt(lambda test: test.update(tested_at="2026-01-15T01:00:00")),
        spoilt(lambda test: test.update(sources=["memory"])),
        spoilt(lambda test: test.update(holder=None)),
        spoilt(lambda test: test.update(holder=["main"])),
        spoilt(lambda test: test.update(detail=None)),
    ],
)
def test_a_file_that_is_no_whole_one_is_refused(site, file, spoil):
    file.write_text(spoil(json.loads(file.read_text())))

    with pytest.raises(InvalidInput):
        records.read(file, site.now)


def test_a_file_that_is_not_there_is_told(site):
    with pytest.raises(CannotRun, match=r"missing\.json cannot be read"):
        records.read(site.folder / "missing.json", site.now)


def test_an_endless_file_is_refused(site):
    file = site.folder / "endless.json"
    file.touch()
    os.truncate(file, records.LARGEST_BYTES + 1)

    with pytest.raises(InvalidInput, match="too large"):
        records.read(file, site.now)


def test_a_record_tells_level_and_result_in_words(tests):
    good, bad = (records.as_json(test) for test in tests)

    assert (good["level"], good["result"], good["holder"]) == (Level.OPENED, RestoreResult.OK, "main")
    assert (bad["level"], bad["result"], bad["holder"]) == (Level.PARSED, RestoreResult.FAILED, None)
