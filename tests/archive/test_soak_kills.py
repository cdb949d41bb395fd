"""Killed at random moments, whatever it is doing to the archive: nothing that was reported as stored is lost."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyrage import x25519

from dcops.archive import leftovers
from dcops.archive.archive import Archive
from dcops.archive.lock import held
from dcops.archive.site_key import SiteKey
from tests.archive.restless import DEVICES, OPS, text_of

RESTLESS = Path(__file__).with_name("restless.py")
KEY = SiteKey(bytes(range(32)))


class Story:
    """One archive, its second stores, and everything that workers ever said of it."""

    def __init__(self, root):
        self.root = root
        (root / "keys").mkdir()
        self.identities = [str(x25519.Identity.generate()) for _ in range(3)]
        self.stored = {}
        """Worker and number of a run, and its commit."""
        self.let_go = set()
        """Sealed files that a worker began to prune, by the names that versions list."""
        self.seen = []
        self.chance = random.Random(0)

    def start(self, name, seed, ops=OPS, rounds=0):
        words = {"root": str(self.root), "name": name, "seed": seed, "ops": ops, "rounds": rounds}
        words |= {"key": KEY.key.hex(), "identities": self.identities}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [sys.executable, str(RESTLESS), json.dumps(words)],
            stdout=pipe,
            stderr=pipe,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )

    def listen(self, worker, name):
        """Take down what a worker said until its end; gives what it was at."""
        said, errors = worker.stdout.read(), worker.stderr.read()
        at = ""
        for line in said.splitlines():
            word, *rest = line.split()
            if word == "stored":
                self.stored[name, int(rest[0])] = rest[1]
            elif word == "letting-go":
                self.let_go.add(rest[0])
            elif word == "began":
                at = rest[0]
            self.seen.append(line)
        return at, errors

    @property
    def archive(self):
        return Archive.open(self.root / "archive", site_key=KEY)

    def wait_for_git(self):
        """A git that outlived its parent holds the lock until it is done."""
        if (self.root / "archive").is_dir():
            with held(self.root / "archive/lock", wait_seconds=60):
                pass

    def assert_nothing_lost(self, *, older=20):
        """All that was reported is in the history; the newest versions and some older ones are opened."""
        if not (self.root / "archive/readable.git").exists():
            assert not self.stored
            return
        inspection = self.archive.verify()
        assert inspection.faults == ()
        history = {
            version.revision: version
            for summary in self.archive.devices()
            for version in self.archive.log(summary.device)
        }
        assert {revision for revision in self.stored.values() if revision not in history} == set()
        identity = "\n".join(self.identities)
        for summary in self.archive.devices():
            worker, newest = summary.device.rpartition("-")[0], None
            versions = self.archive.log(summary.device)
            for version in (*versions[:3], *self.chance.sample(versions[3:], min(older, len(versions[3:])))):
                text = self.archive.show(summary.device, version.revision)
                number = int(text.split()[1])
                newest = number if newest is None else newest
                assert text == text_of(worker, number)
                (document,) = version.record.documents.values()
                if self.archive.fates().of(document).pruned:
                    assert number < newest, "the newest version is never let go"
                    assert document.sealed in self.let_go, "nobody pruned it"
                else:
                    exact = self.archive.export(summary.device, identity, version.revision)
                    assert exact == f"{text}{number}".encode()
            last = max((number for name, number in self.stored if name == worker), default=0)
            assert newest >= last, "a run that was reported is gone"
        for name in {device.rpartition("-")[0] for device in (one.device for one in self.archive.devices())}:
            numbers = {int(self.archive.show(f"{name}-{device}").split()[1]) for device in range(DEVICES)}
            assert len(numbers) == 1, "a state of two runs"
        for place in self.root.glob("dr-*/archive/readable.git/refs/heads/main"):
            assert Archive.open(place.parents[3]).verify().faults == (), place


def kill(chance, worker):
    """With its git, or without: then that lives on for a moment and finishes what it was told."""
    (os.killpg if chance.random() < 0.5 else os.kill)(worker.pid, signal.SIGKILL)


def play(story, rounds, seed, names):
    chance = random.Random(seed)
    at = []
    for number in range(rounds):
        workers = {name: story.start(name, chance.random()) for name in names}
        for worker in workers.values():
            assert worker.stdout.readline() == "ready\n", worker.stderr.read()
        time.sleep(chance.uniform(0.02, 1.5))
        for worker in workers.values():
            kill(chance, worker)
        for name, worker in workers.items():
            with worker:
                doing, errors = story.listen(worker, name)
            assert errors == "", (number, errors)
            at.append(doing)
        story.wait_for_git()
        story.assert_nothing_lost()
    return at


def complete(story, names):
    """The next runs, which nobody kills, do everything once."""
    for name in names:
        with story.start(name, 1, rounds=1) as worker:
            assert worker.stdout.readline() == "ready\n", worker.stderr.read()
            _, errors = story.listen(worker, name)
        assert (worker.returncode, errors) == (0, "")
    for op in OPS:
        assert f"done {op}" in story.seen
    assert "copied True" in story.seen
    story.assert_nothing_lost(older=1000)


def assert_tidy(story):
    """What was left is bounded, and all of it goes once it is a day old."""
    leftovers.tidy(story.root / "archive", now=datetime.now(UTC) + timedelta(days=2), lock_seconds=60)
    assert story.archive.verify().notes == ()
    strangers = [path for path in (story.root / "archive").rglob("*") if ".tmp" in path.name or "tmp_" in path.name]
    assert strangers == []


def test_a_few_kills_at_random_moments_lose_nothing(tmp_path):
    story = Story(tmp_path)

    play(story, 2, 20260117, ("one", "two"))

    complete(story, ("one", "two"))
    assert_tidy(story)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("names", [("one",), ("one", "two")], ids=["one", "two at once"])
def test_fifty_kills_at_random_moments_lose_nothing(tmp_path, names):
    story = Story(tmp_path)

    at = play(story, 50, 4711 + len(names), names)

    assert set(at) >= set(OPS), "every kind of work was met"
    complete(story, names)
    assert_tidy(story)
