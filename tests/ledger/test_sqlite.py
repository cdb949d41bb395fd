"""What a file can do to a ledger."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest

from dcops.errors import CannotRun
from dcops.ledger import sqlite
from dcops.ledger.ledger import Ledger
from dcops.model.job import RunState
from tests.ledger.conftest import NIGHT, Nights

NOBODY = 65534


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state" / "ledger.sqlite"


@pytest.fixture
def ledger(file):
    with Ledger.open(f"sqlite:///{file}") as opened:
        yield opened


def test_only_its_owner_can_read_a_new_ledger(ledger, file):
    before = os.umask(0)
    try:
        ledger.note("a", "b")
    finally:
        os.umask(before)

    files = list(file.parent.iterdir())
    assert {path.name for path in files} >= {"ledger.sqlite", "ledger.sqlite-wal"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_a_ledger_that_came_back_too_open_is_closed_again(file):
    Ledger.open(f"sqlite:///{file}").close()
    file.chmod(0o644)
    Ledger.open(f"sqlite:///{file}").close()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_claim_is_on_the_disk_before_it_is_answered(ledger):
    def settings(connection):
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]

    full = 2
    assert ledger._database.read(settings) == ["wal", full, 1, 15_000]


def test_a_path_with_signs_that_mean_something_in_a_url_is_only_a_path(tmp_path):
    file = tmp_path / "bản sao #1 50%&x" / "ledger.sqlite"
    with Ledger.open(f"sqlite:///{file}") as ledger:
        ledger.note("a", "b")

    assert file.stat().st_size > 0


def test_a_call_waits_for_a_writer_and_then_says_that_it_is_held(ledger, file, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.4)
    ledger.close()
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()

    with pytest.raises(CannotRun, match="is held by another process"):
        ledger.note("a", "b")
    assert 0.3 < time.monotonic() - begun < 5
    assert ledger.noted("a") is None

    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 15.0)
    ledger.close()
    release = threading.Timer(0.15, other.execute, ["COMMIT"])
    release.start()
    ledger.note("a", "c")
    release.join()
    other.close()
    assert ledger.noted("a") == "c"


def test_a_file_that_was_taken_away_is_missed_and_found_again(ledger, file):
    ledger.note("a", "b")
    aside = file.with_name("aside")
    ledger.close()
    file.rename(aside)

    with pytest.raises(CannotRun, match="No such file"):
        ledger.note("a", "c")
    assert not file.exists()

    aside.rename(file)
    assert ledger.noted("a") == "b"


def test_a_file_that_was_exchanged_is_noticed(ledger, file, tmp_path):
    ledger.note("a", "before")
    other = tmp_path / "other.sqlite"
    with Ledger.open(f"sqlite:///{other}") as restored:
        restored.note("a", "restored")
    for path in file.parent.glob("ledger.sqlite-*"):
        path.unlink()
    other.replace(file)

    assert ledger.noted("a") == "restored"
    ledger.note("b", "written into the new file")
    with Ledger.open(f"sqlite:///{file}") as again:
        assert again.noted("b") == "written into the new file"


def test_more_callers_at_once_than_connections_are_told_so(file, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.3)
    with Ledger.open(f"sqlite:///{file}") as ledger:

        def deeper(connection, depth):
            return depth and ledger._database.read(deeper, depth - 1)

        assert ledger._database.read(deeper, 14) == 0
        with pytest.raises(CannotRun, match="no free connection"):
            ledger._database.read(deeper, 15)
        assert ledger.noted("a") is None


@pytest.mark.parametrize("content", [b"hello, I am a text\n" * 100, b"SQLite format 3\0" + b"\xff" * 4080])
def test_a_file_that_is_no_ledger_is_left_alone(file, content):
    file.parent.mkdir()
    file.write_bytes(content)

    with pytest.raises(CannotRun, match=r"is not a SQLite file|is damaged") as refusal:
        Ledger.open(f"sqlite:///{file}")
    assert "move" in refusal.value.next_step
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "state").write_text("a file")

    with pytest.raises(CannotRun, match="cannot be made") as refusal:
        Ledger.open(f"sqlite:///{tmp_path}/state/ledger.sqlite")
    assert "[ledger] url" in refusal.value.next_step


@pytest.fixture
def as_nobody(tmp_path):
    """A site whose files belong to somebody else than who asks. Root may do everything, so it steps down."""
    if os.geteuid() != 0:
        yield
        return
    for parent in (tmp_path, *tmp_path.parents[:3]):
        # The folders of pytest let nobody through.
        if stat.S_IMODE(parent.stat().st_mode) & 0o077 == 0:
            parent.chmod(0o711)
    yield lambda: os.seteuid(NOBODY)
    os.seteuid(0)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_ledger_that_can_only_be_read_is_refused_at_once(file, as_nobody, what):
    with Ledger.open(f"sqlite:///{file}"):
        pass
    file.chmod(0o444 if what == "file" else 0o666)
    file.parent.chmod(0o777 if what == "file" else 0o555)
    if as_nobody:
        as_nobody()

    with pytest.raises(CannotRun, match="can only be read") as refusal:
        Ledger.open(f"sqlite:///{file}")
    assert "write access" in refusal.value.next_step


def test_a_ledger_that_turns_read_only_under_way_says_so_and_goes_on_when_it_can(file, as_nobody):
    if as_nobody:
        shutil.chown(file.parent.parent, NOBODY)
        as_nobody()
    with Ledger.open(f"sqlite:///{file}") as ledger:
        ledger.note("a", "b")
        ledger.close()
        file.chmod(0o400)

        with pytest.raises(CannotRun, match="can only be read"):
            ledger.note("a", "c")

        file.chmod(0o600)
        ledger.close()
        ledger.note("a", "d")
        assert ledger.noted("a") == "d"


def fill(ledger, nights):
    """Claim and start runs until the disk is full; gives which were confirmed."""
    confirmed = []
    for night in range(5000):
        try:
            if nights.claim(nights.key(night)):
                confirmed.append(night)
        except CannotRun as error:
            return confirmed, error
    raise AssertionError("the disk never became full")


def test_on_a_full_disk_nothing_that_was_confirmed_is_lost_and_room_is_enough_to_go_on(small_disk):
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 150_000)
    with Ledger.open(f"sqlite:///{small_disk}/ledger.sqlite") as ledger:
        nights = Nights(ledger)
        confirmed, error = fill(ledger, nights)
        assert "has no space left" in error.message
        assert "Free some space" in error.next_step
        assert {(run.due - NIGHT).days for run in ledger.runs(limit=5000)} == set(confirmed)

        ballast.unlink()
        assert nights.claim(nights.key(9000))
        assert ledger.finish(nights.key(confirmed[0]), RunState.OK, now=NIGHT + timedelta(hours=1))
    with Ledger.open(f"sqlite:///{small_disk}/ledger.sqlite") as again:
        assert len(again.runs(limit=5000)) == len(confirmed) + 1


LIMITED = """
import resource, signal, sys
from dcops.errors import CannotRun
from dcops.ledger.ledger import Ledger
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Ledger.open(sys.argv[1]) as ledger:
    ledger.note("before", "1")
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    try:
        for number in range(10_000):
            ledger.note(f"name-{number}", "x" * 500)
    except CannotRun as error:
        print(number, error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ledger.note("after", "1")
    assert ledger.noted(f"name-{number - 1}") and not ledger.noted(f"name-{number}")
"""


def test_a_write_that_the_kernel_refuses_is_undone_and_said(file):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, f"sqlite:///{file}"], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    number, _, message = done.stdout.partition(" ")
    assert int(number) > 0
    assert str(file) in message
    assert "cannot be read or written" in message or "has no space left" in message


WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from dcops.ledger.ledger import Ledger
from dcops.model.job import RunKey, RunTrigger
night = datetime(2026, 1, 14, 18, 0, tzinfo=UTC)
ledger = Ledger.open(sys.argv[1])
for number in range(100_000):
    if ledger.claim(RunKey("backup", night + timedelta(days=number)), node="n", trigger=RunTrigger.SCHEDULE, now=night):
        print(number, flush=True)
"""


def test_kill_9_of_a_writer_loses_no_confirmed_claim_and_blocks_nobody(file):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, f"sqlite:///{file}"], stdout=subprocess.PIPE, text=True)
    confirmed = [int(writer.stdout.readline()) for _ in range(50)]
    os.kill(writer.pid, signal.SIGKILL)
    rest, _ = writer.communicate(timeout=30)
    confirmed += [int(line) for line in rest.splitlines() if line]

    begun = time.monotonic()
    with Ledger.open(f"sqlite:///{file}") as ledger:
        kept = {(run.due - NIGHT).days for run in ledger.runs(limit=10_000)}
        assert set(confirmed) <= kept
        # At most the one whose confirmation was not said any more.
        assert len(kept) <= len(confirmed) + 1
        assert Nights(ledger).claim(Nights(ledger).key(200_000))
        assert ledger._database.read(lambda c: c.exec_driver_sql("PRAGMA integrity_check").scalar_one()) == "ok"
    assert time.monotonic() - begun < 5
