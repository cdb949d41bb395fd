"""Files that devices push, through the command line: taken in, missed, killed in the middle, on a full disk."""

import json
import random
import re
import signal
import subprocess
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dcops.jobs.pushed import arrivals
from dcops.ledger.ledger import Ledger
from tests import warm
from tests.conftest import DCOPS
from tests.small_disk import fill, mounted

INVENTORY = """\
sites: [{name: main, title: Main, role: main}]
devices:
  - {name: fw-1, site: main, role: firewall, vendor: v, model: m, drop: {pattern: "Backup-*"}}
  - {name: esx-1, site: main, role: server, vendor: v, model: m, drop: {pattern: "configBundle*.tgz"}}
  - {name: ups-1, site: main, role: ups, vendor: v, model: m}
"""
SETTINGS = """\
[site]
name = "pushed"
language = "en"
[drop]
settle_seconds = 0.5
"""
CHANCE = random.Random(2026)


class Site:
    """A site root without a device that could be asked: all it has is pushed."""

    def __init__(self, root):
        self.root = root
        root.mkdir(exist_ok=True)
        (root / "dcops.toml").write_text(SETTINGS)
        (root / "inventory").mkdir()
        (root / "inventory" / "all.yaml").write_text(INVENTORY)
        for name in ("main", "dr"):
            self("archive", "keys", "create", name, "--identity", f"{root}/{name}.key")
        for name in ("fw-1", "esx-1"):
            (root / "drop" / name).mkdir(parents=True)

    def command(self, *words):
        return [DCOPS, "-C", str(self.root), *words]

    def __call__(self, *words, well=0):
        done = warm.run("-C", self.root, *words)
        assert done.returncode == well, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done

    def json(self, *words, well=0):
        return json.loads(self(*words, "--format", "json", well=well).stdout)

    def push(self, name, content=None, *, to="fw-1"):
        file = self.root / "drop" / to / name
        file.write_bytes(CHANCE.randbytes(50_000) if content is None else content)
        return file

    def run(self, *, well=0):
        """The job, as the scheduler runs it; gives what came of each device."""
        run = self.json("jobs", "run", "drop", "--quiet", well=well)["run"]
        result = json.loads((self.root / "state" / run["artefact"] / "result.json").read_text())
        return {item["device"]: item for item in result["items"]}, result["summary"]

    def taken(self, name="fw-1"):
        folder = self.root / "drop" / name / "taken"
        return sorted(file.name for file in folder.iterdir()) if folder.exists() else []

    def lying(self, name="fw-1"):
        return sorted(file.name for file in (self.root / "drop" / name).iterdir() if file.name != "taken")

    def exported(self, name="fw-1"):
        identity = f"{self.root}/dr.key"
        done = warm.run("-C", self.root, "archive", "export", name, "--to", "-", "--identity", identity, text=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path / "site")


def test_what_a_device_pushed_is_archived_told_and_can_be_given_back(site):
    content = site.push("Backup-2026-01-15").read_bytes()
    (site.root / "drop" / "fw1").mkdir()

    items, summary = site.run()

    assert items["fw-1"]["outcome"] == "changed"
    assert items["esx-1"]["outcome"] == "unchanged"
    assert set(items) == {"fw-1", "esx-1"}, "a device that pushes nothing is no affair of it"
    assert summary["strangers"] == ["fw1"]
    assert site.exported() == content
    assert site.lying() == []
    (name,) = site.taken()
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}-Backup-2026-01-15", name)
    assert "all well" in site("archive", "verify").stdout
    assert "file" in site("archive", "list").stdout
    site.run()
    assert "and 1 more" not in site("jobs", "history", "--all").stdout
    report = site.json("report", "nightly", well=1)
    told = {one["device"]: one for one in report["pushed_backups"]}
    assert told["fw-1"]["bytes"] == len(content)
    assert told["esx-1"]["last_arrival"] is None
    assert "pushed-unproven" not in {problem["problem"] for problem in report["problems"]}


def test_a_device_that_falls_silent_fails_the_job_and_stands_in_the_report(site):
    site.push("Backup-1")
    site.run()
    with Ledger.open(f"sqlite:///{site.root}/state/ledger.sqlite") as ledger:
        # Two days ago in all that the ledger knows of it.
        watch = arrivals.read(ledger, "fw-1")
        past = datetime.now(UTC) - timedelta(hours=50)
        old = replace(watch, first_seen=past, looked=past, since=past, arrivals=(replace(watch.newest, at=past),))
        arrivals.write(ledger, "fw-1", old)

    items, _ = site.run(well=1)

    assert items["fw-1"]["error"]["kind"] == "timeout"
    assert "for 50 h" in items["fw-1"]["error"]["message"]
    assert "Backup-*" in items["fw-1"]["error"]["next_step"]
    page = site("report", "nightly", "--format", "html", well=1).stdout
    assert "Sent no backup in time" in page
    assert "overdue (every 26 h)" in page


@pytest.mark.parametrize("moment", [0.0, 0.4, 0.7, 0.9, 1.1])
def test_killed_in_the_middle_nothing_is_lost_or_doubled(site, moment):
    """Supervisor and worker at once, at moments around the end of the settling time."""
    contents = {f"Backup-{number}": site.push(f"Backup-{number}").read_bytes() for number in range(6)}
    process = subprocess.Popen(
        site.command("jobs", "run", "drop", "--quiet"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 30
    while not (site.root / "state" / "drop.lock").exists():
        assert time.monotonic() < until, "it never began"
        time.sleep(0.01)
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()

    until = time.monotonic() + 60
    while site.lying():
        # The worker of the killed run dies with its supervisor, and the lock with the worker.
        assert time.monotonic() < until
        site.run()

    names = [name.split("-", 2)[2] for name in site.taken()]
    assert sorted(names) == sorted(contents)
    for name in site.taken():
        assert (site.root / "drop/fw-1/taken" / name).read_bytes() == contents[name.split("-", 2)[2]]
    versions = site.json("archive", "log", "fw-1")["versions"]
    assert len(versions) == 6
    assert site.json("archive", "verify")["summary"]["faults"] == 0
    with Ledger.open(f"sqlite:///{site.root}/state/ledger.sqlite") as ledger:
        assert sorted(one.name for one in arrivals.read(ledger, "fw-1").arrivals) == sorted(contents)


def test_two_runs_at_once_take_each_file_in_once(site):
    for number in range(4):
        site.push(f"Backup-{number}")
    site("jobs", "run", "drop", "--quiet", "--due", "2026-01-15T00:00:00Z")
    for number in range(4, 8):
        site.push(f"Backup-{number}")
    processes = [
        subprocess.Popen(
            site.command("jobs", "run", "drop", "--quiet", "--due", f"2026-01-15T01:00:0{number}Z"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    for process in processes:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said

    assert len(site.taken()) == 8
    assert len(site.json("archive", "log", "fw-1")["versions"]) == 8
    assert site.json("archive", "verify")["summary"]["faults"] == 0


def test_a_file_that_is_still_being_sent_is_left_until_it_is_whole(site):
    file = site.push("Backup-1", b"")
    stop = threading.Event()

    def send():
        while not stop.wait(0.05):
            with file.open("ab") as stream:
                stream.write(CHANCE.randbytes(2000))

    sender = threading.Thread(target=send)
    sender.start()
    try:
        time.sleep(0.2)
        items, _ = site.run()
    finally:
        stop.set()
        sender.join()
    assert items["fw-1"]["outcome"] == "unchanged"
    assert "still on its way" in items["fw-1"]["detail"]
    assert site.lying() == ["Backup-1"]

    items, _ = site.run()

    assert items["fw-1"]["outcome"] == "changed"
    assert site.exported() == (site.root / "drop/fw-1/taken" / site.taken()[0]).read_bytes()


def test_what_is_no_backup_fails_the_run_and_stays(site):
    site.push("Backup-1", b"<!doctype html><title>Sign in</title>" + bytes(2000))

    items, summary = site.run(well=1)

    assert items["fw-1"]["error"]["kind"] == "invalid"
    assert summary["left"] == ["fw-1/Backup-1"]
    assert site.lying() == ["Backup-1"]
    assert items["esx-1"]["outcome"] == "unchanged"


def test_a_full_disk_is_said_and_the_file_stays_until_there_is_room(tmp_path):
    with mounted(tmp_path / "small", "size=6m,mode=0700"):
        site = Site(tmp_path / "small" / "site")
        site.push("Backup-1", CHANCE.randbytes(700_000))
        site.run()
        content = site.push("Backup-2", CHANCE.randbytes(700_000)).read_bytes()
        ballast = tmp_path / "small" / "ballast"
        fill(ballast)
        site("jobs", "run", "drop", "--quiet", well=3)
        assert site.lying() == ["Backup-2"]
        assert len(site.taken()) == 1

        ballast.unlink()
        site.run()

        assert site.lying() == []
        assert site.exported() == content
        assert site.json("archive", "verify")["summary"]["faults"] == 0
