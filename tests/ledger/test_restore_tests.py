"""Restore tests, as the ledger keeps them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dcops.ledger import housekeeping, schema
from dcops.ledger.address import Address
from dcops.ledger.database import Database
from dcops.ledger.housekeeping import Pruned
from dcops.ledger.ledger import Ledger
from dcops.model.restore_test import Level, RestoreResult, RestoreTest
from dcops.model.snapshot import ConfigSource
from tests.ledger.conftest import NIGHT

DAY = timedelta(days=1)
GOOD = RestoreTest(
    device="rtr-1",
    revision="1a2b3c4d",
    sources=(ConfigSource.RUNNING, ConfigSource.STARTUP),
    tested_at=NIGHT,
    level=Level.OPENED,
    result=RestoreResult.OK,
    detail="running: mở được, 12 dòng",
    holder="dr",
    run="run-0",
)


def on(day, *, device="rtr-1", **changes):
    return replace(GOOD, device=device, tested_at=NIGHT + day * DAY, run=f"run-{day}", **changes)


BAD = {"result": RestoreResult.FAILED}
PARSED = {"level": Level.PARSED, "holder": ""}


def test_a_test_comes_back_as_it_was_noted_newest_first(ledger):
    nothing_known = on(1, revision="", sources=(), detail="", holder="", **BAD)

    assert ledger.note_restore_test(GOOD, nothing_known) == 2

    assert ledger.restore_tests() == (nothing_known, GOOD)
    assert ledger.restore_tests("rtr-1", NIGHT + DAY) == (nothing_known,)
    assert ledger.restore_tests("rtr-2") == ()


def test_the_same_test_twice_is_one_and_the_first_word_stays(ledger):
    ledger.note_restore_test(GOOD)

    assert ledger.note_restore_test(replace(GOOD, result=RestoreResult.FAILED), on(1)) == 1

    assert ledger.restore_tests() == (on(1), GOOD)


def test_of_a_time_without_zone_nothing_is_noted(ledger):
    with pytest.raises(ValueError, match="zone"):
        ledger.note_restore_test(on(1), replace(on(2), tested_at=NIGHT.replace(tzinfo=None)))

    assert ledger.restore_tests() == ()


def test_the_last_good_test_is_the_newest_one_that_opened_something(ledger):
    ledger.note_restore_test(on(0), on(1), on(2, **BAD), on(3, **PARSED))
    ledger.note_restore_test(on(1, device="parsed-only", **PARSED), on(1, device="never-good", **BAD))
    ledger.note_restore_test(on(4, device="unchecked", result=RestoreResult.COULD_NOT_CHECK))

    assert ledger.last_restore_tests() == {"rtr-1": on(1)}
    assert ledger.last_restore_tests(level=Level.PARSED) == {
        "rtr-1": on(3, **PARSED),
        "parsed-only": on(1, device="parsed-only", **PARSED),
    }
    assert ledger.last_restore_tests(until=NIGHT) == {"rtr-1": on(0)}


def test_pruning_leaves_the_newest_test_and_the_last_good_ones_however_old(ledger, monkeypatch):
    monkeypatch.setattr(housekeeping, "BATCH", 3)
    ledger.note_restore_test(*(on(day) for day in range(6)), on(6, **PARSED), on(7, **BAD), on(8, **BAD))
    ledger.note_restore_test(on(0, device="rtr-2"))

    assert ledger.prune(before=NIGHT + 365 * DAY) == Pruned(restore_tests=6)

    assert ledger.restore_tests() == (on(8, **BAD), on(6, **PARSED), on(5), on(0, device="rtr-2"))
    assert ledger.last_restore_tests() == {"rtr-1": on(5), "rtr-2": on(0, device="rtr-2")}
    assert ledger.prune(before=NIGHT + 365 * DAY) == Pruned()


def test_what_is_younger_is_not_pruned(ledger):
    ledger.note_restore_test(on(0), on(1), on(2))

    assert ledger.prune(before=NIGHT + DAY) == Pruned(restore_tests=1)


def test_a_ledger_from_before_restore_tests_gets_their_table_and_keeps_what_it_holds(ledger_url, monkeypatch):
    with monkeypatch.context() as yesterday:
        yesterday.setattr(schema, "NEWEST", "0001")
        with Ledger.open(ledger_url) as old:
            old.note("state:backup", "ok")
    database = Database(Address.of(ledger_url), None)
    assert not database.read(lambda connection: connection.dialect.has_table(connection, "restore_test"))
    database.close()

    with Ledger.open(ledger_url) as ledger:
        ledger.note_restore_test(GOOD)
        assert ledger.noted("state:backup") == "ok"
        assert ledger.restore_tests() == (GOOD,)
