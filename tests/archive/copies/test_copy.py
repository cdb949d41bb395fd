"""A copy is complete, is an archive itself, and is told to be what it is."""

import json
import os
from datetime import timedelta

import pytest

from dcops.archive.copies.memory import Memory
from dcops.errors import CannotRun


def test_the_copy_is_an_archive_of_its_own(stores):
    came = stores.copy()

    assert came.comparison.equal
    assert came.comparison.recomputed
    assert came.files == len(stores.site.sealed_files()) == came.comparison.sealed_files_there
    assert came.bytes == sum(path.stat().st_size for path in stores.site.sealed_files())
    assert came.comparison.versions == came.comparison.versions_there == 6
    assert (came.comparison.lag_seconds, came.comparison.faults) == (0, ())
    stores.assert_whole()
    assert (stores.place / "archive/tip").read_text().strip() == stores.site.git("rev-parse", "main").decode().strip()


def test_nothing_there_can_be_read_by_others(stores):
    stores.copy()

    for path in (stores.place, stores.place / "archive", stores.place / "archive/sealed"):
        assert path.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o777 for path in stores.sealed_there()} == {0o400}


def test_public_and_sealed_parts_of_the_keys_travel_and_private_ones_do_not(stores):
    stores.copy()

    assert {path.name for path in (stores.place / "keys").iterdir()} == {"holders.txt", "site.key.age", "site.key.json"}


def test_a_second_copy_sends_only_what_is_new(stores):
    stores.copy()
    assert stores.copy().files == 0

    stores.site.store(stores.site.entry("rtr-1", "night 9\n", night=9, startup="s\n"), run="run-9")
    came = stores.copy()

    assert came.files == 1
    assert came.comparison.equal
    stores.assert_whole()


def test_one_store_may_be_used_again_and_again(stores):
    opened = stores.open()

    assert opened.copy().comparison.equal
    assert opened.compare(recompute=True).equal
    assert opened.copy(verify=True).comparison.equal


def test_what_no_version_lists_is_not_copied(stores):
    session = stores.site.archive().session("run-9")
    session.put(stores.site.entry("rtr-1", "never committed\n", night=9))

    assert stores.copy().comparison.equal
    assert len(stores.sealed_there()) == len(stores.site.sealed_files()) - 1


def test_what_was_pruned_here_is_kept_there_and_both_are_equal(stores):
    stores.copy()
    oldest = stores.site.reader().log("fw-1")[-1].record
    name = next(iter(oldest.documents.values())).sealed
    (stores.site.folder / f"sealed/{name[:2]}/{name}.age").unlink()

    came = stores.copy()

    assert (came.comparison.equal, came.comparison.kept, came.comparison.faults) == (True, 1, ())


def test_the_check_alone_writes_nothing_and_knows_how_far_behind_the_copy_is(stores):
    before = stores.open().compare(recompute=False)
    assert not stores.place.exists()
    assert (len(before.missing), before.waiting, before.versions_there) == (len(stores.site.sealed_files()), 6, 0)
    assert before.lag_seconds == 3 * 86400
    assert before.faults == ("the copy is 72 h behind, and 48 h are allowed",)

    stores.copy()
    stores.site.store(stores.site.entry("rtr-1", "night 3\n", night=3, startup="s\n"), run="run-9")
    stores.site.clock.now += timedelta(hours=5)
    after = stores.open().compare(recompute=False)

    assert (len(after.missing), after.waiting, after.lag_seconds) == (1, 1, 5 * 3600)
    assert (after.equal, after.faults) == (False, ())


def test_the_lag_is_that_of_the_oldest_version_that_is_missing_and_never_negative(stores):
    stores.copy()
    for night in (4, 5):
        stores.site.store(stores.site.entry("rtr-1", f"night {night}\n", night=night, startup="s\n"), run=f"r-{night}")
    stores.site.clock.now = stores.site.entry(night=7).taken
    assert stores.open().compare(recompute=False).lag_seconds == 3 * 86400

    # The clock was set back.
    stores.site.clock.now = stores.site.entry(night=1).taken
    assert stores.open().compare(recompute=False).lag_seconds == 0


def test_a_run_that_is_told_to_stop_leaves_a_whole_older_archive_and_the_next_goes_on(stores):
    asked = []

    def stopping():
        asked.append(1)
        return len(asked) > 3

    came = stores.copy(stopping=stopping)

    assert came.stopped
    assert 0 < came.files < len(stores.site.sealed_files())
    assert not came.comparison.equal
    if (stores.place / "archive/readable.git").exists():
        assert stores.there().verify().faults == ()
    rest = stores.copy()
    assert rest.files == len(stores.site.sealed_files()) - came.files
    assert rest.comparison.equal
    stores.assert_whole()


def test_the_history_follows_as_far_as_the_files_are_there(stores):
    order = []
    home = stores.open()

    def stopping():
        order.append(1)
        return len(order) > 4

    home.copy(stopping=stopping)

    # The first night is whole (three files), of the second there is one at most.
    assert stores.git_there("rev-list", "--count", "main") == "1"
    assert stores.there().show("rtr-1") == "night 0\n"
    assert stores.there().verify().faults == ()


def test_the_hard_limit_ends_a_copy_at_a_file_and_says_so(folder):
    came = folder.copy(opened={"limit_seconds": -1.0})

    assert (came.stopped, came.files, came.comparison.equal) == (True, 0, False)


def test_a_file_that_is_damaged_here_is_not_copied_and_holds_nothing_up(stores):
    version = stores.site.reader().log("fw-1")[1]
    name = next(iter(version.record.documents.values())).sealed
    file = stores.site.folder / f"sealed/{name[:2]}/{name}.age"
    file.chmod(0o600)
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    file.write_bytes(content)

    came = stores.copy()

    assert [lack.device for lack in came.comparison.rotten] == ["fw-1"]
    assert came.comparison.rotten[0].versions == (version.revision,)
    assert not came.comparison.equal
    assert any("damaged here" in fault for fault in came.comparison.faults)
    assert name not in {path.stem for path in stores.sealed_there()}
    assert stores.there().show("rtr-1") == "night 2\n"


def test_a_good_file_there_outlives_the_rot_of_the_one_here(stores):
    stores.copy()
    file = stores.site.sealed_files()[0]
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1])

    came = stores.copy()

    assert came.files == 0
    assert [lack.name for lack in came.comparison.rotten] == [file.stem]
    assert stores.there().verify().faults == ()


def test_an_archive_that_lost_its_history_is_not_copied(stores):
    stores.copy()
    stores.site.git("update-ref", "refs/heads/main", "main~1")

    with pytest.raises(CannotRun, match="set back"):
        stores.copy()


def test_an_empty_archive_is_said_to_be_empty(site, tmp_path):
    from tests.archive.copies.conftest import Stores

    with pytest.raises(CannotRun, match="no archive"):
        Stores(site, tmp_path / "dr").copy()
    assert not (tmp_path / "dr").exists()


def test_the_progress_ends_where_the_work_does(stores):
    steps = []

    stores.copy(tell=steps.append)

    copying = [step for step in steps if step.what == "copying"]
    recomputing = [step for step in steps if step.what == "recomputing"]
    count = len(stores.site.sealed_files())
    assert [step.files for step in copying] == list(range(1, count + 1))
    assert (copying[-1].bytes, copying[-1].of_files) == (copying[-1].of_bytes, count)
    assert recomputing[-1].files == recomputing[-1].of_files == count


def test_hashes_are_recomputed_when_that_is_due_and_not_every_night(stores):
    assert stores.copy().comparison.recomputed
    stores.site.clock.now += timedelta(days=6)
    assert not stores.copy().comparison.recomputed
    stores.site.clock.now += timedelta(days=2)
    assert stores.copy().comparison.recomputed
    assert not stores.copy(verify=False).comparison.recomputed
    assert stores.copy(verify=True).comparison.recomputed


def test_a_copy_on_the_same_disk_is_called_none(folder):
    assert any("same file system" in note for note in folder.copy().notes)


def test_few_packs_are_made_of_many(stores, monkeypatch):
    monkeypatch.setattr("dcops.archive.copies.store.MANY_PACKS", 3)
    for night in range(10, 16):
        stores.site.store(stores.site.entry("rtr-1", f"night {night}\n", night=night, startup="s\n"), run=f"r-{night}")
        assert stores.copy(verify=False).comparison.equal

    packs = list((stores.place / "archive/readable.git/objects/pack").glob("*.pack"))
    assert 0 < len(packs) <= 4
    stores.assert_whole()


def test_what_is_remembered_of_another_place_does_not_count(stores):
    stores.copy()
    memory = stores.site.folder.parent / "copy.json"
    value = json.loads(memory.read_text())
    assert value["sealed_files"] == len(stores.site.sealed_files())
    Memory("/elsewhere", "ab" * 20, 999).save(memory)

    assert not any("are gone" in note or "damaged" in note for note in stores.copy().notes)
    assert stores.copy().comparison.equal


def test_a_share_that_belongs_to_somebody_else_takes_the_history(folder):
    if os.geteuid() != 0:
        pytest.skip("chown is refused to whoever is not root")
    folder.copy()
    for path in (folder.place, *folder.place.rglob("*")):
        os.chown(path, 65534, 65534)
    folder.site.store(folder.site.entry("rtr-1", "night 9\n", night=9, startup="s\n"), run="run-9")

    assert folder.copy().comparison.equal
