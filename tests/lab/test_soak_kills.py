"""`dcops` itself, killed at random moments at whatever it does to the archive: what it reported as stored stays."""

import json
import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from tests.conftest import DCOPS, bring_down, bring_up

ROUNDS = 50
LONGEST_SECONDS = 2.0


class Nights:
    """A lab of its own, whose devices change, and everything that backups reported of it."""

    def __init__(self, lab):
        self.lab = lab
        self.router = lab.of_platform("ios")
        self.chance = random.Random(4711)
        self.stored = {}
        """Device and revision, and the readable text that this version had when it was reported."""
        (self.identity,) = lab.folder.rglob("main.key")
        self.changes = 0
        self.longest = {}
        """How long each command takes, as far as it was seen."""

    def change(self):
        self.changes += 1
        lines = ["interface Loopback7", f" description change {self.changes}"]
        self.lab.call("POST", f"/devices/{self.router}/change", {"lines": lines})

    def commands(self):
        """Each with what it needs beforehand, so that there is something to do."""
        return {
            "backup": (self.change, ["backup", "--quiet", "--device", self.router]),
            "copy": (lambda: None, ["archive", "copy", "--quiet"]),
            "housekeeping": (lambda: None, ["jobs", "run", "housekeeping"]),
            "reseal": (
                self.another_holder,
                ["archive", "keys", "reseal", "--yes", "-q", "--identity", str(self.identity)],
            ),
        }

    def another_holder(self):
        """The third holder comes and goes."""
        holders = self.lab.site / "keys/holders.txt"
        names = holders.read_text()
        if "# third\n" in names:
            self.well("archive", "keys", "remove", "third", codes=(0, 1))
        else:
            key = self.lab.folder / f"third-{self.changes}-{time.monotonic_ns()}.key"
            self.well("archive", "keys", "create", "third", "--identity", str(key))

    def well(self, *words, codes=(0,)):
        done = self.lab.dcops(*words)
        assert done.returncode in codes, (words, done.stdout, done.stderr)
        return done

    def kill_one(self, number):
        """Begin the next of them and kill it, with what it started or without."""
        commands = self.commands()
        name = list(commands)[number % len(commands)]
        prepare, words = commands[name]
        prepare()
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        quiet = subprocess.DEVNULL
        with subprocess.Popen(
            [DCOPS, "-C", str(self.lab.site), *words], stdout=quiet, stderr=quiet, env=env, start_new_session=True
        ) as process:
            began = time.monotonic()
            try:
                process.wait(self.chance.uniform(0.1, self.longest.get(name, LONGEST_SECONDS)))
            except subprocess.TimeoutExpired:
                killed = True
                (os.killpg if self.chance.random() < 0.5 else os.kill)(process.pid, signal.SIGKILL)
            else:
                # It ended by itself: next time it is met earlier.
                killed = False
                self.longest[name] = 0.9 * (time.monotonic() - began)
        return name, killed

    def complete(self):
        """The next backup, which nobody kills, waits for what the killed one held and stores what changed."""
        self.change()
        words = ("backup", "--format", "json", "--quiet", "--device", self.router)
        until = time.monotonic() + 90
        while (done := self.lab.dcops(*words)).returncode != 0:
            # The device is locked as long as the killed run may still be alive, for all that others know.
            assert "Traceback" not in done.stderr, done.stderr
            assert time.monotonic() < until, (done.stdout, done.stderr)
            time.sleep(1)
        summary = json.loads(done.stdout)["summary"]
        assert summary["changed"] == 1, done
        text = self.well("archive", "show", self.router, "--at", summary["revision"]).stdout
        assert f"description change {self.changes}" in text
        self.stored[self.router, summary["revision"]] = text

    def assert_nothing_lost(self, most=3):
        """`archive verify` is clean, and what was reported is there; all of it, or some."""
        verified = json.loads(self.well("archive", "verify", "--format", "json", "--quiet").stdout)
        assert verified["faults"] == []
        wanted = list(self.stored.items())
        for (device, revision), text in self.chance.sample(wanted, min(most, len(wanted))):
            assert self.well("archive", "show", device, "--at", revision).stdout == text
        return verified


@pytest.fixture
def nights(tmp_path):
    lab = bring_up(tmp_path / "lab", "--scale", "small")
    try:
        settings = lab.site / "dcops.toml"
        settings.write_text(settings.read_text() + f'\n[copy]\nto = "{tmp_path / "dr"}"\n')
        yield Nights(lab)
    finally:
        bring_down(tmp_path / "lab")
        shutil.rmtree(tmp_path / "dr", ignore_errors=True)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_fifty_kills_of_backup_copy_housekeeping_and_reseal(nights):
    nights.well("backup", "--quiet", codes=(0, 1))
    nights.complete()
    met = []
    for number in range(ROUNDS):
        met.append(nights.kill_one(number))
        nights.assert_nothing_lost()
        nights.complete()

    assert {name for name, killed in met if killed} == set(nights.commands()), "each of them was met at work"
    nights.another_holder()
    for name, (_, words) in nights.commands().items():
        until = time.monotonic() + 120
        while (done := nights.lab.dcops(*words)).returncode not in (0, 1):
            assert time.monotonic() < until, (name, done.stderr)
            time.sleep(1)
    nights.assert_nothing_lost(most=1000)
    # What was sealed anew is to be brought there too.
    nights.well("archive", "copy", "--quiet")
    nights.well("archive", "verify", "--copy", "--quiet")
    half = [path for path in nights.lab.site.rglob("*") if path.name.endswith((".tmp", ".part"))]
    assert len(half) <= ROUNDS, "what is left is bounded"
