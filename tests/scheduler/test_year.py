"""A year in which everything happens: each due time has one row that ended, and no run was done twice."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bench.year import FIRST, LAST, Year, due_times
from dcops.ledger.ledger import Ledger
from tests.scheduler.memory import MemoryLedger
from tests.soak import SOAK, sample

SAIGON, BERLIN = "Asia/Ho_Chi_Minh", "Europe/Berlin"


# Every kind of misfortune is in it: what a real ledger does with a year, it does with a month.
FEBRUARY = datetime(2028, 2, 1, tzinfo=UTC)


def hold(figures, share=1.0):
    assert figures.lost == []
    assert figures.doubled == []
    assert figures.strange == []
    assert figures.broken_rules == []
    assert figures.silent_skips == 0
    # The year was a bad one, and most of it was done all the same.
    assert figures.due > 1100 * share
    assert figures.states["ok"] > 900 * share
    assert figures.states["skipped"] > 50 * share
    assert figures.tries_again > 10 * share


@pytest.mark.parametrize("zone", [SAIGON, BERLIN])
@pytest.mark.parametrize("seed", sample(range(20), 1))
def test_no_due_time_is_lost_or_doubled(zone, seed):
    hold(Year(MemoryLedger(), Path("/nowhere"), ZoneInfo(zone), seed=seed).play())


@pytest.mark.timeout(900 if SOAK else 180)
@pytest.mark.parametrize("zone", [SAIGON, BERLIN] if SOAK else [SAIGON])
def test_no_due_time_is_lost_or_doubled_in_a_real_ledger(ledger_url, zone, tmp_path):
    last, share = (LAST, 1.0) if SOAK else (FEBRUARY, 1 / 14)
    with Ledger.open(ledger_url) as ledger:
        hold(Year(ledger, tmp_path, ZoneInfo(zone), seed=28, last=last).play(), share)


@pytest.mark.parametrize("mistake", ["claims twice", "forgets rows"])
def test_a_ledger_that_is_not_to_be_trusted_is_found_out(mistake):
    class Careless(MemoryLedger):
        def claim(self, key, **options):
            if mistake == "claims twice" and self.get(key) and key.due.day == 9:
                self.rows.pop(key)
            return super().claim(key, **options)

        def runs(self, **options):
            found = super().runs(**options)
            if mistake == "forgets rows":
                return tuple(row for row in found if row.due.day != 9)
            return tuple(row for row in found if row.due.day != 9 or not row.state.ended)

    figures = Year(Careless(), Path("/nowhere"), ZoneInfo(SAIGON), seed=1, last=FEBRUARY).play()

    assert figures.lost or figures.doubled or figures.broken_rules


def test_the_year_has_a_leap_day_and_the_clocks_are_changed_twice():
    nights = due_times(ZoneInfo(BERLIN))["30 2 * * *"]
    year = [due for due in nights if FIRST < due <= LAST]

    assert len(year) == 366
    assert sorted({due.hour for due in year}) == [0, 1]
    (leap,) = due_times(ZoneInfo(SAIGON))["0 5 29 2 *"]
    assert leap.isoformat() == "2028-02-28T22:00:00+00:00"
