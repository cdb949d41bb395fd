"""A kill at any moment, two runs at once, a full or read-only disk: nothing that was archived is lost."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from dcops.archive.archive import Archive
from dcops.errors import CannotRun
from tests.small_disk import fill, mounted
from tests.soak import SOAK

ENDLESS = Path(__file__).with_name("endless_backups.py")
DEVICES = 6


def endless(site, **environment):
    recipients = [holder.recipient for holder in site.holders]
    return subprocess.Popen(
        [sys.executable, str(ENDLESS), str(site.folder), site.key.key.hex(), *recipients],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, **environment},
    )


def numbers(site):
    """The run whose text each device holds now."""
    archive = site.reader()
    return {int(archive.show(one.device).split()[1]) for one in archive.devices()}


@pytest.mark.parametrize("whole_group", [False, True], ids=["dcops", "dcops and its git"])
def test_killed_at_any_moment_the_archive_holds_the_old_state_or_the_new(site, whole_group):
    rounds = 50 if SOAK else 6
    chance = random.Random(20260115 + whole_group)  # noqa: S311
    seen = 0
    for _ in range(rounds):
        with endless(site) as worker:
            assert worker.stdout.readline() == "ready\n", worker.stderr.read()
            time.sleep(chance.uniform(0.02, 0.5))
            # Without its group the git it called lives on for a moment, and finishes what it was told.
            (os.killpg if whole_group else os.kill)(worker.pid, signal.SIGKILL)
            said = worker.stdout.read().splitlines()
            worker.stderr.read()
        done = [int(line.split()[1]) for line in said if line.startswith("committed")]
        # A git that outlived its parent holds the lock until it is done.
        site.archive().session("wait").commit()
        wait_for_git(site)
        now = numbers(site)
        assert len(now) <= 1, "a state of two runs"
        newest = now.pop() if now else 0
        assert newest >= max(done, default=seen), "a version that was reported is gone"
        assert newest <= max(done, default=seen) + 1
        seen = newest
        assert site.reader().verify().faults == ()

    assert seen > 0
    assert site.commits() == seen
    assert site.store(site.entry("rtr-0", "after all\n", night=299), run="last").revision
    assert site.reader().verify().faults == ()


def wait_for_git(site):
    from dcops.archive.lock import held

    with held(site.folder / "lock", wait_seconds=30):
        pass


def test_locks_that_a_killed_git_left_do_not_stop_the_next_run(site):
    site.store(site.entry(text="a\n"))
    for name in ("refs/heads/main.lock", "HEAD.lock", "packed-refs.lock"):
        (site.folder / "readable.git" / name).write_bytes(b"")

    assert len(site.reader().verify().notes) == 3
    assert site.store(site.entry(text="b\n", night=1), run="run-2").revision
    assert site.reader().verify().notes == ()


def test_two_processes_that_commit_at_once_lose_and_double_nothing(site):
    site.store(site.entry("rtr-start", "a\n"))
    code = """
import sys
from pathlib import Path
from datetime import UTC, datetime
from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.model.snapshot import ConfigSource
folder, key, name, *recipients = sys.argv[1:]
holders = [Holder(f"h{n}", r) for n, r in enumerate(recipients)]
archive = Archive.open(Path(folder), holders=holders, site_key=SiteKey(bytes.fromhex(key)))
sys.stdin.read()
for number in range(8):
    session = archive.session(f"run-{name}-{number}")
    for device in (f"rtr-{name}", "rtr-both"):
        text = f"version {number} of both\\n" if device == "rtr-both" else f"version {number}\\n"
        item = Item(ConfigSource.RUNNING, "cfg", text, text.encode())
        session.put(Entry(device, "ios", datetime.now(UTC), (item,)))
    session.commit()
"""
    recipients = [holder.recipient for holder in site.holders]
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(site.folder), site.key.key.hex(), name, *recipients],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two", "three")
    ]
    for worker in workers:
        worker.stdin.close()
        worker.stdin = None
    for worker in workers:
        _, errors = worker.communicate(timeout=120)
        assert (worker.returncode, errors) == (0, "")

    archive = site.reader()
    for name in ("one", "two", "three"):
        versions = archive.log(f"rtr-{name}")
        texts = [archive.show(f"rtr-{name}", version.revision) for version in versions]
        assert texts == [f"version {number}\n" for number in reversed(range(8))]
    both = archive.log("rtr-both")
    taken = [version.taken for version in both]
    assert taken == sorted(taken, reverse=True), "what was read earlier never follows what was read later"
    texts = [archive.show("rtr-both", version.revision) for version in both]
    assert all(new != old for new, old in pairwise(texts)), "the same text twice"
    inspection = archive.verify()
    assert inspection.faults == ()
    assert inspection.notes == ()


def test_a_run_that_waits_too_long_is_told_for_whom_and_may_commit_later(site):
    from dcops.archive.lock import held
    from dcops.errors import Busy

    site.store(site.entry(text="a\n"))
    session = site.archive(lock_seconds=0.1).session("run-2")
    session.put(site.entry(text="b\n", night=1))

    with held(site.folder / "lock", wait_seconds=0), pytest.raises(Busy, match=f"pid {os.getpid()}"):
        session.commit()

    assert site.reader().show("rtr-edge-1") == "a\n"
    assert session.commit().revision
    assert site.reader().show("rtr-edge-1") == "b\n"


def test_readers_find_a_whole_state_while_runs_commit(site):
    site.store(*(site.entry(f"rtr-{number}", "run 0\n") for number in range(5)))
    stop = threading.Event()
    mixed = []

    def read():
        while not stop.is_set():
            devices = site.reader().devices()
            if len(devices) != 5:
                mixed.append(devices)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for night in range(1, 11):
            entries = (site.entry(f"rtr-{number}", f"run {night}\n", night=night) for number in range(5))
            site.store(*entries, run=f"run-{night}")
    finally:
        stop.set()
        reader.join()

    assert mixed == []


def on(site, folder):
    site.folder = folder / "archive"
    return site


def test_a_full_disk_is_said_and_leaves_the_last_version_whole(site, tmp_path):
    with mounted(tmp_path / "small", "size=1m,mode=0700"):
        site = on(site, tmp_path / "small")
        site.store(site.entry(text="good\n"))
        noise = os.urandom(300_000)
        errors = []
        for night in range(1, 8):
            try:
                site.store(site.entry(text=f"{night}\n", exact=noise, night=night), run=f"run-{night}")
            except CannotRun as error:
                errors.append(error)
        assert errors
        assert all("no space left" in error.message.lower() for error in errors)
        assert all(str(site.folder) in error.message and error.next_step for error in errors)
        inspection = site.reader().verify()
        assert inspection.faults == ()
        assert not [note for note in inspection.notes if ".tmp" in note], "half files are removed"
        assert site.reader().show("rtr-edge-1", "2026-01-16") == "good\n"


def test_a_disk_that_fills_up_while_git_writes_leaves_the_old_state(site, tmp_path):
    with mounted(tmp_path / "small", "size=1m,mode=0700"):
        site = on(site, tmp_path / "small")
        site.store(site.entry(text="good\n"))
        session = site.archive().session("run-2")
        # Sealed it is small, readable it is too much for what is left.
        session.put(site.entry("rtr-new", os.urandom(900_000).hex(), exact=b"small", night=1))

        with pytest.raises(CannotRun, match="no space left"):
            session.commit()

        assert site.reader().show("rtr-edge-1") == "good\n"
        assert site.reader().verify().faults == ()


def test_a_disk_with_room_again_takes_the_same_session(site, tmp_path):
    with mounted(tmp_path / "small", "size=2m,mode=0700"):
        site = on(site, tmp_path / "small")
        site.store(site.entry(text="good\n"))
        session = site.archive().session("run-2")
        session.put(site.entry("rtr-new", os.urandom(300_000).hex(), exact=b"small", night=1))
        ballast = tmp_path / "small/ballast"
        fill(ballast)
        with pytest.raises(CannotRun, match="no space left"):
            session.commit()
        ballast.unlink()

        assert session.commit().revision
        assert site.reader().verify().faults == ()


def test_a_disk_mounted_read_only_is_said_and_can_still_be_read(site, tmp_path):
    with mounted(tmp_path / "small", "size=2m,mode=0700"):
        site = on(site, tmp_path / "small")
        site.store(site.entry(text="good\n"))
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path / "small")], check=True)

        with pytest.raises(CannotRun, match="Read-only file system") as caught:
            site.store(site.entry(text="other\n", night=1), run="run-2")

        assert "mounted read-only" in caught.value.next_step
        assert site.reader().show("rtr-edge-1") == "good\n"
        assert site.reader().verify().faults == ()
        assert site.reader().export("rtr-edge-1", site.identities[0]) == b"good\n"


def test_a_limit_on_file_sizes_is_an_error_and_no_half_version(site):
    """What a kernel does that knows no tmpfs: the same paths fail, in another process."""
    site.store(site.entry(text="good\n"))
    code = """
import resource, sys
from pathlib import Path
from datetime import UTC, datetime
from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.errors import CannotRun
from dcops.model.snapshot import ConfigSource
folder, key, sealed_too, *recipients = sys.argv[1:]
holders = [Holder(f"h{n}", r) for n, r in enumerate(recipients)]
archive = Archive.open(Path(folder), holders=holders, site_key=SiteKey(bytes.fromhex(key)))
session = archive.session("run-2")
import random
import shutil
text = random.Random(7).randbytes(400_000).hex()
exact = text.encode() if sealed_too == "yes" else b"small"
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    session.put(Entry("rtr-new", "ios", datetime.now(UTC), (Item(ConfigSource.RUNNING, "cfg", text, exact),)))
    session.commit()
except CannotRun as error:
    print(error)
    sys.exit(3)
"""
    for sealed_too, says in (("yes", "File too large"), ("no", "SIGXFSZ")):
        recipients = [holder.recipient for holder in site.holders]
        done = subprocess.run(
            [sys.executable, "-c", code, str(site.folder), site.key.key.hex(), sealed_too, *recipients],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 3, done.stderr
        assert says in done.stdout
        assert site.reader().show("rtr-edge-1") == "good\n"
        assert site.reader().verify().faults == ()


@contextmanager
def somebody_else(folder):
    """Nobody's rights in a folder that belongs to us."""
    root = os.geteuid() == 0
    folder.chmod(0o755 if root else 0o500)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o700)


def test_a_folder_of_somebody_else_is_said(site):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        on(site, folder)
        with somebody_else(folder), pytest.raises(CannotRun, match="Permission denied") as caught:
            site.store(site.entry())
        assert str(folder) in caught.value.message
        assert "the user who owns" in caught.value.next_step

        site.store(site.entry(text="good\n"))
        with somebody_else(folder), pytest.raises(CannotRun):
            site.reader().devices()


def git_in_front(tmp_path, before_fast_import):
    """A PATH whose git does something of its own before the real one writes."""
    folder = tmp_path / "bin"
    folder.mkdir()
    stub = folder / "git"
    real = shutil.which("git")
    stub.write_text(f'#!/bin/sh\ncase "$*" in *fast-import*) {before_fast_import} ;; esac\nexec {real} "$@"\n')
    stub.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_what_git_was_told_only_in_part_is_no_commit(site, tmp_path, monkeypatch, share):
    """As when dcops is killed while it talks to git: the end of the input must not look like the end of the story."""
    site.store(*(site.entry(f"rtr-{number}", "old\n") for number in range(4)))
    session = site.archive().session("run-2")
    for number in range(4):
        session.put(site.entry(f"rtr-{number}", "new\n" * 100, night=1))
    told = tmp_path / "told"
    real = shutil.which("git")
    path = git_in_front(
        tmp_path,
        f'cat > {told}; size=$(stat -c %s {told}); head -c $(awk "BEGIN {{print int($size * {share})}}") {told}'
        f' | {real} "$@"; exit',
    )
    with monkeypatch.context() as patched:
        patched.setenv("PATH", path)
        with pytest.raises(CannotRun):
            session.commit()

    assert {site.reader().show(f"rtr-{number}") for number in range(4)} == {"old\n"}
    assert site.reader().verify().faults == ()
    assert session.commit().revision


def test_a_git_that_outlives_its_dcops_keeps_the_lock(site, tmp_path):
    from dcops.archive.lock import held
    from dcops.errors import Busy

    started = tmp_path / "started"
    path = git_in_front(tmp_path, f"touch {started}; sleep 1")
    with endless(site, PATH=path) as worker:
        until = time.monotonic() + 30
        while not started.exists() and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        with pytest.raises(Busy), held(site.folder / "lock", wait_seconds=0):
            pass
        with held(site.folder / "lock", wait_seconds=30):
            pass


def test_sealed_files_are_on_the_disk_before_a_version_lists_them(site, tmp_path, monkeypatch):
    synced = set()
    real_fsync = os.fsync

    def fsync(handle):
        synced.add(os.fstat(handle).st_ino)
        real_fsync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    session = site.archive().session("run-1")
    session.put(site.entry(startup="s\n"))
    # git does nothing and fails: whatever was made durable was so before it.
    monkeypatch.setenv("PATH", git_in_front(tmp_path, "exit 1"))
    with pytest.raises(CannotRun):
        session.commit()

    sealed = site.sealed_files()
    assert len(sealed) == 2
    for path in (*sealed, *(file.parent for file in sealed), site.folder / "sealed"):
        assert path.stat().st_ino in synced


def test_a_missing_git_is_said_with_the_command_that_installs_it(site, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(CannotRun, match="git is missing") as caught:
        site.store(site.entry())

    assert "apt install git" in caught.value.next_step


def test_an_old_git_is_refused_before_anything_is_made(site, monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    old = tmp_path / "bin/git"
    old.write_text("#!/bin/sh\necho git version 2.30.2\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")

    with pytest.raises(CannotRun, match=r"needs git 2\.36"):
        site.store(site.entry())

    assert not (site.folder / "readable.git").exists()


def test_the_backup_host_of_tomorrow_opens_the_archive_as_it_lies(site, tmp_path):
    """A copy of the folder is an archive: nothing in it knows where it lies."""
    site.store(site.entry(text="a\n"))
    copy = tmp_path / "elsewhere"
    subprocess.run(["cp", "-r", str(site.folder), str(copy)], check=True)

    archive = Archive.open(copy)

    assert archive.show("rtr-edge-1") == "a\n"
    assert archive.export("rtr-edge-1", site.identities[0]) == b"a\n"
    assert archive.verify().faults == ()
    assert datetime.now(UTC) > archive.log("rtr-edge-1")[0].taken
