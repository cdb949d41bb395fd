"""A place that is not ours, was emptied or went its own way is told of, and not touched."""

import json
import shutil

import pytest

from dcops.archive.archive import Archive
from dcops.archive.copies.standing import marker
from dcops.errors import ArchiveDamaged, CannotRun


def everything(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(stores, match, **how):
    """The refusal, after which everything there is as it was."""
    before = everything(stores.place)
    with pytest.raises(CannotRun, match=match) as caught:
        stores.copy(**how)
    assert everything(stores.place) == before
    assert caught.value.next_step
    return caught.value


def archived_there(stores, device, text, *, night):
    """Somebody backs up into the copy, as after a disaster."""
    archive = Archive.open(
        stores.place / "archive", holders=stores.site.holders, site_key=stores.site.key, clock=stores.site.clock
    )
    session = archive.session(f"dr-{night}")
    session.put(stores.site.entry(device, text, night=night))
    session.commit()


def test_a_folder_with_something_else_in_it(stores):
    stores.place.mkdir()
    (stores.place / "holiday.jpg").write_bytes(b"\xff\xd8")

    error = refused(stores, "holds something else")

    assert "holiday.jpg" in error.message


def test_an_empty_folder_and_a_fresh_disk_are_taken(stores):
    stores.place.mkdir()
    (stores.place / "lost+found").mkdir()

    assert stores.copy().comparison.equal


def test_the_copy_of_another_archive(stores):
    stores.copy()
    about = json.loads((stores.place / "copy.json").read_text())
    (stores.place / "copy.json").write_text(json.dumps({**about, "began_with": "0" * 40}))

    refused(stores, "another archive")


@pytest.mark.parametrize("content", [b"", b"not json", b"[]", b'{"format": 99}'])
def test_a_marker_that_is_none(stores, content):
    stores.copy()
    (stores.place / "copy.json").write_bytes(content)

    refused(stores, "is damaged, or of another dcops")


def test_a_place_that_is_empty_all_of_a_sudden_may_be_a_disk_that_is_not_mounted(stores):
    stores.copy()
    shutil.rmtree(stores.place)
    stores.place.mkdir()

    error = refused(stores, "is empty, and held 7 sealed files on 2026-01-18")

    assert "mounted" in error.next_step
    assert "--start-over" in error.next_step
    assert stores.copy(start_over=True).comparison.equal
    stores.assert_whole()


def test_a_place_that_is_gone(stores):
    stores.copy()
    shutil.rmtree(stores.place)

    with pytest.raises(CannotRun, match="is empty, and held"):
        stores.copy()
    assert not stores.place.exists()


def test_starting_over_touches_nothing_that_is_not_empty(stores):
    stores.place.mkdir()
    (stores.place / "holiday.jpg").write_bytes(b"\xff\xd8")

    refused(stores, "holds something else", start_over=True)


def test_a_history_that_was_lost_there(stores):
    stores.copy()
    shutil.rmtree(stores.place / "archive/readable.git")

    for start_over in (False, True):
        error = refused(stores, "the history at .* is lost", start_over=start_over)
        assert "move the folder aside" in error.next_step


def test_sealed_files_that_vanished_there_are_sent_again_and_told(stores):
    stores.copy()
    for path in stores.sealed_there()[:3]:
        path.unlink()

    came = stores.copy()

    assert came.files == 3
    assert any("3 sealed files were there on 2026-01-18 and are gone" in note for note in came.notes)
    assert came.comparison.equal
    stores.assert_whole()


def test_a_copy_that_somebody_used_as_the_first_store(stores):
    stores.copy()
    archived_there(stores, "rtr-1", "after the fire\n", night=20)

    error = refused(stores, "is ahead of this archive by 1 commits")

    assert "second-store.md" in error.next_step
    with pytest.raises(CannotRun, match="is ahead"):
        stores.open().compare(recompute=True)


def test_a_copy_that_went_its_own_way(stores):
    stores.copy()
    archived_there(stores, "rtr-1", "after the fire\n", night=20)
    stores.site.store(stores.site.entry("rtr-1", "meanwhile here\n", night=21), run="run-9")

    refused(stores, "went its own way")

    assert stores.there().show("rtr-1") == "after the fire\n"


def test_a_copy_that_went_its_own_way_is_refused_by_git_too(stores, monkeypatch):
    """Should the look before it be wrong one day: the history there still never moves but forward."""
    stores.copy()
    archived_there(stores, "rtr-1", "after the fire\n", night=20)
    stores.site.store(stores.site.entry("rtr-1", "meanwhile here\n", night=21), run="run-9")
    there = stores.git_there("rev-parse", "main")
    monkeypatch.setattr("dcops.archive.copies.home.Home.knows", lambda *_: True)
    monkeypatch.setattr("dcops.archive.copies.home.Home.after", lambda self, _: frozenset([self.revision]))

    with pytest.raises(CannotRun, match="did not move"):
        stores.copy()

    assert stores.git_there("rev-parse", "main") == there
    assert stores.there().show("rtr-1") == "after the fire\n"


def test_a_first_store_that_was_made_anew(stores):
    stores.copy()
    shutil.rmtree(stores.site.folder)
    stores.site.store(stores.site.entry("rtr-1", "from nothing\n", night=30), run="run-new")

    refused(stores, "the copy of another archive")


def test_a_first_store_that_came_back_from_an_older_copy(stores):
    """Its own `tip` came back with it: only the place remembers more."""
    older = stores.site.folder.with_name("older")
    shutil.copytree(stores.site.folder, older)
    stores.site.store(stores.site.entry("rtr-1", "the newest\n", night=9), run="run-9")
    stores.copy()
    shutil.rmtree(stores.site.folder)
    older.rename(stores.site.folder)

    refused(stores, "is ahead of this archive by 1 commits")


def test_a_history_there_that_was_set_back_is_completed(stores):
    stores.copy()
    stores.git_there("update-ref", "refs/heads/main", "main~1")

    assert stores.copy().comparison.equal
    stores.assert_whole()


def test_too_little_room_is_known_before_anything_is_sent(stores, monkeypatch):
    kind = "ssh.SshPlace" if stores.sshd else "folder.FolderPlace"
    monkeypatch.setattr(f"dcops.archive.copies.{kind}.free_bytes", lambda _: 70_000)

    with pytest.raises(CannotRun, match=r"has 0\.1 MiB left, and the copy needs 1\.\d MiB"):
        stores.copy()

    assert stores.sealed_there() == []


def test_the_free_room_is_what_the_system_says(stores):
    stores.place.mkdir()
    with stores.open().place as place:
        free = shutil.disk_usage(stores.place).free
        assert abs(place.free_bytes() - free) < 64 << 20


def test_a_place_inside_the_archive_or_around_it(folder):
    for place in (folder.site.folder, folder.site.folder / "sealed/copy", folder.site.folder.parent):
        with pytest.raises(CannotRun, match="lie in one another"):
            folder.open(address=place)


def test_the_marker_says_what_the_folder_is(stores):
    from dcops.archive.copies.home import read

    stores.copy()

    found = (stores.place / "copy.json").read_bytes()
    assert found == marker(read(stores.site.folder), "example")
    assert json.loads(found)["site"] == "example"


def test_an_archive_that_is_damaged_here_is_not_taken_for_one_that_is_new(stores):
    (stores.site.folder / "readable.git/refs/heads/main").unlink()

    with pytest.raises(ArchiveDamaged, match="is lost"):
        stores.copy()
    assert not stores.place.exists()
