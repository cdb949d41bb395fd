"""A kill at any moment, a line that breaks, two at once: the copy stays whole, and the next run completes it."""

import json
import os
import shutil
import signal
import threading
import time

import pytest

from dcops.archive.lock import held
from dcops.errors import Busy, CannotRun

SOAK = bool(os.environ.get("DCOPS_SOAK"))
POINTS = 12
GIT = shutil.which("git")


def points(total):
    """Moments at which to kill: all of them when soaking, else some from the first to the last."""
    return (
        range(1, total + 1) if SOAK else sorted({1 + number * (total - 1) // (POINTS - 1) for number in range(POINTS)})
    )


def forget_the_place(stores):
    shutil.rmtree(stores.place, ignore_errors=True)
    (stores.site.folder.parent / "copy.json").unlink(missing_ok=True)


@pytest.mark.timeout(1800 if SOAK else 180)
def test_killed_at_any_moment_the_copy_is_whole_and_the_next_run_completes_it(stores):
    with stores.process() as worker:
        said, errors = worker.communicate(timeout=60)
    assert worker.returncode == 0, errors
    total = json.loads(said)["done"]
    assert total > 50

    killed = 0
    for point in points(total):
        forget_the_place(stores)
        with stores.process(kill_at=point) as worker:
            worker.communicate(timeout=60)
        # Over SSH one run says a few words more or less than another.
        assert worker.returncode in (0, -signal.SIGKILL), point
        killed += worker.returncode != 0
        if (stores.place / "archive/readable.git/refs/heads/main").exists():
            assert stores.there().verify().faults == (), point

        came = stores.copy(verify=True)

        assert came.comparison.equal, point
        assert came.comparison.faults == ()
        stores.assert_whole()
        assert [path for path in stores.place.rglob(".*") if path.name.endswith((".part", ".tmp"))] == []
    assert killed >= len(points(total)) - 2


@pytest.mark.timeout(1800 if SOAK else 180)
def test_killed_while_something_is_added_nothing_that_was_there_is_lost(stores):
    stores.copy()
    known = stores.git_there("rev-parse", "main")
    stores.site.store(
        *(stores.site.entry(f"rtr-{n}", f"new {n}\n", night=9, exact=os.urandom(20_000)) for n in range(6)), run="run-9"
    )
    with stores.process(kill_at=10**9) as worker:
        said, errors = worker.communicate(timeout=60)
    assert worker.returncode == 0, errors
    total = json.loads(said)["done"]
    backup = stores.place.with_name("before")

    for point in points(total)[:: 1 if SOAK else 3]:
        stores.site.store(stores.site.entry("rtr-1", f"point {point}\n", night=10 + point), run=f"run-p{point}")
        with stores.process(kill_at=point) as worker:
            worker.communicate(timeout=60)
        assert stores.git_there("merge-base", "--is-ancestor", known, "main") == ""
        assert stores.there().verify().faults == ()
        assert stores.there().show("fw-1") == "x 2\n"

    assert stores.copy().comparison.equal
    stores.assert_whole()
    assert not backup.exists()


def stub_git(folder, body):
    """A git that does something of its own when it is to receive."""
    stub = folder / "git"
    stub.write_text(f'#!/bin/sh\ncase "$*" in *receive-pack*) {body} ;; esac\nexec {GIT} "$@"\n')
    stub.chmod(0o755)
    return stub


@pytest.fixture
def receiving(stores, tmp_path, monkeypatch):
    """Puts something of the test's own in front of the git that receives; gives how."""
    made = []

    def put(body):
        folder = stores.sshd.bin if stores.sshd else tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        made.append(stub_git(folder, body))
        if not stores.sshd:
            monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    yield put
    for stub in made:
        stub.unlink(missing_ok=True)
    monkeypatch.undo()


@pytest.mark.parametrize(
    "how",
    ["exit 1", "kill -9 $$", f"head -c 500 | {GIT} receive-pack archive.git; exit 1"],
    ids=["refused", "killed", "cut in the middle"],
)
def test_a_push_that_breaks_leaves_the_old_history_and_is_made_up_for(stores, receiving, how):
    stores.copy()
    before = stores.git_there("rev-parse", "main")
    stores.site.store(stores.site.entry("rtr-1", "new\n" * 900, night=9), run="run-9")
    receiving(how.replace("archive.git", f"{stores.place}/archive/readable.git"))

    with pytest.raises(CannotRun, match="did not move") as caught:
        stores.copy()

    assert str(stores.place) in caught.value.message
    assert stores.git_there("rev-parse", "main") == before
    assert stores.there().verify().faults == ()
    receiving(":")
    assert stores.copy().comparison.equal
    stores.assert_whole()


def test_a_first_push_that_breaks_is_made_up_for(stores, receiving):
    receiving("exit 1")
    with pytest.raises(CannotRun, match="did not move"):
        stores.copy()
    receiving(":")

    came = stores.copy()

    assert (came.files, came.comparison.equal) == (0, True)
    stores.assert_whole()


def test_what_a_killed_git_left_there_stops_nothing(stores):
    stores.copy()
    history = stores.place / "archive/readable.git"
    for name in ("refs/heads/main.lock", "HEAD.lock", "packed-refs.lock"):
        (history / name).write_bytes(b"")
    (history / "objects/tmp_objdir-incoming-AbCdEf").mkdir()
    stores.site.store(stores.site.entry("rtr-1", "new\n", night=9), run="run-9")

    assert stores.copy().comparison.equal
    stores.assert_whole()
    assert not (history / "objects/tmp_objdir-incoming-AbCdEf").exists()


def test_half_a_file_that_a_kill_left_is_written_over(stores):
    stores.copy()
    stores.site.store(stores.site.entry("rtr-1", "new\n", night=9), run="run-9")
    name = next(iter(stores.site.reader().log("rtr-1")[0].record.documents.values())).sealed
    half = stores.place / f"archive/sealed/{name[:2]}/.{name}.age.part"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"half" * 1000)

    came = stores.copy()

    assert (came.files, came.comparison.equal, came.comparison.extra) == (1, True, ())
    assert not half.exists()


def test_of_two_at_once_one_waits_and_is_told_for_whom(stores):
    stores.copy()
    reached, go_on = threading.Event(), threading.Event()
    stores.site.store(stores.site.entry("rtr-1", "new\n", night=9), run="run-9")
    came = []

    def slowly(step):
        if step.what == "copying":
            reached.set()
            assert go_on.wait(60)

    first = threading.Thread(target=lambda: came.append(stores.copy(tell=slowly)))
    first.start()
    assert reached.wait(30)
    try:
        with pytest.raises(Busy, match=f"pid {os.getpid()} on "):
            stores.copy()
    finally:
        go_on.set()
        first.join(60)

    assert came[0].comparison.equal
    assert stores.copy().comparison.equal


def test_whoever_archives_there_is_not_met(stores):
    stores.copy()
    stores.site.store(stores.site.entry("rtr-1", "new\n", night=9), run="run-9")

    with held(stores.place / "archive/lock", wait_seconds=0), pytest.raises(Busy, match=f"pid {os.getpid()}"):
        stores.copy()


def test_the_lock_of_a_killed_copy_is_free(stores):
    stores.copy()
    stores.site.store(stores.site.entry("rtr-1", "new\n", night=9), run="run-9")
    with stores.process(kill_at=40) as worker:
        worker.communicate(timeout=60)
    assert worker.returncode == -signal.SIGKILL

    assert stores.copy().comparison.equal


def test_a_line_that_is_cut_is_told_and_the_next_run_goes_on(remote):
    cut = []

    def scissors(step):
        if step.what == "copying" and not cut:
            cut.append(remote.sshd.cut_lines())

    with pytest.raises(CannotRun, match=r"cannot be written|broke"):
        remote.copy(tell=scissors)

    assert cut[0] > 0
    assert remote.copy().comparison.equal
    remote.assert_whole()


def test_a_line_that_is_cut_while_hashes_are_recomputed_makes_nothing_look_damaged(remote):
    remote.copy()
    cut = []

    def scissors(step):
        if step.what == "recomputing" and not cut:
            cut.append(remote.sshd.cut_lines())

    # Slow enough to be met in the middle.
    stub = remote.sshd.bin / "sha256sum"
    stub.write_text(f'#!/bin/sh\nfor file; do {shutil.which("sha256sum")} "$file"; sleep 0.2; done\n')
    stub.chmod(0o755)
    try:
        with pytest.raises(CannotRun, match=r"broke|did not answer"):
            remote.open().compare(recompute=True, tell=scissors)
    finally:
        stub.unlink()

    assert cut
    assert remote.open().compare(recompute=False).damaged == ()


def test_a_holder_of_the_lock_that_hears_nothing_any_more_lets_go(remote, monkeypatch):
    monkeypatch.setattr("dcops.archive.copies.remote_lock.SILENT_AFTER_SECONDS", 1)
    remote.copy()
    store = remote.open()
    with store.place as place, place.held(1):
        # As when our host lost its power: the connection stands, and nobody speaks.
        time.sleep(2.5)
        with held(remote.place / "archive/lock", wait_seconds=0):
            pass


def test_a_holder_that_is_heard_keeps_the_lock(remote, monkeypatch):
    monkeypatch.setattr("dcops.archive.copies.remote_lock.SILENT_AFTER_SECONDS", 1)
    monkeypatch.setattr("dcops.archive.copies.remote_lock.PULSE_SECONDS", 0.2)
    remote.copy()
    store = remote.open()
    with store.place as place, place.held(1):
        time.sleep(2.5)
        with pytest.raises(Busy), held(remote.place / "archive/lock", wait_seconds=0):
            pass
    with held(remote.place / "archive/lock", wait_seconds=0):
        pass
