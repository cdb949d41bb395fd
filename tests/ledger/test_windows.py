from datetime import timedelta

import pytest

from dcops.model.job import MaintenanceWindow
from tests.ledger.conftest import NIGHT

HOUR = timedelta(hours=1)


def window(start=NIGHT, hours=2, **options):
    return MaintenanceWindow(0, start, start + hours * HOUR, "an.nguyen", "thay nguồn", **options)


def test_a_window_gets_a_number_and_keeps_its_selection(ledger):
    opened = ledger.open_window(window(sites=("dr",), devices=("fw-1", "fw-2"), tags=("hsrp",)))
    other = ledger.open_window(window(NIGHT + HOUR))

    assert opened.id != other.id
    assert ledger.windows() == (opened, other)
    assert opened.devices == ("fw-1", "fw-2")


def test_a_window_is_in_force_from_its_start_until_before_its_end(ledger):
    opened = ledger.open_window(window())

    assert ledger.windows(at=NIGHT - timedelta(microseconds=1)) == ()
    assert ledger.windows(at=NIGHT) == (opened,)
    assert ledger.windows(at=NIGHT + 2 * HOUR) == ()


def test_windows_since_a_time_are_those_that_end_after_it(ledger):
    ledger.open_window(window())
    later = ledger.open_window(window(NIGHT + HOUR))

    assert ledger.windows(since=NIGHT + 2 * HOUR) == (later,)


def test_a_window_ends_early_once(ledger):
    opened = ledger.open_window(window())

    assert ledger.end_window(opened.id, NIGHT + HOUR) is True
    assert ledger.end_window(opened.id, NIGHT + HOUR) is False
    assert ledger.windows(at=NIGHT + HOUR) == ()
    assert ledger.windows()[0].end == NIGHT + HOUR


def test_a_window_that_has_not_begun_is_called_off(ledger):
    opened = ledger.open_window(window(NIGHT + 5 * HOUR))

    assert ledger.end_window(opened.id, NIGHT) is True
    assert ledger.windows(at=NIGHT + 5 * HOUR) == ()
    assert ledger.windows(since=NIGHT) == ()
    assert ledger.end_window(opened.id, NIGHT) is False


def test_an_unknown_or_past_window_cannot_be_ended(ledger):
    opened = ledger.open_window(window())

    assert ledger.end_window(opened.id + 1, NIGHT) is False
    assert ledger.end_window(opened.id, NIGHT + 2 * HOUR) is False


@pytest.mark.parametrize("hours", [0, -1])
def test_a_window_that_ends_before_it_starts_is_refused(ledger, hours):
    with pytest.raises(ValueError, match="after it starts"):
        ledger.open_window(window(hours=hours))
