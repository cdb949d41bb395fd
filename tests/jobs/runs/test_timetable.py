"""Due times: cron as administrators know it, in a zone whose clocks may be changed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bench.year import FIRST, LAST, MEANING, due_times
from dcops.errors import InvalidInput
from dcops.jobs.runs.timetable import Timetable, Window, jitter, zone

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")


def at(text, tz=UTC):
    return datetime.fromisoformat(text).replace(tzinfo=tz)


def local(timetable, moment):
    return f"{timetable.next(moment).astimezone(timetable.zone):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize("tz", [SAIGON, BERLIN, ZoneInfo("Australia/Lord_Howe")], ids=str)
@pytest.mark.parametrize("schedule", MEANING)
def test_a_year_of_due_times_is_what_the_wall_clock_says(schedule, tz):
    assert set(Timetable.of(schedule, tz).due_times(FIRST, LAST)) == {
        due for due in due_times(tz)[schedule] if FIRST < due <= LAST
    }


@pytest.mark.parametrize("tz", [SAIGON, BERLIN], ids=str)
def test_next_steps_from_due_time_to_due_time(tz):
    timetable = Timetable.of("15 */6 * * *", tz)
    moment, found = FIRST, []
    while (moment := timetable.next(moment)) <= LAST:
        found.append(moment)

    assert tuple(found) == timetable.due_times(FIRST, LAST)


@pytest.mark.parametrize(
    ("weekday", "day"),
    [
        ("0", "Sun"),
        ("7", "Sun"),
        ("1", "Mon"),
        ("sat", "Sat"),
        ("5-7", "Fri"),
        ("6-0", "Sat"),
        ("1-5", "Mon"),
        ("*/6", "Sat"),
    ],
)
def test_days_of_the_week_count_from_sunday_as_cron_counts_them(weekday, day):
    timetable = Timetable.of(f"0 1 * * {weekday}", SAIGON)
    # A Thursday, so that the first of each range comes next.
    after = at("2026-01-15T12:00") if weekday != "1-5" else at("2026-01-16T12:00")

    assert local(timetable, after).split()[0] == day


@pytest.mark.parametrize(
    ("schedule", "says"),
    [
        ("0 1 * *", "has 4 fields"),
        ("0 1 * * * *", "has 6 fields"),
        ("", "has 0 fields"),
        ("61 1 * * *", "59"),
        ("0 1 * * 8", "'8' is no day of the week"),
        ("0 1 * * 4-2", "'4-2' runs backwards"),
        ("0 1 1 * 1", "name one"),
        ("0 1 30 2 *", "a day that never comes"),
        ("x 1 * * *", "x"),
    ],
)
def test_a_schedule_that_means_nothing_is_refused(schedule, says):
    with pytest.raises(InvalidInput, match=says):
        Timetable.of(schedule, SAIGON)


def test_when_the_clocks_go_forward_a_time_that_is_left_out_comes_later_and_once():
    timetable = Timetable.of("30 2 * * *", BERLIN)

    nights = timetable.due_times(at("2028-03-25T12:00"), at("2028-03-27T12:00"))

    assert [f"{due.astimezone(BERLIN):%d %H:%M}" for due in nights] == ["26 03:30", "27 02:30"]


def test_when_the_clocks_go_back_a_time_that_comes_twice_is_due_once():
    timetable = Timetable.of("30 2 * * *", BERLIN)

    assert len(timetable.due_times(at("2028-10-28T12:00"), at("2028-10-29T12:00"))) == 1


def test_a_schedule_of_every_hour_follows_the_real_hours():
    timetable = Timetable.of("0 * * * *", BERLIN)

    for day in ("2028-03-25", "2028-10-28"):
        hours = timetable.due_times(at(f"{day}T12:00"), at(f"{day}T12:00") + timedelta(days=1))
        assert len(hours) == 24
        assert {b - a for a, b in pairwise(hours)} == {timedelta(hours=1)}


def test_a_day_that_a_country_left_out_is_made_up_for():
    # Samoa crossed the date line: it had no 30 December 2011.
    timetable = Timetable.of("0 1 * * *", ZoneInfo("Pacific/Apia"))

    dues = timetable.due_times(at("2011-12-28T12:00"), at("2012-01-02T12:00"))

    assert len(dues) == len(set(dues))
    assert max(b - a for a, b in pairwise(dues)) <= timedelta(days=1)


def test_the_range_is_open_at_its_beginning_and_closed_at_its_end():
    timetable = Timetable.of("0 1 * * *", SAIGON)
    first, second = at("2026-01-14T18:00"), at("2026-01-15T18:00")

    assert timetable.due_times(first, second) == (second,)
    assert timetable.due_times(second, second) == ()
    assert timetable.due_times(second, first) == ()
    assert timetable.next(first) == second


def test_the_latest_due_time_is_found_and_one_of_another_night_is_not():
    timetable = Timetable.of("0 1 * * *", SAIGON)
    report = at("2026-01-14T23:30")

    assert timetable.latest(report, within=timedelta(hours=24)) == at("2026-01-14T18:00")
    assert timetable.latest(at("2026-01-14T18:00"), within=timedelta(hours=24)) == at("2026-01-14T18:00")
    assert timetable.latest(report, within=timedelta(hours=5)) is None


def test_the_interval_is_the_longest_wait_ahead():
    assert Timetable.of("0 1 * * *", SAIGON).interval_seconds(at("2026-01-15T00:00")) == 86_400
    assert Timetable.of("0 1 * * 1-5", SAIGON).interval_seconds(at("2026-01-15T00:00")) == 3 * 86_400


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        ("00:30-05:00", ["00:30", "04:59"], ["00:29", "05:00", "12:00"]),
        ("22:00-04:00", ["22:00", "03:59", "00:00"], ["21:59", "04:00"]),
    ],
)
def test_a_window_holds_its_first_minute_and_not_its_last(window, inside, outside):
    parsed = Window.of(window)

    assert all(parsed.holds(at(f"2026-01-15T{time}")) for time in inside)
    assert not any(parsed.holds(at(f"2026-01-15T{time}")) for time in outside)
    assert str(parsed) == window


@pytest.mark.parametrize("window", ["00:30", "0:30-5:00", "25:00-05:00", "01:00-01:00", "night"])
def test_a_window_that_is_none_is_refused(window):
    with pytest.raises(InvalidInput, match="window"):
        Window.of(window)


def test_jitter_is_the_same_for_the_same_run_and_spread_over_its_range():
    dues = [at("2026-01-14T18:00") + timedelta(days=day) for day in range(200)]
    delays = [jitter("backup", due, 900).total_seconds() for due in dues]

    assert delays == [jitter("backup", due.astimezone(SAIGON), 900).total_seconds() for due in dues]
    assert 0 <= min(delays) < 60
    assert 840 < max(delays) <= 900
    assert jitter("backup", dues[0], 0) == timedelta()
    assert jitter("backup", dues[0], 900) != jitter("report", dues[0], 900)


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(InvalidInput, match="Mars/Base"):
        zone("Mars/Base")
