"""Each promise at its edge: one second before it is kept, one second after it is not; and never kept unseen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dcops.model.backup_item import BackupItem, BackupPlace, Classification, OfflineMedium, Retention
from dcops.model.finding import Severity, Status
from dcops.policy.checks import of_device, of_item
from dcops.policy.facts import Archived, AtCopy, Copied, Drilled, Facts, Unknown

NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LAG = 48 * HOUR
ITEM = BackupItem(
    name="edge",
    title="Edge",
    classification=Classification.SECRET,
    every_hours=24,
    places=(BackupPlace.ARCHIVE, BackupPlace.COPY),
    retention=Retention(90, 12, 2),
    restore_test_days=90,
    roles=("edge-router",),
)
WELL = Facts(
    backed_up=NOW - 2 * HOUR,
    archived=Archived(NOW - 30 * DAY),
    copied=Copied(AtCopy.THERE, NOW - HOUR, LAG),
    tested=Drilled(NOW - 10 * DAY, passed=True),
)
AWAY = Unknown("the disk is away")


def look(item=ITEM, **changes):
    return [
        (finding.id, finding.status, finding.severity)
        for finding in of_device("r1", item, replace(WELL, **changes), NOW)
    ]


def evidence(**changes):
    (finding,) = of_device("r1", ITEM, replace(WELL, **changes), NOW)
    return finding.evidence


def failed(check, severity=Severity.HIGH):
    return [(check, Status.FAIL, severity)]


def unseen(check):
    return [(check, Status.COULD_NOT_CHECK, Severity.MEDIUM)]


def test_a_device_of_which_all_promises_are_kept_has_no_finding():
    assert look() == []


@pytest.mark.parametrize(
    ("last", "found"),
    [
        (NOW - 26 * HOUR, []),
        (NOW - 26 * HOUR - SECOND, failed("BKP-002")),
        (None, failed("BKP-002")),
        (AWAY, unseen("BKP-002")),
        (NOW + timedelta(minutes=5), []),
        (NOW + timedelta(minutes=5) + SECOND, unseen("BKP-002")),
    ],
)
def test_a_daily_backup_is_late_after_26_hours_and_one_from_the_future_proves_nothing(last, found):
    assert look(backed_up=last) == found


def test_a_weekly_backup_may_be_a_week_and_a_twelfth_old():
    weekly = replace(ITEM, every_hours=168)

    assert look(weekly, backed_up=NOW - 182 * HOUR) == []
    assert look(weekly, backed_up=NOW - 182 * HOUR - SECOND) == failed("BKP-002")


def test_a_device_that_was_never_backed_up_is_one_finding_and_not_four():
    assert look(backed_up=None, archived=None, copied=None, tested=None) == failed("BKP-002")


@pytest.mark.parametrize(
    ("archived", "found"),
    [
        (None, failed("BKP-003")),
        (AWAY, unseen("BKP-003")),
        (Archived(NOW - DAY, "the sealed file of its running configuration is damaged"), failed("BKP-003")),
        (Archived(NOW - DAY, restores=False), failed("BKP-003", Severity.MEDIUM)),
    ],
)
def test_what_is_not_whole_in_the_archive_or_restores_nothing_is_told(archived, found):
    assert look(archived=archived) == found


@pytest.mark.parametrize(
    ("copied", "found"),
    [
        (None, failed("BKP-003")),
        (AWAY, unseen("BKP-003")),
        (Copied(AtCopy.DAMAGED, NOW - HOUR, LAG), failed("BKP-003")),
        (Copied(AtCopy.THERE, NOW - LAG, LAG), []),
        (Copied(AtCopy.THERE, NOW - LAG - SECOND, LAG), unseen("BKP-003")),
        (Copied(AtCopy.THERE, NOW + HOUR, LAG), unseen("BKP-003")),
        (Copied(AtCopy.WAITING, NOW - HOUR, LAG, NOW - LAG), []),
        (Copied(AtCopy.WAITING, NOW - HOUR, LAG, NOW - LAG - SECOND), failed("BKP-003")),
        (Copied(AtCopy.WAITING, None, LAG, NOW - HOUR), []),
        (Copied(AtCopy.WAITING, None, LAG, NOW - LAG - SECOND), failed("BKP-003")),
    ],
)
def test_the_second_store_may_be_behind_for_as_long_as_is_allowed(copied, found):
    assert look(copied=copied) == found


def test_a_device_that_changes_every_day_does_not_hide_a_copy_that_stopped_long_ago():
    fresh = Archived(NOW - HOUR)

    assert look(archived=fresh, copied=Copied(AtCopy.WAITING, NOW - 10 * DAY, LAG, NOW - HOUR)) == unseen("BKP-003")
    assert look(archived=fresh, copied=Copied(AtCopy.WAITING, NOW - 10 * DAY, LAG, NOW - 9 * DAY)) == failed("BKP-003")
    assert "a version of 2026-01-06T03:00:00Z waits for 9 days, and 48 h are allowed" in evidence(
        archived=fresh, copied=Copied(AtCopy.WAITING, NOW - 10 * DAY, LAG, NOW - 9 * DAY)
    )


def test_nobody_misses_a_copy_that_was_not_declared():
    here = replace(ITEM, places=(BackupPlace.ARCHIVE,))

    assert look(here, copied=None) == []
    assert look(here, copied=AWAY) == []


@pytest.mark.parametrize(
    ("tested", "found"),
    [
        (None, failed("BKP-004", Severity.MEDIUM)),
        (AWAY, unseen("BKP-004")),
        (Drilled(NOW - 90 * DAY, passed=True), []),
        (Drilled(NOW - 90 * DAY - SECOND, passed=True), failed("BKP-004", Severity.MEDIUM)),
        (Drilled(NOW - HOUR, passed=False, result="it does not parse"), failed("BKP-004")),
        (Drilled(NOW + HOUR, passed=True), unseen("BKP-004")),
    ],
)
def test_a_restore_is_tried_in_time_and_went_well(tested, found):
    assert look(tested=tested) == found


@pytest.mark.parametrize(
    ("classification", "found"),
    [
        (Classification.SECRET, failed("BKP-005")),
        (Classification.CONFIDENTIAL, failed("BKP-005")),
        (Classification.INTERNAL, []),
        (Classification.PUBLIC, []),
    ],
)
def test_what_is_secret_never_hangs_on_one_key(classification, found):
    item = replace(ITEM, classification=classification)

    assert look(item, archived=Archived(NOW - DAY, holders=1)) == found
    assert look(item, archived=Archived(NOW - DAY, holders=2)) == []


def test_an_archive_that_is_away_hides_no_missing_second_store():
    assert look(archived=AWAY, copied=None) == [*unseen("BKP-003"), *failed("BKP-003")]


def test_every_finding_says_what_was_seen_what_to_do_and_who_asks_for_it():
    bad = Facts(None, Archived(NOW, "gone", holders=1), None, None)

    findings = list(of_device("r1", ITEM, bad, NOW))

    assert [finding.id for finding in findings] == ["BKP-002", "BKP-003", "BKP-003", "BKP-004", "BKP-005"]
    for finding in findings:
        assert finding.device == "r1"
        assert finding.title.startswith("r1 ")
        assert finding.evidence
        assert finding.fix
        assert finding.reference.startswith("R-BKP-4, R-BKP-")


TODAY = date(2026, 1, 15)
MEDIUM = OfflineMedium("two disks in the safe", encrypted=True, confirmed=TODAY, max_age_days=31)
TAPED = replace(ITEM, places=(BackupPlace.ARCHIVE, BackupPlace.OFFLINE), offline=MEDIUM)


@pytest.mark.parametrize(
    ("confirmed", "found"),
    [
        (TODAY, []),
        (TODAY - 31 * DAY, []),
        (TODAY - 32 * DAY, [("BKP-003", Status.FAIL)]),
        (None, [("BKP-003", Status.FAIL)]),
        (TODAY + DAY, []),
        (TODAY + 2 * DAY, [("BKP-003", Status.COULD_NOT_CHECK)]),
    ],
)
def test_a_medium_on_a_shelf_is_only_as_good_as_the_day_a_person_wrote_down(confirmed, found):
    item = replace(TAPED, offline=replace(MEDIUM, confirmed=confirmed))

    assert [(finding.id, finding.status) for finding in of_item(item, TODAY)] == found


def test_a_medium_that_anybody_can_read_is_no_place_for_secrets():
    item = replace(TAPED, offline=replace(MEDIUM, encrypted=False))

    assert [finding.id for finding in of_item(item, TODAY)] == ["BKP-005"]
    assert list(of_item(replace(item, classification=Classification.INTERNAL), TODAY)) == []


def test_an_item_without_a_medium_has_nothing_of_its_own():
    assert list(of_item(ITEM, TODAY)) == []
