"""Retention: what it keeps, what it lets go, and that no clock makes it empty an archive."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcops.model.backup_item import Retention
from dcops.policy.retention import Document, Doubt, History, Rule, Version, ends, judge, plan

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=ZONE)
DAY = timedelta(days=1)
WEEK = Retention(all_days=7)


def version(name, taken, *sealed, restores=True):
    return Version(name, taken, tuple(Document(one, restores) for one in sealed or (f"file-{name}",)))


def nightly(count, *, newest=NOW, of="v"):
    """Versions of as many nights, the newest first, each with a file of its own."""
    return tuple(version(f"{of}{back}", newest - DAY * back) for back in range(count))


def judged(versions, retention=WEEK, *, tested="", now=NOW):
    return judge(History("rtr-1", tuple(versions), retention, tested), now=now, zone=ZONE)


def planned(*histories, now=NOW, **signs):
    return plan(histories, now=now, zone=ZONE, **signs)


def test_every_version_that_was_in_force_within_the_days_is_kept():
    found = judged(nightly(20))

    # v7 was taken exactly seven days ago; v8 was in force until that moment, and no longer.
    assert [name for name in (f"v{back}" for back in range(20)) if name in found.kept] == [f"v{n}" for n in range(8)]
    assert found.going == {f"file-v{back}" for back in range(8, 20)}


def test_a_version_is_in_force_until_the_next_one_however_old_it_is():
    versions = (version("new", NOW - DAY), version("old", NOW - 400 * DAY), version("older", NOW - 500 * DAY))

    found = judged(versions)

    assert set(found.kept) == {"new", "old"}
    assert found.going == {"file-older"}


def test_months_and_years_end_where_the_site_is():
    assert [str(end) for end in ends(NOW, ZONE, months=2)] == ["2026-11-01 00:00:00+07:00", "2026-10-01 00:00:00+07:00"]
    assert [str(end) for end in ends(NOW, ZONE, years=2)] == ["2026-01-01 00:00:00+07:00", "2025-01-01 00:00:00+07:00"]
    # It is already December there.
    assert ends(datetime(2026, 11, 30, 18, 0, tzinfo=UTC), ZONE, months=1)[0].month == 12
    january = datetime(2026, 1, 5, tzinfo=ZONE)
    assert [(end.year, end.month) for end in ends(january, ZONE, months=3)] == [(2026, 1), (2025, 12), (2025, 11)]


def test_the_version_in_force_at_the_end_of_each_month_and_year_is_kept():
    found = judged(nightly(800), Retention(all_days=30, monthly=6, yearly=2))

    monthly = [name for name, rules in found.kept.items() if Rule.MONTH in rules]
    assert [str((NOW - DAY * int(name[1:])).date()) for name in monthly] == [
        "2026-10-31", "2026-09-30", "2026-08-31", "2026-07-31", "2026-06-30", "2026-05-31",
    ]  # fmt: skip
    yearly = [name for name, rules in found.kept.items() if Rule.YEAR in rules]
    assert [str((NOW - DAY * int(name[1:])).date()) for name in yearly] == ["2025-12-31", "2024-12-31"]


def test_the_newest_that_restores_is_kept_when_the_newest_does_not():
    versions = (
        version("state-only", NOW - 40 * DAY, restores=False),
        version("also", NOW - 50 * DAY, restores=False),
        version("good", NOW - 60 * DAY),
        version("older", NOW - 70 * DAY),
    )

    found = judged(versions)

    assert found.kept == {"state-only": (Rule.NEWEST, Rule.DAYS), "good": (Rule.RESTORES,)}


def test_a_version_whose_bytes_were_pruned_does_not_count_as_one_that_restores():
    versions = (
        version("state-only", NOW - 40 * DAY, restores=False),
        Version("pruned", NOW - 50 * DAY, (Document("", True),)),
        version("good", NOW - 60 * DAY),
    )

    assert judged(versions).kept["good"] == (Rule.RESTORES,)


def test_the_last_version_with_a_good_restore_test_is_kept():
    found = judged(nightly(100), tested="v90")

    assert found.kept["v90"] == (Rule.TESTED,)
    assert "file-v90" not in found.going


def test_a_file_that_a_kept_version_carries_over_is_kept():
    versions = (
        version("new", NOW, "running-2", "startup-1"),
        version("old", NOW - 90 * DAY, "running-1", "startup-1"),
        version("older", NOW - 99 * DAY, "running-0", "startup-1"),
    )

    assert judged(versions, WEEK).going == {"running-0"}


def test_a_device_that_nobody_declared_is_never_pruned():
    found = judged(nightly(3000), None)

    assert found.going == frozenset()
    assert len(found.kept) == 3000


def test_a_file_that_another_device_needs_is_kept():
    one = History("a", (version("a2", NOW, "a-new"), version("a1", NOW - 30 * DAY, "shared")), WEEK)
    one = History("a", (*one.versions, version("a0", NOW - 60 * DAY, "both")), WEEK)
    two = History("b", (version("b1", NOW, "both", "b-1", "b-2", "b-3", "b-4"),), None)

    assert planned(one, two).going(allowed=[Doubt.MANY]) == frozenset()


def test_a_clock_that_was_once_ahead_prunes_nothing_until_somebody_looks():
    wrong = version("wrong", NOW + 900 * DAY)
    versions = (version("new", NOW), wrong, *nightly(60, newest=NOW - DAY))

    found = planned(History("rtr-1", versions, WEEK), History("rtr-2", nightly(300, of="w"), None))

    assert found.going() == frozenset()
    assert found.doubts() == (("rtr-1", Doubt.FUTURE),)
    by_hand = found.going(allowed=[Doubt.FUTURE])
    assert by_hand
    assert "file-wrong" not in by_hand


def test_a_clock_that_was_once_behind_shortens_the_life_of_no_version():
    wrong = version("wrong", datetime(1970, 1, 2, tzinfo=UTC))
    before = version("before", NOW - 30 * DAY)
    versions = (version("new", NOW - DAY), wrong, before)

    # Nobody knows when the one with the wrong time was taken: until yesterday the other one may have been in force.
    assert set(judged(versions).kept) == {"new", "wrong", "before"}


@pytest.mark.parametrize("years", [1, 14])
def test_a_clock_that_runs_ahead_does_not_empty_the_archive(years):
    found = planned(History("rtr-1", nightly(300), Retention(30)), now=NOW + timedelta(days=365 * years))

    assert found.going() == frozenset()
    assert (("", Doubt.SILENCE)) in found.doubts()


def test_even_when_the_backup_of_that_night_believed_it_too():
    ahead = NOW + 400 * DAY
    versions = (version("ahead", ahead), *nightly(300))

    found = planned(History("rtr-1", versions, Retention(30)), now=ahead, alive=ahead, believed=NOW)

    assert found.going(allowed=[Doubt.MANY]) == frozenset()
    assert {doubt for _, doubt in found.doubts()} == {Doubt.SILENCE, Doubt.MANY}


def test_a_quiet_site_whose_backups_go_well_is_pruned_all_the_same():
    quiet = (version("new", NOW - 100 * DAY), version("old", NOW - 200 * DAY), *nightly(20, newest=NOW - 300 * DAY))
    other = History("rtr-2", nightly(100, newest=NOW - 60 * DAY, of="w"), None)

    found = planned(History("rtr-1", quiet, Retention(150)), other, alive=NOW - DAY, believed=NOW - DAY)

    assert found.going() == {f"file-v{back}" for back in range(20)}
    assert found.doubts() == ()


def test_more_than_a_fifth_at_once_waits_for_a_person():
    found = planned(History("rtr-1", nightly(100), WEEK))

    assert found.going() == frozenset()
    assert found.doubts() == (("", Doubt.MANY),)
    assert len(found.going(allowed=[Doubt.MANY])) == 92
    assert found.doubts(allowed=[Doubt.MANY]) == ()


def test_a_clock_that_went_back_only_keeps_more():
    versions = nightly(100)

    later, earlier = judged(versions), judged(versions, now=NOW - 5 * DAY)

    assert earlier.going < later.going


# ---- random histories ----------------------------------------------------------------------------

retentions = st.builds(Retention, st.integers(7, 400), st.integers(0, 24), st.integers(0, 5))


@st.composite
def histories(draw):
    """A history as sessions make it: later versions may carry documents over, and some clocks were wrong."""
    number = draw(st.integers(1, 25))
    taken = NOW - timedelta(days=draw(st.integers(0, 900)))
    versions, startup = [], "startup-0"
    for place in range(number):
        taken += timedelta(hours=draw(st.integers(1, 2000)))
        jump = draw(st.sampled_from([0, 0, 0, 0, 0, 0, 900, -900]))
        if draw(st.booleans()):
            startup = f"startup-{place}"
        documents = [Document(f"running-{place}", draw(st.booleans()))]
        documents += [Document(startup, True)] if draw(st.booleans()) else []
        documents += [Document("", True)] if draw(st.integers(0, 9)) == 0 else []
        versions.insert(0, Version(f"v{place}", taken + timedelta(days=jump), tuple(documents)))
    tested = draw(st.sampled_from(["", *(one.revision for one in versions)]))
    return History("rtr-1", tuple(versions), draw(retentions), tested)


@settings(max_examples=60, deadline=None)
@given(histories(), st.integers(-400, 900))
def test_whatever_happened_what_must_stay_stays(history, days):
    now = NOW + timedelta(days=days)
    found = judge(history, now=now, zone=ZONE)
    kept = [one for one in history.versions if one.revision in found.kept]
    needed = frozenset().union(*(one.sealed for one in kept))

    assert history.versions[0] in kept
    assert found.going.isdisjoint(needed)
    assert found.going | needed == frozenset().union(*(one.sealed for one in history.versions))
    restoring = [one for one in history.versions if any(doc.restores and doc.sealed for doc in one.documents)]
    assert restoring[:1] == [one for one in restoring[:1] if one in kept]
    assert {history.tested} - {""} <= set(found.kept)
    since = now - timedelta(days=history.retention.all_days)
    assert all(one in kept for one in history.versions if one.taken > since)


@settings(max_examples=60, deadline=None)
@given(histories(), st.integers(0, 900))
def test_what_is_let_go_once_changes_nothing_of_what_is_let_go_later(history, days):
    """Pruning tonight and again later ends where pruning later alone ends, but for what was gone already."""
    later = NOW + timedelta(days=days)
    tonight = judge(history, now=NOW, zone=ZONE).going
    left = tuple(
        Version(
            one.revision,
            one.taken,
            tuple(Document("" if d.sealed in tonight else d.sealed, d.restores) for d in one.documents),
        )
        for one in history.versions
    )

    again = judge(History("rtr-1", left, history.retention, history.tested), now=later, zone=ZONE)

    assert again.going.isdisjoint(tonight)
    assert tonight | again.going >= judge(history, now=later, zone=ZONE).going


@settings(max_examples=50, deadline=None)
@given(histories(), retentions, st.integers(0, 400))
def test_who_asks_for_more_never_gets_less(history, wanted, more):
    longer = Retention(wanted.all_days + more, wanted.monthly + more // 30, wanted.yearly + more // 200)

    few = judge(History("rtr-1", history.versions, wanted, history.tested), now=NOW, zone=ZONE)
    many = judge(History("rtr-1", history.versions, longer, history.tested), now=NOW, zone=ZONE)

    assert set(few.kept) <= set(many.kept)
    assert many.going <= few.going
