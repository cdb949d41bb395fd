"""A small lab on loopback for the whole session, healed after each test."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko
import pytest
import urllib3

PROJECT = Path(__file__).resolve().parents[2]


def lab_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m lab` and give what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "lab", *arguments], cwd=PROJECT, capture_output=True, text=True, timeout=90, check=False
    )


@dataclass(frozen=True)
class RunningLab:
    """A lab that is up, as a test uses it."""

    state: Path

    @property
    def endpoints(self) -> dict[str, Any]:
        return json.loads((self.state / "endpoints.json").read_text())

    @property
    def site(self) -> Path:
        return self.state / "site"

    def control(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """One call of the control interface: status and answer."""
        request = urllib.request.Request(
            self.endpoints["control"] + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def fault(self, device: str, kind: str, **options: object) -> None:
        status, answer = self.control("POST", f"/devices/{device}/fault", {"kind": kind, **options})
        assert status == 200, answer

    def counters(self, device: str) -> dict[str, Any]:
        return self.control("GET", f"/devices/{device}")[1]["counters"]

    def place(self, device: str) -> tuple[str, int]:
        entry = next(entry for entry in self.endpoints["devices"] if entry["name"] == device)
        return entry["address"], entry["port"]

    def login(self, credential: str) -> dict[str, str]:
        return tomllib.loads((self.site / "credentials.toml").read_text())[credential]

    # ---- IOS -----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def ssh(self, device: str, credential: str = "ios-backup", **options: Any) -> Iterator[paramiko.SSHClient]:
        """A logged-in client that trusts the site root's host keys and no others."""
        address, port = self.place(device)
        login = self.login(credential)
        client = paramiko.SSHClient()
        client.load_host_keys(str(self.site / "trust" / "known_hosts"))
        settings = {
            "username": login["username"],
            "password": login["password"],
            "timeout": 5,
            "banner_timeout": 5,
            "auth_timeout": 5,
            "allow_agent": False,
            "look_for_keys": False,
        }
        try:
            client.connect(address, port, **(settings | options))
            yield client
        finally:
            client.close()

    @contextlib.contextmanager
    def shell(self, device: str, credential: str = "ios-backup", **terminal: int) -> Iterator[Shell]:
        """A shell that stands at its first prompt."""
        with self.ssh(device, credential) as client:
            shell = Shell(client.invoke_shell(width=200, **terminal))
            shell.until("#", ">")
            yield shell

    # ---- PAN-OS --------------------------------------------------------------------------------

    @contextlib.contextmanager
    def api(self, device: str, credential: str = "panos-backup") -> Iterator[Api]:
        """The XML API over TLS, verified against the site root's authority."""
        address, port = self.place(device)
        pool = urllib3.HTTPSConnectionPool(
            address, port, ca_certs=str(self.site / "trust" / "ca.pem"), timeout=5, retries=False
        )
        try:
            yield Api(pool, self.login(credential))
        finally:
            pool.close()


class Shell:
    """A shell as somebody who types sees it."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self.channel = channel
        self.channel.settimeout(5)

    def send(self, text: str | bytes) -> None:
        self.channel.sendall(text.encode() if isinstance(text, str) else text)

    def read(self) -> str:
        return self.channel.recv(65536).decode(errors="replace")

    def until(self, *ends: str) -> str:
        """Everything up to the first of these ends; EOFError when the other side closed first."""
        text = ""
        while not text.endswith(ends):
            more = self.read()
            if not more:
                raise EOFError(text)
            text += more
        return text

    def ask(self, command: str, *ends: str) -> str:
        """Type a command and give its answer without echo and prompt."""
        self.send(f"{command}\r")
        text = self.until(*(ends or ("#", ">"))).replace("\r\n", "\n")
        assert text.startswith(f"{command}\n"), text[:200]
        return text.removeprefix(f"{command}\n").rpartition("\n")[0]


class Api:
    """The XML API of one firewall."""

    def __init__(self, pool: urllib3.HTTPSConnectionPool, login: dict[str, str]) -> None:
        self.pool = pool
        self.account = {"user": login["username"], "password": login["password"]}
        self.key = ""

    def post(self, **fields: str) -> urllib3.BaseHTTPResponse:
        return self.pool.request("POST", "/api/", fields=fields, encode_multipart=False)

    def keygen(self) -> str:
        answer = self.post(type="keygen", **self.account).data.decode()
        self.key = answer.partition("<key>")[2].partition("</key>")[0]
        assert self.key, answer
        return self.key

    def ask(self, **fields: str) -> urllib3.BaseHTTPResponse:
        """A request with a key; the first one gets it."""
        return self.post(key=self.key or self.keygen(), **fields)

    def op(self, command: str) -> str:
        return self.ask(type="op", cmd=command).data.decode()

    def export(self) -> urllib3.BaseHTTPResponse:
        return self.ask(type="export", category="configuration")


@pytest.fixture(scope="session")
def session_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    state = tmp_path_factory.mktemp("lab")
    done = lab_command("up", "--scale", "small", "--state", str(state))
    assert done.returncode == 0, done.stdout + done.stderr
    yield RunningLab(state)
    assert lab_command("down", "--state", str(state)).returncode == 0


@pytest.fixture
def lab(session_lab: RunningLab) -> Iterator[RunningLab]:
    yield session_lab
    session_lab.control("POST", "/scenario/calm", {})
    for device in session_lab.control("GET", "/devices")[1]["devices"]:
        assert device["fault"] is None


@pytest.fixture
def edge(lab: RunningLab) -> str:
    """The ISR 4461: current algorithms, privilege 15 at login."""
    return "rtr-edge-1"


@pytest.fixture
def old(lab: RunningLab) -> str:
    """The 1921: SHA-1 only, user mode at login."""
    return "rtr-lan-1"


@pytest.fixture
def wall(lab: RunningLab) -> str:
    """The PA-3220."""
    return "fw-main-1"


@pytest.fixture
def command():
    """`python -m lab` with arguments."""
    return lab_command


@pytest.fixture
def running_lab():
    """Makes a RunningLab of a state folder."""
    return RunningLab
