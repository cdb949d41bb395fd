"""A full, read-only or forbidden place: said in words, nothing half, and what was there stays."""

import os
import subprocess

import pytest

from dcops.errors import CannotRun
from tests.small_disk import fill, mounted


def test_a_place_that_fills_up_meanwhile_is_said_and_the_next_run_goes_on(stores):
    with mounted(stores.place, "size=4m,mode=0700"):
        stores.copy()
        known = stores.git_there("rev-parse", "main")
        entries = (stores.site.entry(f"rtr-{n}", f"{n}\n", night=9, exact=os.urandom(200_000)) for n in range(5))
        stores.site.store(*entries, run="run-9")
        ballast = stores.place / "archive/ballast"

        # A server may notice only when it closes the file that not all of it was taken.
        with pytest.raises(CannotRun, match=r"(?i)no space left|only a part of it was written") as caught:
            stores.copy(tell=lambda _: fill(ballast))

        assert str(stores.place) in caught.value.message
        assert caught.value.next_step
        assert stores.git_there("rev-parse", "main") == known
        assert stores.there().verify().faults == ()
        ballast.unlink()
        came = stores.copy()
        assert came.comparison.equal
        assert came.files < 5
        stores.assert_whole()


def test_a_place_that_is_too_small_is_known_before(stores):
    with mounted(stores.place, "size=1m,mode=0700"):
        with pytest.raises(CannotRun, match="left, and the copy needs"):
            stores.copy()
        assert stores.sealed_there() == []


def test_a_place_that_is_full_when_the_history_moves_keeps_the_old_one(stores, monkeypatch):
    with mounted(stores.place, "size=4m,mode=0700"):
        stores.copy()
        known = stores.git_there("rev-parse", "main")
        stores.site.store(stores.site.entry("rtr-1", os.urandom(300_000).hex(), night=9, exact=b"small"), run="run-9")
        kind = "ssh.SshPlace" if stores.sshd else "folder.FolderPlace"
        ballast = stores.place / "archive/ballast"
        with monkeypatch.context() as patched:
            patched.setattr(f"dcops.archive.copies.{kind}.settle", lambda _: fill(ballast))
            with pytest.raises(CannotRun, match="no space left") as caught:
                stores.copy()

        assert "what was copied before is untouched" in caught.value.next_step
        assert stores.git_there("rev-parse", "main") == known
        assert stores.there().verify().faults == ()
        ballast.unlink()
        assert stores.copy().comparison.equal
        stores.assert_whole()


def test_a_place_mounted_read_only_is_said_and_can_still_be_verified(stores):
    with mounted(stores.place, "size=4m,mode=0700"):
        stores.copy()
        stores.site.store(stores.site.entry("rtr-1", "new\n", night=9), run="run-9")
        subprocess.run(["mount", "-o", "remount,ro", str(stores.place)], check=True)

        with pytest.raises(CannotRun, match=r"(?i)read-only") as caught:
            stores.copy()

        assert str(stores.place) in caught.value.message
        found = stores.open().compare(recompute=True)
        assert (len(found.missing), found.damaged, found.waiting) == (1, (), 1)
        assert stores.there().verify().faults == ()


def test_a_limit_on_file_sizes_is_an_error_and_no_half_file(folder):
    """What a kernel does that knows no tmpfs: the same paths fail, in another process."""
    folder.site.store(folder.site.entry("rtr-big", "big\n", night=9, exact=os.urandom(300_000)), run="run-9")

    with folder.process(largest_file=100_000) as worker:
        _, errors = worker.communicate(timeout=60)

    assert worker.returncode == 1
    assert "File too large" in errors
    assert [path for path in folder.place.rglob("*.part") if path.is_file()] == []
    assert folder.there().verify().faults == () if (folder.place / "archive/readable.git").exists() else True
    assert folder.copy().comparison.equal
    folder.assert_whole()


def test_a_place_of_somebody_else_is_said(folder):
    if os.geteuid() != 0:
        pytest.skip("root alone can become somebody else")
    folder.place.mkdir(mode=0o755)
    for path in (folder.place, *folder.place.parents):
        if path.stat().st_mode & 0o005 != 0o005 and path.stat().st_uid == os.geteuid():
            path.chmod(path.stat().st_mode | 0o055)
    for path in (folder.site.folder.parent, *folder.site.folder.parent.rglob("*")):
        os.chown(path, 65534, 65534)
    os.chown(folder.place, 0, 0)
    os.seteuid(65534)
    try:
        with pytest.raises(CannotRun, match="Permission denied") as caught:
            folder.copy()
    finally:
        os.seteuid(0)

    assert str(folder.place) in caught.value.message
    assert "the user who owns" in caught.value.next_step
