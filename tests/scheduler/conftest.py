"""Real supervisors and workers on a real ledger, started and killed as a bad night would."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dcops.jobs.runs import artefacts, lost
from dcops.jobs.runs.reconcile import HEARTBEAT_NOTE
from dcops.ledger.ledger import Ledger
from dcops.model.job import RunKey
from tests.databases import ledger_url, postgresql_server, postgresql_url, sqlite_url  # noqa: F401
from tests.soak import DRAW, SOAK

ROOT = Path(__file__).resolve().parents[2]
NIGHT = Path(__file__).with_name("night.py")
STARTED_WITHIN_SECONDS = 5
"""What is due before the first look of a daemon on a new ledger is none of its business."""
DUE = datetime(2026, 1, 14, 18, 0, tzinfo=UTC)


def ours(url):
    """Supervisors and workers of this ledger that still live."""
    return living(url.encode())


def left_behind():
    """Processes of the forking job that still live."""
    return living(b"dcops-test-left-behind")


def living(argument):
    found = []
    for folder in Path("/proc").iterdir():
        try:
            mentioned = folder.name.isdigit() and argument in (folder / "cmdline").read_bytes().split(b"\0")
            if mentioned and ") Z " not in (folder / "stat").read_text():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def wait_for(condition, seconds=60.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


class Bad:
    """A night with a ledger, a state folder, and processes that can be killed."""

    def __init__(self, url, state):
        self.url = url
        self.state = state
        self.ledger = Ledger.open(url)
        self.started = []

    def key(self, job):
        return RunKey(job, DUE)

    def supervise(self, job, *, soft=60.0, hard=60.0, attempt=1, **options):
        command = [sys.executable, str(NIGHT), "supervise", self.url, str(self.state), job, DUE.isoformat()]
        process = subprocess.Popen(
            [*command, str(soft), str(hard), str(attempt), "schedule"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            start_new_session=True,
            **options,
        )
        self.started.append(process)
        return process

    def serve(self, job, *, ahead):
        """The daemon, with its clock that far ahead."""
        log = (self.state.parent / "daemon.log").open("a")
        command = [sys.executable, str(NIGHT), "serve", self.url, str(self.state), job, str(ahead)]
        with log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, start_new_session=True
            )
        self.started.append(process)
        return process

    def daemon_log(self):
        return (self.state.parent / "daemon.log").read_text()

    def until_first_look(self):
        return wait_for(lambda: self.ledger.noted(HEARTBEAT_NOTE))

    def only_row(self, job, state=None, attempt=1):
        """The one row of a job, when it is in that state."""

        def found():
            rows = self.ledger.runs(job=job)
            assert len(rows) <= 1
            return rows and (state is None or (rows[0].state, rows[0].attempt) == (state, attempt)) and rows[0]

        return wait_for(found)

    def result(self, process):
        out, error = process.communicate(timeout=60)
        assert process.returncode == 0, error
        return json.loads(out.splitlines()[-1])

    def row(self, job):
        return self.ledger.get(self.key(job))

    def folder(self, job, attempt=1):
        return artefacts.folder(self.state, self.key(job), attempt)

    def log(self, job):
        file = self.folder(job) / artefacts.LOG
        return file.read_text() if file.exists() else ""

    def until_log(self, job, text):
        wait_for(lambda: text in self.log(job))
        return wait_for(lambda: (row := self.row(job)) and row.process_group and row)

    def until_log_of(self, row, text):
        file = self.state / row.artefact / artefacts.LOG
        wait_for(lambda: file.exists() and text in file.read_text())

    def sweep(self, *, later=0.0, **options):
        moment = datetime.now(UTC) + timedelta(seconds=later)
        return lost.sweep(self.ledger, node="host-1", state=self.state, now=moment, **options)

    def close(self):
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        for pid in ours(self.url):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in left_behind():
            os.kill(pid, signal.SIGKILL)
        self.ledger.close()


def until_the_hour():
    """How far a clock must be ahead to strike the hour as soon as a daemon has begun, also on a busy machine."""
    now = datetime.now(UTC)
    return ((60 - now.minute) * 60 - now.second - STARTED_WITHIN_SECONDS) % 3600


def pytest_collection_modifyitems(config, items):
    """What becomes of processes is the same with either database: each test has one today and the other tomorrow."""
    if SOAK:
        return
    left_out = set()
    both = {}
    for item in items:
        if "bad" in getattr(item, "fixturenames", ()):
            both.setdefault((item.path, item.originalname, _others(item)), []).append(item)
    for (_, name, _), variants in both.items():
        if len(variants) > 1:
            today = (zlib.crc32(name.encode()) + DRAW) % len(variants)
            left_out |= {*variants} - {variants[today]}
    if left_out:
        config.hook.pytest_deselected(items=sorted(left_out, key=items.index))
        items[:] = [item for item in items if item not in left_out]


def _others(item):
    """The parameters of a test besides its database."""
    return tuple(value for name, value in sorted(item.callspec.params.items()) if name != "ledger_url")


@pytest.fixture
def bad(ledger_url, tmp_path):  # noqa: F811
    night = Bad(ledger_url, tmp_path / "state")
    yield night
    night.close()


def ledger_of(lab):
    return Ledger.open(f"sqlite:///{lab.site}/state/ledger.sqlite")


@pytest.fixture
def site(lab):
    """The lab's site root, its dcops.toml given back afterwards, its ledger new."""
    file = lab.site / "dcops.toml"
    before = file.read_text()
    for old in (lab.site / "state").glob("ledger.sqlite*"):
        old.unlink()

    def write(text):
        # Whatever the lab schedules, these tests schedule their own.
        without_jobs = re.split(r"(?m)^\[jobs", before)[0]
        file.write_text(f"{without_jobs}\n{text}")
        return lab

    yield write
    file.write_text(before)
