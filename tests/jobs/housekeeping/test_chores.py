"""Each chore by itself, on a real archive and a real ledger."""

import json
import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest

from dcops.archive import packing as packs
from dcops.errors import ArchiveDamaged, CannotRun
from dcops.jobs.doctor.night import VERIFIED_NOTE
from dcops.jobs.housekeeping import books, clock, folders, leftovers, packing, promised, retention, room, verification
from dcops.jobs.housekeeping.chore import Chore, is_due
from dcops.jobs.runs.result import Ended
from dcops.model.backup_item import Retention
from dcops.model.job import RunState
from dcops.model.moment import compact, rfc3339
from dcops.model.restore_test import Level, RestoreResult, RestoreTest
from dcops.model.snapshot import ConfigSource
from tests.jobs.nights import DAY, ONE_AM

# ---- packing -------------------------------------------------------------------------------------


def test_the_whole_history_is_packed_when_it_is_due_and_not_before(house):
    house.nights(3)

    first = packing.do(house.rooms)
    house.nights(1, first=3)
    second = packing.do(house.rooms)
    house.now += timedelta(days=30)
    third = packing.do(house.rooms)

    assert "packed the whole history anew" in first.sentence
    assert "loose objects" in second.sentence
    assert "packed the whole history anew" in third.sentence
    assert packs.load(house.archive.folder).packs == 1


def test_what_piles_up_is_packed_in_between(house, monkeypatch):
    house.nights(2)
    packing.do(house.rooms)
    monkeypatch.setattr(packs, "MANY_LOOSE", 3)
    house.nights(2, first=2)

    done = packing.do(house.rooms)

    assert "packed what lay loose" in done.sentence
    load = packs.load(house.archive.folder)
    assert (load.loose, load.packs) == (0, 2)
    assert len(house.versions()) == 4


# ---- verification --------------------------------------------------------------------------------


def test_an_archive_that_is_well_is_noted_as_the_command_does_and_read_again_a_week_later(house):
    house.nights(2)

    first = verification.do(house.rooms)
    house.now += timedelta(days=3)
    second = verification.do(house.rooms)

    assert first.sentence == "2 versions and 2 sealed files read: all well"
    assert house.ledger.noted(VERIFIED_NOTE) == rfc3339(house.now - timedelta(days=3))
    assert second.sentence == "verified 3 days ago"
    house.now += timedelta(days=4)
    assert "all well" in verification.do(house.rooms).sentence


def test_a_damage_fails_the_run_and_names_device_and_versions_every_night_until_it_is_mended(house):
    house.nights(2)
    damaged = house.versions()[1]
    name = damaged.record.documents[ConfigSource.RUNNING].sealed
    path = house.state / "archive" / "sealed" / name[:2] / f"{name}.age"
    path.chmod(0o600)
    path.write_bytes(b"rot")

    ended = Ended.of(house.kept(Chore("verification", verification.do)))
    again = verification.do(house.rooms)

    assert ended.state is RunState.FAILED
    assert "1 damage of rtr-edge-1" in ended.reason
    (finding,) = ended.findings
    assert (finding["id"], finding["device"], finding["severity"]) == ("ARC-001", "rtr-edge-1", "critical")
    assert damaged.revision[:8] in finding["evidence"]
    assert "copy" in finding["fix"]
    assert len(again.findings) == 1
    assert house.ledger.noted(VERIFIED_NOTE) is None


def test_a_history_that_is_gone_is_a_failure_and_not_an_archive_that_was_not_begun(house):
    house.nights(1)
    shutil.rmtree(house.state / "archive" / "readable.git")

    with pytest.raises(ArchiveDamaged, match="is gone"):
        verification.do(house.rooms)


@pytest.mark.parametrize(
    ("days_ago", "due"), [(None, True), (0, False), (6.5, False), (6.9, True), (7, True), (-3, True)]
)
def test_what_is_due_every_seven_days_is_done_every_seventh_night(days_ago, due):
    noted = None if days_ago is None else rfc3339(ONE_AM - timedelta(days=days_ago))

    assert is_due(noted, timedelta(days=7), ONE_AM) is due


# ---- retention -----------------------------------------------------------------------------------


def test_only_bytes_go_that_the_declared_retention_does_not_keep(house):
    house.retention = Retention(all_days=8)
    house.nights(10)

    done = retention.do(house.rooms)

    assert done.sentence.startswith("let 1 sealed file go")
    assert len(house.sealed_files()) == 9
    assert len(house.versions()) == 10
    assert house.archive.show("rtr-edge-1", house.versions()[-1].revision).endswith("night 0\n")
    found = house.archive.verify()
    assert (found.faults, found.notes, found.pruned) == ((), (), 1)


def test_without_a_declaration_nothing_ever_goes(house):
    house.retention = None
    house.nights(12)

    assert retention.do(house.rooms).sentence == "nothing is older than it has to be"
    assert len(house.sealed_files()) == 12


def test_the_last_version_that_stood_a_restore_test_stays(house):
    house.retention = Retention(all_days=8)
    house.nights(10)
    tested = house.versions()[-1].revision
    house.ledger.note_restore_test(
        RestoreTest(
            "rtr-edge-1", tested, (ConfigSource.RUNNING,), ONE_AM + DAY, Level.OPENED, RestoreResult.OK, run="drill-1"
        )
    )

    assert retention.do(house.rooms).figures["pruned"] == 0


def test_too_much_at_once_is_a_finding_and_nothing_goes(house):
    house.nights(12)

    done = retention.do(house.rooms)

    (finding,) = done.findings
    assert (finding.id, finding.device) == ("ARC-003", "")
    assert "more than a fifth" in finding.evidence
    assert "dcops archive prune" in finding.fix
    assert len(house.sealed_files()) == 12


def test_a_clock_that_jumped_prunes_nothing_on_this_night_nor_on_the_next(house):
    house.retention = Retention(all_days=8)
    house.nights(9)
    retention.do(house.rooms)
    house.now += timedelta(days=1000)

    for _ in range(3):
        done = retention.do(house.rooms)
        house.now += DAY

        assert "the clock may have run ahead" in done.findings[0].evidence
        assert len(house.sealed_files()) == 9


def test_growth_is_bounded_by_what_is_declared(house):
    """A change every fifth night for months, and retention after each: the number of sealed files comes to rest."""
    house.retention = Retention(all_days=30, monthly=2)
    there = []
    for night in range(0, 100, 5):
        house.nights(1, first=night)
        # Housekeeping ran in the nights between.
        clock.believe(house.ledger, house.now - DAY)
        retention.do(house.rooms)
        there.append(len(house.sealed_files()))

    # Seven of the last thirty days, and the ends of two months, of which one lies within them now and then.
    assert there[:7] == [1, 2, 3, 4, 5, 6, 7]
    assert max(there) <= 9
    assert len(house.versions()) == 20
    assert house.archive.verify().faults == ()


# ---- ledger and folders --------------------------------------------------------------------------


def test_old_rows_go_and_the_newest_of_a_job_stays(house):
    house.site.ran(due=ONE_AM - DAY * 600)
    house.site.ran(due=ONE_AM - DAY * 500)
    house.site.ran(job="report", due=ONE_AM - DAY * 500)
    house.now = ONE_AM

    done = books.do(house.rooms)

    assert done.sentence == "took 1 old row out of the ledger: 1 runs"
    assert [(run.job, run.due) for run in house.ledger.runs()] == [
        ("backup", ONE_AM - DAY * 500),
        ("report", ONE_AM - DAY * 500),
    ]


def test_a_clock_that_jumped_removes_neither_rows_nor_folders_and_says_so(house):
    house.now = ONE_AM
    clock.believe(house.ledger, house.now)
    for back in (1, 2, 3):
        house.site.ran(due=ONE_AM - DAY * back)
        ran(house, "backup", ONE_AM - DAY * back)
    house.now += timedelta(days=5000)

    rows, gone = books.do(house.rooms), folders.do(house.rooms)

    assert (rows.figures, gone.figures) == ({"rows": 0}, {"run_folders": 0, "reports": 0})
    assert "the clock may have run ahead" in rows.findings[0].evidence
    assert len(house.ledger.runs()) == 3
    assert len(left(house, "backup")) == 3


def ran(house, job, due, state=RunState.OK, attempts=1):
    for attempt in range(1, attempts + 1):
        place = house.state / "runs" / job / compact(due) / str(attempt)
        place.mkdir(parents=True)
        Ended(state).write(place / "result.json")
        (place / "log.txt").write_text("…")
    return place.parent


def left(house, job):
    return sorted(path.name for path in (house.state / "runs" / job).iterdir())


def test_of_a_day_of_runs_that_went_well_one_folder_is_enough_a_month_later(house):
    house.now = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    old, young = house.now - DAY * 40, house.now - DAY * 3
    for minutes in range(0, 60, 15):
        ran(house, "drop", old.replace(hour=3, minute=minutes))
        ran(house, "drop", young.replace(hour=3, minute=minutes))
    bad = ran(house, "drop", old.replace(hour=4), RunState.PARTIAL)
    nightly = [ran(house, "backup", house.now - DAY * back) for back in range(60)]

    folders.do(house.rooms)

    # The bad one tells of that day; of the days without one the last good run is kept.
    assert [name for name in left(house, "drop") if name < compact(young)[:8]] == [bad.name]
    assert len(left(house, "drop")) == 5
    assert all(path.exists() for path in nightly)


def test_a_quiet_day_keeps_its_last_run(house):
    house.now = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    old = house.now - DAY * 40
    runs = [ran(house, "drop", old.replace(hour=3, minute=minutes)) for minutes in range(0, 60, 15)]
    ran(house, "drop", house.now)

    folders.do(house.rooms)

    assert left(house, "drop") == [runs[-1].name, compact(house.now)]


def test_folders_older_than_the_evidence_go_but_never_the_newest_nor_the_last_good_one(house):
    house.now = datetime(2026, 6, 1, tzinfo=UTC)
    ran(house, "backup", house.now - DAY * 600)
    good = ran(house, "backup", house.now - DAY * 500)
    ran(house, "backup", house.now - DAY * 450, RunState.FAILED, attempts=2)
    newest = ran(house, "backup", house.now - DAY * 420, RunState.FAILED)

    folders.do(house.rooms)

    assert left(house, "backup") == [good.name, newest.name]


def test_old_reports_go_and_the_newest_stays_and_other_folders_are_not_touched(house):
    house.now = datetime(2026, 6, 1, tzinfo=UTC)
    reports = house.state / "reports"
    for name in ("2024-01-01", "2025-01-01", "2026-05-31", "monthly", "2024-13-99"):
        (reports / name).mkdir(parents=True)

    folders.do(house.rooms)

    assert sorted(path.name for path in reports.iterdir()) == ["2024-13-99", "2026-05-31", "monthly"]


def test_nothing_outside_of_the_state_folder_is_removed(house, tmp_path_factory):
    house.now = datetime(2026, 6, 1, tzinfo=UTC)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / compact(house.now - DAY * 600) / "1").mkdir(parents=True)
    runs = house.state / "runs"
    runs.mkdir()
    (runs / "backup").symlink_to(elsewhere)
    for back in (500, 10):
        ran(house, "report", house.now - DAY * back)
    (runs / "report" / compact(house.now - DAY * 700)).symlink_to(elsewhere)

    folders.do(house.rooms)

    assert len(list(elsewhere.iterdir())) == 1
    shutil.rmtree(runs)
    runs.symlink_to(elsewhere)
    with pytest.raises(CannotRun, match="is a link"):
        folders.do(house.rooms)
    assert len(list(elsewhere.iterdir())) == 1


# ---- room ----------------------------------------------------------------------------------------

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def disk(monkeypatch):
    def holds(free):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**12, 10**12 - free, free))

    return holds


def test_room_for_the_next_weeks_is_well(house, disk):
    disk(10**11)
    house.nights(1)

    done = room.do(house.rooms)

    assert done.findings == ()
    assert "how fast it grows is not known yet" in done.sentence
    assert done.figures["state_bytes"] > 0


def test_less_than_the_floor_is_a_finding(house, disk):
    disk(10**6)
    house.wants(least_free_bytes=10**9)

    (finding,) = room.do(house.rooms).findings

    assert (finding.id, finding.severity.value) == ("ARC-002", "critical")


def test_less_than_what_the_next_weeks_will_take_is_a_finding(house, disk):
    disk(20_000_000)
    house.now = ONE_AM + DAY * 10
    house.site.ran(job="housekeeping", due=ONE_AM, summary={"state_bytes": 1000})
    (house.state / "large").write_bytes(b"x" * 10_000_000)

    done = room.do(house.rooms)

    assert 900_000 < done.figures["growth_bytes_per_day"] < 1_200_000
    (finding,) = done.findings
    assert finding.severity.value == "high"
    assert "a day" in finding.evidence


# ---- leftovers, promises -------------------------------------------------------------------------


def test_drafts_in_the_state_folder_go_a_day_later(house):
    house.nights(1)
    house.now = datetime.now(UTC) + timedelta(days=2)
    draft = house.state / ".copy.json.0123456789ab.tmp"
    draft.write_text("{}")
    report = house.state / "reports" / "2026-01-15" / ".nightly.html.42.tmp"
    report.parent.mkdir(parents=True)
    report.write_text("…")

    done = leftovers.do(house.rooms)

    assert done.figures == {"leftovers": 2}
    assert not draft.exists()
    assert not report.exists()


def test_promises_that_are_kept_are_a_sentence(house):
    assert promised.do(house.rooms).sentence == "every backup is as declared"


# ---- a disk that is full, or read-only -----------------------------------------------------------


def test_on_a_full_disk_nothing_breaks_and_the_next_night_does_it(house, monkeypatch):
    house.retention = Retention(all_days=8)
    house.nights(10)
    (house.state / "runs").mkdir()
    old = ran(house, "report", ONE_AM - DAY * 900)
    ran(house, "report", ONE_AM)
    from dcops.archive import program

    real = program.call

    def full(command, **options):
        if any(word in ("fast-import", "pack-objects") for word in command):
            done = real(("version",))
            return type(done)(command, 128, b"", b"fatal: write error: No space left on device")
        return real(command, **options)

    monkeypatch.setattr(program, "call", full)
    run = house.kept()
    monkeypatch.undo()

    assert "retention:" in run.failure
    assert "no space left on the disk" in run.failure
    assert "packing:" in run.failure
    assert not old.exists()
    assert len(house.sealed_files()) == 10
    assert house.archive.verify().faults == ()
    assert json.dumps(run.extra["chores"])
    assert "let 1 sealed file go" in house.kept().extra["chores"]["retention"]


@pytest.mark.parametrize("step", ["note", "_remove"])
def test_killed_while_it_prunes_nothing_is_lost_and_the_next_one_ends_it(house, monkeypatch, step):
    from dcops.archive.archive import Archive
    from dcops.archive.history import History

    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    house.retention = Retention(all_days=8)
    house.nights(10)
    monkeypatch.setattr(History if step == "note" else Archive, step, killed)
    with pytest.raises(Killed):
        retention.do(house.rooms)
    monkeypatch.undo()

    assert house.archive.verify().faults == ()
    leftovers.do(house.rooms)
    assert len(house.sealed_files()) == 9
    assert retention.do(house.rooms).figures["pruned"] == 0
    found = house.archive.verify()
    assert (found.faults, found.notes) == ((), ())
