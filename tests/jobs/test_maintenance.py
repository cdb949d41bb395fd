"""What is worked on stays silent: what is selected, as long as was said, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from dcops.errors import UsageError
from dcops.inventory.select import Selection
from dcops.jobs.maintenance import covers, covers_everything, end, in_force, parse_span, start
from dcops.ledger.ledger import Ledger
from dcops.model.job import MaintenanceWindow
from tests.jobs.nights import device

NOW = datetime(2026, 1, 15, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
EDGE = device("rtr-edge-1", tags=("internet",))
DR = device("rtr-dr-1", site="dr")
FIREWALL = device("fw-main-1", role="firewall", platform="panos")


def window(**selection):
    return MaintenanceWindow(1, NOW, NOW + HOUR, "an", "work", **selection)


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as opened:
        yield opened


@pytest.mark.parametrize(
    ("selection", "silenced"),
    [
        ({}, [EDGE, DR, FIREWALL]),
        ({"sites": ("dr",)}, [DR]),
        ({"roles": ("firewall",)}, [FIREWALL]),
        ({"platforms": ("ios",)}, [EDGE, DR]),
        ({"devices": ("fw-main-1", "rtr-dr-1")}, [DR, FIREWALL]),
        ({"tags": ("internet", "other")}, [EDGE]),
        ({"sites": ("main",), "platforms": ("ios",)}, [EDGE]),
        ({"sites": ("dr",), "roles": ("firewall",)}, []),
    ],
)
def test_a_window_is_about_what_it_names(selection, silenced):
    assert [one for one in (EDGE, DR, FIREWALL) if covers(window(**selection), one)] == silenced
    assert covers_everything(window(**selection)) is (selection == {})


def test_a_window_holds_from_its_start_until_just_before_its_end():
    one = window()

    assert in_force([one], NOW) == (one,)
    assert in_force([one], NOW + HOUR - timedelta(seconds=1)) == (one,)
    assert in_force([one], NOW + HOUR) == ()
    assert in_force([one], NOW - timedelta(seconds=1)) == ()
    assert in_force([one], NOW - HOUR, NOW) == (one,)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2h", timedelta(hours=2)),
        ("90m", timedelta(minutes=90)),
        ("1d12h", timedelta(hours=36)),
        (" 1H30M ", timedelta(minutes=90)),
        ("30d", timedelta(days=30)),
    ],
)
def test_spans_are_written_as_people_say_them(text, span):
    assert parse_span(text) == span


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "2h 30m", "0h", "31d", "720h1m", f"{'9' * 30}d", "2x"])
def test_what_is_no_span_or_too_long_is_refused(text):
    with pytest.raises(UsageError):
        parse_span(text)


def test_a_started_window_is_in_the_ledger_and_names_what_it_silences(ledger):
    opened, silenced = start(
        ledger,
        [EDGE, DR],
        Selection(sites=("dr",)),
        span=2 * HOUR,
        who="an",
        reason="power\nwork",
        now=NOW,
    )

    assert silenced == (DR,)
    assert ledger.windows(at=NOW + HOUR) == (opened,)
    assert (opened.start, opened.end, opened.sites, opened.reason) == (NOW, NOW + 2 * HOUR, ("dr",), "power work")


def test_a_typing_error_opens_no_window(ledger):
    for selection, reason in ((Selection(devices=("rtr-egde-1",)), "work"), (Selection(), "  ")):
        with pytest.raises(UsageError):
            start(ledger, [EDGE], selection, span=HOUR, who="an", reason=reason, now=NOW)

    assert ledger.windows(since=NOW - HOUR) == ()


def test_a_window_ends_when_it_is_ended_and_only_once(ledger):
    opened, _ = start(ledger, [EDGE], Selection(), span=HOUR, who="an", reason="work", now=NOW)

    assert end(ledger, opened.id, now=NOW + timedelta(minutes=5)).id == opened.id

    assert ledger.windows(at=NOW + timedelta(minutes=6)) == ()
    with pytest.raises(UsageError):
        end(ledger, opened.id, now=NOW + timedelta(minutes=7))
    with pytest.raises(UsageError):
        end(ledger, 999, now=NOW)
