"""What interrupted runs leave in the archive goes a day later, and never what somebody may still need."""

import os
import shutil
from datetime import date, timedelta

import pytest

from dcops.archive.fates import Fate
from dcops.archive.leftovers import Tidied, tidy
from dcops.archive.lock import held
from dcops.errors import Busy, CannotRun

DAY = date(2026, 11, 1)


@pytest.fixture
def archive(site):
    """Three versions of a device."""
    for night in range(3):
        site.store(site.entry(text=f"hostname r{night}\n", night=night), run=f"run-{night}")
    return site


def tidied(site, **options):
    return tidy(site.folder, now=site.clock(), lock_seconds=0, **options)


def aged(site, path, *, days=2):
    then = (site.clock() - timedelta(days=days)).timestamp()
    os.utime(path, (then, then), follow_symlinks=False)
    return path


def left(site, name, content=b"half", **age):
    path = site.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return aged(site, path, **age)


LEFTOVERS = (
    ".tip.0123456789ab.tmp",
    "sealed/aa/.aaaa.age.0123456789ab.tmp",
    "readable.git/main.lock",
    "readable.git/refs/heads/main.lock",
    "readable.git/fast_import_crash_42",
    "readable.git/objects/aa/tmp_obj_x1y2z3",
    "readable.git/objects/pack/tmp_pack_x1y2z3",
    "readable.git/objects/pack/.tmp-42-pack-x",
)


def test_what_was_never_finished_goes_when_it_is_a_day_old(archive):
    old = [left(archive, name) for name in LEFTOVERS]
    folder = archive.folder / ".compare.x.tmp"
    folder.mkdir()
    (folder / "old").write_bytes(b"x")
    aged(archive, folder)

    assert tidied(archive) == Tidied(unfinished=len(LEFTOVERS) + 1)
    assert not any(path.exists() for path in (*old, folder))
    found = archive.reader().verify()
    assert (found.faults, found.notes) == ((), ())


@pytest.mark.parametrize("name", LEFTOVERS)
def test_what_is_younger_may_belong_to_a_run_at_work(archive, name):
    young = left(archive, name, days=0.9)

    assert tidied(archive).total == 0
    assert young.exists()


def test_a_pack_that_a_killed_import_marked_is_freed_and_one_that_a_person_marked_is_not(archive):
    mark = left(archive, f"readable.git/objects/pack/pack-{'a' * 40}.keep", b"fast-import")
    theirs = left(archive, f"readable.git/objects/pack/pack-{'b' * 40}.keep", b"mine")

    assert tidied(archive).unfinished == 1
    assert (mark.exists(), theirs.exists()) == (False, True)


def test_what_a_person_put_there_is_theirs(archive):
    note = left(archive, "sealed/README.txt")
    part = left(archive, f"sealed/aa/{'a' * 62}.age")

    assert tidied(archive).total == 0
    assert note.exists()
    assert part.exists()


def test_a_sealed_file_that_no_version_lists_goes_and_what_versions_need_stays(archive):
    session = archive.archive().session("killed")
    session.put(archive.entry(text="hostname killed\n", night=3))
    needed = set(archive.sealed_files())
    (orphan,) = [path for path in needed if path.stem not in listed(archive)]
    for path in needed:
        aged(archive, path)

    assert tidied(archive) == Tidied(unlisted=1)
    assert set(archive.sealed_files()) == needed - {orphan}
    assert archive.reader().verify().faults == ()


def test_a_session_that_lost_what_it_sealed_commits_nothing(archive):
    session = archive.archive().session("long")
    session.put(archive.entry(text="hostname late\n", night=3))
    for path in archive.sealed_files():
        aged(archive, path)
    tidied(archive)

    with pytest.raises(CannotRun):
        session.commit()

    assert len(archive.reader().log("rtr-edge-1")) == 3
    assert archive.reader().verify().faults == ()


def test_a_file_that_goes_between_settling_and_the_lock_is_noticed_too(archive, monkeypatch):
    from dcops.archive import session as sessions

    session = archive.archive().session("unlucky")
    session.put(archive.entry(text="hostname late\n", night=3))
    (orphan,) = [path for path in archive.sealed_files() if path.stem not in listed(archive)]
    real = sessions.held

    def just_before(*words, **options):
        orphan.unlink(missing_ok=True)
        return real(*words, **options)

    monkeypatch.setattr(sessions, "held", just_before)
    with pytest.raises(CannotRun, match="removed before a version listed it"):
        session.commit()

    assert archive.reader().verify().faults == ()


def test_what_was_pruned_and_still_lies_there_goes_at_once(archive):
    old = archive.archive().log("rtr-edge-1")[2].record.documents
    name = next(iter(old.values())).sealed
    path = next(path for path in archive.sealed_files() if path.stem == name)
    kept = path.read_bytes()
    archive.archive().record_fates({name: Fate(DAY)}, title="prune")
    path.write_bytes(kept)

    assert tidied(archive) == Tidied(gone=1)
    assert not path.exists()


def test_a_history_that_was_set_back_keeps_every_sealed_file(archive, tmp_path):
    shutil.copytree(archive.folder / "readable.git", tmp_path / "older.git")
    archive.store(archive.entry(text="hostname r3\n", night=3), run="run-3")
    shutil.rmtree(archive.folder / "readable.git")
    shutil.copytree(tmp_path / "older.git", archive.folder / "readable.git")
    for path in archive.sealed_files():
        aged(archive, path)

    assert tidied(archive).total == 0
    assert len(archive.sealed_files()) == 4


def test_while_a_commit_is_made_it_waits(archive):
    left(archive, LEFTOVERS[0])
    with held(archive.folder / "lock", wait_seconds=0), pytest.raises(Busy):
        tidied(archive)

    assert (archive.folder / LEFTOVERS[0]).exists()


def test_an_archive_that_was_not_begun_has_no_leftovers(site):
    assert tidied(site) == Tidied()


def listed(site):
    return {
        document.sealed for version in site.reader().log("rtr-edge-1") for document in version.record.documents.values()
    }
