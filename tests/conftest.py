"""A lab on loopback for tests that go through the doors, and dcops as its users run it."""

import json
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from lab import platforms

ROOT = Path(__file__).resolve().parents[1]
DCOPS = str(Path(sys.executable).with_name("dcops"))


class Lab:
    """A running lab, and dcops on its site root."""

    def __init__(self, folder):
        self.folder = folder
        self.endpoints = json.loads((folder / "endpoints.json").read_text())
        self.site = Path(self.endpoints["site"])
        self.devices = {device["name"]: device for device in self.endpoints["devices"]}

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
        for name in self.devices:
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
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", **environment}
        return subprocess.run(
            [DCOPS, "-C", str(self.site), *arguments],
            capture_output=True,
            text=True,
            env=env,
            timeout=150,
            check=False,
        )

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


@pytest.fixture
def lab(small_lab):
    """The small lab without faults; its archive grows from test to test, as a site's does."""
    small_lab.heal()
    small_lab.settled()
    small_lab.limit(20)
    yield small_lab
    small_lab.heal()
