"""Files that devices push: real files, a real archive, a real ledger, a clock that is set."""

import gzip
import hashlib
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyrage import x25519

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.lock import held
from dcops.archive.site_key import SiteKey
from dcops.errors import Busy, CannotRun, ErrorKind
from dcops.jobs import drop
from dcops.jobs.context import Silence
from dcops.jobs.pushed import arrivals, folder
from dcops.jobs.pushed.place import Place
from dcops.ledger.ledger import Ledger
from dcops.model.device import Device, Drop
from dcops.model.run import Result
from dcops.model.snapshot import ConfigSource

BACKUP = random.Random(330).randbytes(5000)
HOUR = timedelta(hours=1)


def device(name="fw-1", *, pattern="Backup-*", platform=None, hours=26):
    rules = Drop(pattern, max_age_hours=hours, smallest_bytes=1024)
    return Device(name=name, site="main", role="firewall", vendor="Example", model="One", platform=platform, drop=rules)


@dataclass
class Site:
    """A drop folder, an archive and a ledger, and the time of day."""

    folder: Path
    devices: tuple = (device(),)
    now: datetime = datetime(2026, 1, 15, 18, 0, tzinfo=UTC)
    changes: dict = field(default_factory=dict)

    def __post_init__(self):
        identities = [x25519.Identity.generate() for _ in range(2)]
        self.identity = str(identities[0])
        self.holders = [
            Holder(name, str(one.to_public())) for name, one in zip(("main", "dr"), identities, strict=True)
        ]
        self.key = SiteKey(bytes(range(32)))
        self.ledger = Ledger.open(f"sqlite:///{self.folder / 'ledger.sqlite'}")
        self.place = Place(self.folder / "drop", self.folder / "drop.lock", settle_seconds=0.05)
        for one in self.devices:
            (self.place.folder / one.name).mkdir(parents=True)

    def clock(self):
        self.now += timedelta(milliseconds=1)
        return self.now

    @property
    def archive(self):
        return Archive.open(
            self.folder / "archive", holders=self.holders, site_key=self.key, clock=self.clock, lock_seconds=5
        )

    def push(self, name, content=BACKUP, *, to="fw-1"):
        file = self.place.of(to) / name
        file.write_bytes(content)
        return file

    def run(self, *devices, **changes):
        rooms = drop.Rooms(
            archive=self.archive, ledger=self.ledger, place=self.place, clock=self.clock, progress=Silence()
        )
        return drop.run(replace(rooms, **{**self.changes, **changes}), devices or self.devices, owned=self.devices)

    def outcome(self, **changes):
        (outcome,) = self.run(**changes).outcomes
        return outcome

    def taken(self, name="fw-1"):
        place = self.place.of(name) / "taken"
        return sorted(file.name for file in place.iterdir()) if place.exists() else []

    def lying(self, name="fw-1"):
        return sorted(file.name for file in self.place.of(name).iterdir() if file.name != "taken")

    def watch(self, name="fw-1"):
        return arrivals.read(self.ledger, name)

    def backup(self, text="hostname fw-1\n", *, name="fw-1", source=ConfigSource.RUNNING):
        session = self.archive.session("run-of-backup")
        session.put(Entry(name, "sfos", self.clock(), (Item(source, "cfg", text, text.encode()),)))
        return session.commit()

    def close(self):
        self.ledger.close()


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.close()


def test_a_file_is_archived_moved_and_noted(site):
    site.push("Backup-1")

    outcome = site.outcome()

    assert outcome.result is Result.CHANGED, outcome
    assert "5,000 bytes" in outcome.detail
    assert site.archive.export("fw-1", site.identity) == BACKUP
    digest = hashlib.sha256(BACKUP).hexdigest()
    assert f"sha256: {digest}" in site.archive.show("fw-1")
    assert site.lying() == []
    assert site.taken() == [f"20260115T180000Z-{digest[:8]}-Backup-1"]
    assert (site.place.of("fw-1") / "taken" / site.taken()[0]).read_bytes() == BACKUP
    newest = site.watch().newest
    assert (newest.name, newest.size, newest.sha256) == ("Backup-1", 5000, digest)


def test_nothing_new_is_well_while_the_last_one_is_young_enough(site):
    site.push("Backup-1")
    site.run()
    site.now += 25 * HOUR

    outcome = site.outcome()

    assert outcome.result is Result.UNCHANGED
    assert "nothing new since 2026-01-15T18:00:00Z: Backup-1" in outcome.detail


def test_the_same_content_again_has_arrived_and_makes_no_version(site):
    site.push("Backup-1")
    site.run()
    site.now += 25 * HOUR
    site.push("Backup-2")

    outcome = site.outcome()

    assert outcome.result is Result.UNCHANGED
    assert "the same as the last one, version" in outcome.detail
    assert len(site.archive.log("fw-1")) == 1
    assert len(site.taken()) == 2
    site.now += 25 * HOUR
    assert site.outcome().result is Result.UNCHANGED, "its age counts from the second arrival"


def test_several_files_are_taken_in_the_order_of_their_times(site):
    for number in (3, 1, 2):
        file = site.push(f"Backup-{4 - number}", BACKUP + bytes([number]))
        os.utime(file, (number * 1000, number * 1000))

    site.run()

    assert site.archive.export("fw-1", site.identity) == BACKUP + b"\x03"
    assert [version.record.documents[ConfigSource.FILE].facts["name"] for version in site.archive.log("fw-1")] == [
        "Backup-1",
        "Backup-2",
        "Backup-3",
    ]


def test_the_other_documents_of_the_device_are_kept_and_a_backup_without_the_file_keeps_it(site):
    site.backup("hostname old\n")
    site.push("Backup-1")
    site.run()
    archive = site.archive
    assert archive.show("fw-1") == "hostname old\n"
    assert archive.show("fw-1", source=ConfigSource.FILE).startswith("type: data\n")
    assert archive.version("fw-1").record.documents[ConfigSource.RUNNING].kept_from is not None

    site.backup("hostname new\n")

    archive = site.archive
    assert archive.show("fw-1") == "hostname new\n"
    assert archive.export("fw-1", site.identity, source=ConfigSource.FILE) == BACKUP
    assert archive.version("fw-1").record.documents[ConfigSource.FILE].kept_from is not None
    assert archive.verify().faults == ()


def test_a_backup_that_was_read_later_does_not_keep_the_file_out(site):
    """Without the ledger nothing holds the two apart."""
    site.push("Backup-1")
    session = site.archive.session("run-of-drop")
    arrived = site.clock()
    site.backup("hostname later\n")
    session.put(drop.entry(device(), BACKUP, arrived, {}))

    (stored,) = session.commit().stored

    assert not stored.note
    assert site.archive.export("fw-1", site.identity, source=ConfigSource.FILE) == BACKUP
    assert site.archive.show("fw-1") == "hostname later\n"
    taken = [version.taken for version in site.archive.log("fw-1")]
    assert taken == sorted(taken, reverse=True)


@pytest.mark.parametrize(
    ("content", "kind", "says"),
    [
        (b"<!DOCTYPE html><title>Login</title>" + bytes(2000), ErrorKind.INVALID, "web page"),
        (BACKUP[:1023], ErrorKind.TRUNCATED, "1023 bytes"),
        (gzip.compress(BACKUP)[:-5], ErrorKind.TRUNCATED, "gzip"),
        (bytes(5000), ErrorKind.INVALID, "empty"),
    ],
)
def test_what_is_no_backup_stays_where_it_is_and_is_named(site, content, kind, says):
    site.push("Backup-1", content)

    outcome = site.outcome()

    assert outcome.result is Result.FAILED
    assert outcome.error.kind is kind
    assert says in outcome.error.message
    assert outcome.error.next_step
    assert site.lying() == ["Backup-1"]
    assert site.taken() == []
    assert site.archive.newest("fw-1") is None


def test_a_bad_file_that_lay_there_before_a_good_one_came_is_only_named(site):
    site.push("Backup-1", b"<html>" + bytes(2000))
    assert site.outcome().result is Result.FAILED
    time.sleep(0.02)
    site.push("Backup-2")

    for result in (Result.CHANGED, Result.UNCHANGED):
        outcome = site.outcome()
        assert outcome.result is result
        assert "web page" in outcome.detail

    time.sleep(0.02)
    site.push("Backup-3", b"<html>" + bytes(2000))
    assert site.outcome().result is Result.FAILED


def test_a_file_that_shrank_is_not_believed_until_a_person_says_so(site):
    site.push("Backup-1", BACKUP * 3)
    site.run()
    site.push("Backup-2", BACKUP)

    outcome = site.outcome()

    assert outcome.error.kind is ErrorKind.TRUNCATED
    assert "dcops archive import" in outcome.error.next_step
    assert site.lying() == ["Backup-2"]


def test_a_file_above_the_limit_is_refused_without_being_read_into_memory(site):
    site.place = replace(site.place, largest_bytes=4999)
    site.push("Backup-1")

    outcome = site.outcome()

    assert outcome.error.kind is ErrorKind.INVALID
    assert "[drop] largest_megabytes" in outcome.error.next_step
    assert site.lying() == ["Backup-1"]


@pytest.mark.parametrize("name", ["Backup-1.part", "Backup-1.FILEPART", "Backup-1.tmp"])
def test_a_file_on_its_way_is_waited_for_and_after_hours_said_to_be_stuck(site, name):
    site.push(name)

    outcome = site.outcome()
    assert outcome.result is Result.UNCHANGED
    assert "still on its way" in outcome.detail
    site.now += 5 * HOUR
    assert site.outcome().result is Result.UNCHANGED
    site.now += 2 * HOUR
    outcome = site.outcome()

    assert outcome.result is Result.FAILED
    assert outcome.error.kind is ErrorKind.TRUNCATED
    assert "has not come to rest for 7 h" in outcome.error.message
    assert site.lying() == [name]


def test_an_empty_file_is_on_its_way_too(site):
    site.push("Backup-1", b"")

    assert "still on its way" in site.outcome().detail
    site.now += 7 * HOUR
    assert "and empty" in site.outcome().error.message


def test_the_rest_of_a_broken_transfer_is_only_named_once_a_whole_one_came(site):
    site.push("Backup-1.part")
    site.run()
    site.now += 7 * HOUR
    time.sleep(0.02)
    site.push("Backup-1")

    outcome = site.outcome()

    assert outcome.result is Result.CHANGED
    assert "has not come to rest" in outcome.detail


def test_a_file_that_grows_during_the_run_is_left_for_the_next_one(site):
    file = site.push("Backup-1")

    def grow(seconds):
        with file.open("ab") as stream:
            stream.write(b"more")
        time.sleep(seconds)

    outcome = site.outcome(pause=grow)

    assert outcome.result is Result.UNCHANGED
    assert "still on its way" in outcome.detail
    assert site.lying() == ["Backup-1"]
    assert site.outcome().result is Result.CHANGED
    assert site.archive.export("fw-1", site.identity) == file_content(site)


def file_content(site):
    (name,) = site.taken()
    return (site.place.of("fw-1") / "taken" / name).read_bytes()


def test_a_file_that_is_replaced_while_it_is_read_is_not_moved(site, monkeypatch):
    file = site.push("Backup-1")
    whole = folder.WholeFile.content

    def replaced(self, sha256):
        content = whole(self, sha256)
        other = file.with_name("new")
        other.write_bytes(BACKUP[::-1])
        other.replace(file)
        return content

    with monkeypatch.context() as patched:
        patched.setattr(folder.WholeFile, "content", replaced)
        outcome = site.outcome()

    assert "still on its way" in outcome.detail
    assert site.lying() == ["Backup-1"]
    assert site.taken() == []
    site.run()
    assert site.archive.export("fw-1", site.identity) == BACKUP[::-1]
    assert {version.record.documents[ConfigSource.FILE].size for version in site.archive.log("fw-1")} == {5000}


def test_a_file_that_is_replaced_at_the_moment_of_moving_is_put_back(site, monkeypatch):
    file = site.push("Backup-1")
    rename = os.rename

    def replaced(source, target, **folders):
        if source == "Backup-1":
            file.unlink()
            file.write_bytes(b"another one" * 500)
        rename(source, target, **folders)

    with monkeypatch.context() as patched:
        patched.setattr(folder.os, "rename", replaced)
        site.run()

    assert site.lying() == ["Backup-1"]
    assert file.read_bytes() == b"another one" * 500
    assert site.taken() == []


def test_a_file_that_somebody_has_open_for_writing_is_not_taken(site):
    file = site.push("Backup-1")
    with file.open("ab"):
        outcome = site.outcome()
    assert "still on its way" in outcome.detail
    assert site.lying() == ["Backup-1"]

    assert site.outcome().result is Result.CHANGED


def test_links_pipes_sockets_and_files_of_others_are_refused(site, tmp_path):
    (tmp_path / "credentials.toml").write_bytes(BACKUP)
    here = site.place.of("fw-1")
    (here / "Backup-link").symlink_to(tmp_path / "credentials.toml")
    os.link(tmp_path / "credentials.toml", here / "Backup-hard")
    os.mkfifo(here / "Backup-pipe")
    (here / "Backup-folder").mkdir()
    with socket.socket(socket.AF_UNIX) as one:
        before = Path.cwd()
        os.chdir(here)
        one.bind("Backup-socket")
        os.chdir(before)

    outcome = site.outcome()

    assert outcome.error.kind is ErrorKind.INVALID
    said = f"{outcome.error.message} {outcome.detail}"
    for words in ("a symbolic link", "a hard link", "a named pipe", "a folder", "a socket"):
        assert words in said
    assert len(site.lying()) == 5
    assert site.archive.newest("fw-1") is None
    assert (tmp_path / "credentials.toml").read_bytes() == BACKUP


def test_a_link_in_the_place_of_taken_leads_nowhere(site, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (site.place.of("fw-1") / "taken").symlink_to(tmp_path / "elsewhere")
    site.push("Backup-1")

    outcome = site.outcome()

    assert outcome.error.kind is ErrorKind.DENIED
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert site.lying() == ["Backup-1"]
    assert site.archive.export("fw-1", site.identity) == BACKUP, "it is safe all the same"


@pytest.mark.parametrize("kind", ["link", "file", "nothing"])
def test_a_drop_folder_that_is_none_is_said_at_once(site, tmp_path, kind):
    here = site.place.of("fw-1")
    here.rmdir()
    if kind == "link":
        (tmp_path / "elsewhere").mkdir()
        here.symlink_to(tmp_path / "elsewhere")
    elif kind == "file":
        here.write_text("x")

    error = site.outcome().error

    assert error.kind is (ErrorKind.UNREACHABLE if kind == "nothing" else ErrorKind.DENIED)
    assert str(here) in error.message
    assert error.next_step


def test_names_that_fit_no_pattern_and_folders_of_no_device_are_named_and_left_alone(site):
    site.push("notes.txt")
    site.push(".hidden")
    (site.place.folder / "fw1").mkdir()
    (site.place.folder / "fw1" / "Backup-1").write_bytes(BACKUP)
    (site.place.folder / "loose").write_bytes(BACKUP)

    run = site.run()

    assert run.extra["strangers"] == ["fw1", "loose"]
    assert run.extra["left"] == ["fw-1/.hidden", "fw-1/notes.txt"]
    assert "notes.txt" in run.outcomes[0].detail
    assert site.lying() == [".hidden", "notes.txt"]


def test_hostile_names_are_harmless_everywhere(site):
    raw = b"Backup-\x1b[2J\n\xff\xe2\x80\xaeexe..conf"
    Path(os.fsdecode(os.fsencode(site.place.of("fw-1")) + b"/" + raw)).write_bytes(BACKUP)
    site.push("../x".replace("/", "\\"), BACKUP)
    long = "Backup-" + "x" * 248
    site.push(long, BACKUP + b"2")

    run = site.run()

    (outcome,) = run.outcomes
    assert outcome.result is Result.CHANGED, outcome
    told = outcome.detail + str(run.extra) + site.archive.log("fw-1")[0].record.to_json().decode()
    assert not set(told) & set("\x1b\u202e\udcff")
    assert len(site.taken()) == 2
    assert max(len(os.fsencode(name)) for name in site.taken()) <= 255
    assert site.ledger.noted("drop:fw-1").isascii()


def test_nothing_in_taken_is_ever_overwritten(site):
    stamp = f"20260115T180000Z-{hashlib.sha256(BACKUP).hexdigest()[:8]}-Backup-1"
    (site.place.of("fw-1") / "taken").mkdir()
    (site.place.of("fw-1") / "taken" / stamp).write_text("older")
    site.push("Backup-1")

    site.run()

    assert len(site.taken()) == 2
    assert (site.place.of("fw-1") / "taken" / stamp).read_text() == "older"


@pytest.mark.parametrize("step", ["session", "note", "take"])
def test_a_run_that_dies_between_two_steps_is_finished_by_the_next(site, step, monkeypatch):
    """Archive, ledger, folder: after a power cut the first one or two of them are done."""
    site.push("Backup-1")

    def dies(*_, **__):
        raise KeyboardInterrupt

    targets = {"session": (Archive, "session"), "note": (drop.arrivals, "write"), "take": (folder.DropFolder, "take")}
    with monkeypatch.context() as patched:
        patched.setattr(*targets[step], dies)
        with pytest.raises(KeyboardInterrupt):
            site.run()
    assert site.lying() == ["Backup-1"]

    outcome = site.outcome()

    assert outcome.result is (Result.CHANGED if step == "session" else Result.UNCHANGED)
    assert site.lying() == []
    assert len(site.taken()) == 1
    assert len(site.watch().arrivals) == 1
    assert len(site.archive.log("fw-1")) == 1
    assert site.archive.verify().faults == ()


def test_a_file_that_cannot_be_moved_arrives_once_and_its_age_is_not_hidden(site):
    site.push("Backup-1")
    (site.place.of("fw-1") / "taken").write_text("in the way")
    first = site.outcome()
    assert first.error.kind is ErrorKind.DENIED
    site.now += 27 * HOUR

    site.outcome()

    assert len(site.watch().arrivals) == 1
    assert site.watch().age(site.now) > 26 * HOUR


def test_a_device_that_stopped_sending_is_overdue_with_its_age_and_what_to_look_at(site):
    site.push("Backup-1")
    site.run()
    site.push("backup-2", BACKUP[::-1])
    site.now += 31 * HOUR

    outcome = site.outcome()

    assert outcome.result is Result.FAILED
    assert outcome.error.kind is ErrorKind.TIMEOUT
    assert "for 31 h" in outcome.error.message
    assert "26 h" in outcome.error.message
    assert "`Backup-1` of 2026-01-15T18:00:00Z" in outcome.error.message
    assert "Backup-*" in outcome.error.next_step
    assert "`backup-2`" in outcome.error.next_step, "the name that does not fit is the likely reason"


def test_one_that_never_sent_anything_is_overdue_after_the_same_time(site):
    assert "nothing yet" in site.outcome().detail
    site.now += 25 * HOUR
    assert site.outcome().result is Result.UNCHANGED
    site.now += 2 * HOUR

    outcome = site.outcome()

    assert outcome.error.kind is ErrorKind.TIMEOUT
    assert "none ever came" in outcome.error.message


@pytest.mark.parametrize("back", [timedelta(hours=3), timedelta(days=400)])
def test_a_clock_that_is_put_back_hides_no_age(site, back):
    site.push("Backup-1")
    site.run()
    site.now += 20 * HOUR
    site.run()
    site.now -= back
    assert site.outcome().result is Result.UNCHANGED
    site.now += 7 * HOUR

    outcome = site.outcome()

    assert outcome.error is not None
    assert outcome.error.kind is ErrorKind.TIMEOUT


def test_a_clock_that_jumps_back_and_forth_hides_no_age(site):
    site.push("Backup-1")
    site.run()
    for _ in range(30):
        site.now += 2 * HOUR
        site.run()
        site.now -= HOUR
        site.run()

    assert site.outcome().error.kind is ErrorKind.TIMEOUT


def test_the_time_that_a_file_says_of_itself_is_only_told(site):
    file = site.push("Backup-1")
    ahead = (site.now + timedelta(days=900)).timestamp()
    os.utime(file, (ahead, ahead))

    outcome = site.outcome()

    assert outcome.result is Result.CHANGED
    assert "900 days in the future" in outcome.detail
    assert site.watch().newest.at < site.now + HOUR
    site.now += 27 * HOUR
    assert site.outcome().error.kind is ErrorKind.TIMEOUT


def test_one_device_in_trouble_keeps_no_other_waiting(tmp_path):
    site = Site(tmp_path, devices=(device("fw-1"), device("fw-2"), device("esx-1", pattern="*.tgz")))
    site.place.of("fw-1").rmdir()
    site.push("Backup-1", to="fw-2")
    site.push("configBundle-esx-1.tgz", gzip.compress(BACKUP), to="esx-1")

    run = site.run()

    assert [outcome.result for outcome in run.outcomes] == [Result.FAILED, Result.CHANGED, Result.CHANGED]
    assert run.extra["files"] == 2
    site.close()


def test_a_device_without_a_drop_is_no_affair_of_it(site):
    run = site.run(replace(device(), drop=None))

    assert run.outcomes == ()


def test_two_runs_at_once_take_a_file_in_once(site):
    site.push("Backup-1")
    runs = []
    threads = [threading.Thread(target=lambda: runs.append(site.run())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(run.extra["files"] for run in runs) == [0, 1]
    assert len(site.taken()) == 1
    assert len(site.archive.log("fw-1")) == 1


def test_a_run_that_waits_too_long_for_another_says_for_whom(site, monkeypatch):
    monkeypatch.setattr(drop, "LOCK_SECONDS", 0.1)
    with held(site.place.lock, wait_seconds=0), pytest.raises(Busy, match="the drop folder is held by pid"):
        site.run()


def test_a_run_that_is_asked_to_stop_takes_nothing_more_and_leaves_all_where_it_is(site):
    site.push("Backup-1")

    outcome = site.outcome(stopping=lambda: True)

    assert outcome.result is Result.FAILED
    assert site.lying() == ["Backup-1"]


def test_without_an_archive_to_write_to_nothing_is_moved(site, monkeypatch):
    site.holders = site.holders[:1]
    site.push("Backup-1")

    with pytest.raises(CannotRun):
        site.run()

    assert site.lying() == ["Backup-1"]
    assert site.taken() == []


def test_a_folder_that_we_may_not_read_is_said(site):
    here = site.place.of("fw-1")
    site.push("Backup-1")
    root = os.geteuid() == 0
    here.chmod(0o700 if root else 0)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from dcops.jobs.pushed.folder import DropFolder\n"
        "from dcops.errors import DeviceError\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "try: DropFolder(Path(sys.argv[1]))\n"
        "except DeviceError as error: print(error.kind, error)\n"
    )
    site.folder.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", code, str(here)], capture_output=True, text=True, check=True)
    here.chmod(0o700)

    assert done.stdout.startswith("denied ")
    assert "pushed-files.md" in done.stdout


def test_a_large_file_needs_a_bounded_share_of_memory(site):
    """Four times the largest file and what Python itself needs: docs/reference/settings.md says so."""
    size = 60_000_000
    code = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r})
from pathlib import Path
from tests.jobs.test_drop import Site
site = Site(Path(sys.argv[1]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
site.push("Backup-1", b"x")
import random
with (site.place.of("fw-1") / "Backup-1").open("wb") as stream:
    for _ in range({size} // 1_000_000):
        stream.write(random.randbytes(1_000_000))
outcome = site.outcome()
assert outcome.result == "changed", outcome
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before)
"""
    place = site.folder / "large"
    place.mkdir()
    done = subprocess.run([sys.executable, "-c", code, str(place)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 4.5 * size + 20_000_000


def as_account(user, groups, work):
    """What an account with these rights comes to, in a process of its own; gives what it says."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            os.setgroups(groups)
            os.setgid(groups[0])
            os.setuid(user)
            said = repr(work())
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        said = stream.read()
    os.waitpid(child, 0)
    return said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two accounts")
def test_the_rights_of_the_page_let_the_sender_write_and_nothing_else():
    """As docs/how-to/pushed-files.md makes them: mode 3770, owned by dcops, in the group of the sender."""
    dcops, sender, other, group = 61001, 61002, 61003, 61012
    with tempfile.TemporaryDirectory(prefix="drop") as name:
        root = Path(name)
        root.chmod(0o755)
        here = root / "fw-1"
        here.mkdir()
        os.chown(here, dcops, group)
        here.chmod(0o3770)

        def push(name):
            os.umask(0o027)
            (here / name).write_bytes(BACKUP)
            return oct((here / name).stat().st_mode)

        def take():
            with folder.DropFolder(here) as opened:
                look = opened.look("Backup-*")
                lying = look.files["Backup-1"]
                with opened.open(lying) as file:
                    sha256 = file.digest(10**6)
                    content = file.content(sha256)
                return len(content), opened.take(lying, sha256, datetime(2026, 1, 15, tzinfo=UTC))

        assert as_account(sender, [group], lambda: push("Backup-1")) == "'0o100640'"
        assert as_account(dcops, [dcops, group], take).startswith("(5000, '20260115T000000Z-")
        assert [file.name for file in here.iterdir()] == ["taken"]
        for harm in (
            lambda: list((here / "taken").iterdir()),
            lambda: (here / "taken").rename(here / "gone"),
            lambda: (here / "taken").rmdir(),
            lambda: (here / "taken" / "x").write_text("x"),
        ):
            assert as_account(sender, [group], harm).startswith("PermissionError"), "the sender undoes nothing"
        assert as_account(other, [other], lambda: list(here.iterdir())).startswith("PermissionError")
        assert as_account(sender, [group], lambda: push("Backup-2")) == "'0o100640'", "and goes on sending"
