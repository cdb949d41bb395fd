"""A lab on loopback for tests that go through the doors, and dcops as its users run it."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from lab import platforms
from tests import warm
from tests.snmpd import MISSING, PROGRAM, Snmpd
from tests.soak import DRAW, SOAK

ROOT = Path(__file__).resolve().parents[1]
DCOPS = warm.DCOPS
LONGEST = (
    "tests/scheduler/test_serve.py",
    "tests/install/test_install.py",
    "tests/contract/test_recordings.py",
    "tests/contract/test_faults.py",
    "tests/contract/test_secret_corpus.py",
    "tests/contract/test_drivers.py",
    "tests/scheduler/test_runs.py",
    "tests/scheduler/test_commands.py",
    "tests/archive/copies/test_interrupted.py",
    "tests/lab/",
    "tests/scheduler/",
    "tests/cli/",
    "tests/archive/",
    "tests/exporters/",
)
"""Files that wait for devices and processes, those that take longest first: whoever is done early takes short ones."""


def pytest_configure():
    # A shell that starts the suite in the background lets it, and every process it starts, ignore Ctrl-C.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header():
    return f"{'soaking' if SOAK else 'samples'} drawn with DCOPS_DRAW={DRAW}"


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: next((n for n, start in enumerate(LONGEST) if item.nodeid.startswith(start)), 99))


class Lab:
    """A running lab, and dcops on its site root."""

    def __init__(self, folder):
        self.folder = folder
        self.endpoints = json.loads((folder / "endpoints.json").read_text())
        self.site = Path(self.endpoints["site"])
        everything = {device["name"]: device for device in self.endpoints["devices"]}
        self.boxes = {name: device for name, device in everything.items() if device["platform"] == "snmp"}
        """What speaks SNMP and nothing else: a UPS, a PDU."""
        self.vcenters = {name: device for name, device in everything.items() if device["platform"] == "vcenter"}
        self.devices = {name: everything[name] for name in everything if name not in {**self.boxes, **self.vcenters}}

    def of_platform(self, platform):
        """The first device of a platform; a test that needs one is left out where this machine cannot simulate it."""
        names = [name for name, device in self.devices.items() if device["platform"] == platform]
        if not names:
            reason = platforms.BY_NAME[platform].why_not()
            assert reason, f"{platform} has no device in the lab, and no reason is given"
            pytest.skip(f"{platform}: {reason}")
        return names[0]

    def call(self, method, path, body=None):
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(
            self.endpoints["control"] + path, data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    def fault(self, device, kind, **options):
        self.call("POST", f"/devices/{device}/fault", {"kind": kind, **options})

    def heal(self):
        for name in (*self.devices, *self.boxes, *self.vcenters):
            self.call("DELETE", f"/devices/{name}/fault")

    def limit(self, seconds):
        """How long each device may take."""
        file = self.site / "dcops.toml"
        text = re.sub(r"device_limit_seconds = \d+", f"device_limit_seconds = {seconds}", file.read_text())
        file.write_text(text)

    def section(self, name):
        """A section of dcops.toml as it stands there; empty when there is none."""
        found = re.search(rf"(?ms)^\[{name}\]\n.*?(?=^\[|\Z)", (self.site / "dcops.toml").read_text())
        return found[0] if found else ""

    def settled(self, patience_seconds=30):
        """Wait until no device boots any more: a reboot outlives its healing."""
        until = time.monotonic() + patience_seconds
        while booting := [one["name"] for one in self.call("GET", "/devices")["devices"] if one["state"] == "booting"]:
            assert time.monotonic() < until, f"{booting} never came back"
            time.sleep(0.1)

    def counters(self, device):
        return self.call("GET", f"/devices/{device}")["counters"]

    def dcops(self, *arguments, **environment):
        """Run dcops on the site root, forked from a process that has imported it already."""
        return warm.run("-C", str(self.site), *arguments, env=self._environment(environment))

    def script(self, *arguments, **environment):
        """Run dcops on the site root as it is installed: the script itself, from nothing."""
        return subprocess.run(
            [DCOPS, "-C", str(self.site), *arguments],
            capture_output=True,
            text=True,
            env=self._environment(environment),
            timeout=150,
            check=False,
        )

    @staticmethod
    def _environment(more):
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **more}

    def backup(self, *arguments):
        """`dcops backup` as JSON: the exit code, the items by device, the summary."""
        done = self.dcops("backup", "--format", "json", "--quiet", *arguments)
        assert done.returncode in (0, 1), done.stderr
        result = json.loads(done.stdout)
        return done.returncode, {item["device"]: item for item in result["items"]}, result["summary"]


def bring_up(folder, *arguments):
    subprocess.run(
        [sys.executable, "-m", "lab", "up", "--state", str(folder), *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=90,
    )
    return Lab(folder)


def bring_down(folder):
    subprocess.run([sys.executable, "-m", "lab", "down", "--state", str(folder)], cwd=ROOT, check=True, timeout=60)


@pytest.fixture(scope="session")
def small_lab(tmp_path_factory):
    """One device of each simulated kind."""
    folder = tmp_path_factory.mktemp("lab")
    yield bring_up(folder, "--scale", "small")
    bring_down(folder)


@pytest.fixture(scope="session")
def snmpd(tmp_path_factory):
    """Debian's SNMP agent; what needs it is left out where it is not installed."""
    if not PROGRAM.exists():
        pytest.skip(MISSING)
    running = Snmpd(tmp_path_factory.mktemp("snmpd"))
    yield running
    running.close()


@pytest.fixture
def lab(small_lab):
    """The small lab without faults; its archive grows from test to test, as a site's does."""
    small_lab.heal()
    small_lab.settled()
    small_lab.limit(20)
    yield small_lab
    small_lab.heal()
