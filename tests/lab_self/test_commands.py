"""`python -m lab up`, `down` and `status`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import paramiko
import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def state(tmp_path, command):
    yield tmp_path / "lab"
    command("down", "--state", str(tmp_path / "lab"))


def up(command, state, *more):
    done = command("up", "--scale", "small", "--state", str(state), *more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_second_up_finds_the_first(command, state, running_lab):
    up(command, state)
    first = running_lab(state).endpoints["pid"]
    assert "already up" in up(command, state)
    assert running_lab(state).endpoints["pid"] == first
    assert "3 logins" not in command("status", "--state", str(state)).stdout
    assert command("down", "--state", str(state)).returncode == 0
    assert not (state / "endpoints.json").exists()
    assert command("status", "--state", str(state)).returncode == 1
    assert command("down", "--state", str(state)).returncode == 0


def test_two_labs_live_side_by_side(lab, command, state, running_lab):
    up(command, state)
    other = running_lab(state)
    assert other.endpoints["control"] != lab.endpoints["control"]
    assert {d["address"] for d in other.endpoints["devices"]}.isdisjoint(d["address"] for d in lab.endpoints["devices"])
    for one in (lab, other):
        with one.ssh("rtr-edge-1") as client:
            assert client.get_transport().is_authenticated()


def test_a_killed_lab_leaves_nothing_in_the_way(command, state, running_lab):
    up(command, state)
    process = running_lab(state).endpoints["pid"]
    os.kill(process, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while "down" not in command("status", "--state", str(state)).stdout:
        assert time.monotonic() < deadline
    # The number may belong to an innocent process by now: `down` must not touch it.
    (state / "lab.lock").write_text(f"{os.getpid()}\n")
    assert command("down", "--state", str(state)).returncode == 0
    assert "up, in" in up(command, state)
    assert running_lab(state).endpoints["pid"] != process


def test_keys_and_archive_outlive_the_lab(command, state, running_lab):
    up(command, state)
    holders = (state / "site/keys/holders.txt").read_text()
    host_key = (state / "keys/hosts/rtr-edge-1.pem").read_text()
    (state / "site/state").mkdir()
    (state / "site/state/kept").touch()
    command("down", "--state", str(state))
    up(command, state)
    assert (state / "site/keys/holders.txt").read_text() == holders
    assert (state / "keys/hosts/rtr-edge-1.pem").read_text() == host_key
    assert (state / "site/state/kept").exists()


def test_a_device_has_the_same_configuration_in_every_lab(lab, command, state, running_lab):
    up(command, state)

    def startup(one):
        with one.ssh("rtr-edge-1") as client:
            _, output, _ = client.exec_command("show startup-config | exclude ^!|^Using", timeout=5)
            return output.read()

    fresh = startup(running_lab(state))
    assert b"hostname rtr-edge-1" in fresh
    command("down", "--state", str(state))
    up(command, state)
    assert startup(running_lab(state)) == fresh


def test_the_reason_is_shown_when_it_does_not_come_up(command, tmp_path):
    done = command("up", "--scale", "enormous", "--state", str(tmp_path / "lab"))
    assert done.returncode == 2
    assert "neither small nor reference nor a number" in done.stderr
    done = command("up", "--scale", "0", "--state", str(tmp_path / "lab"))
    assert done.returncode == 2
    done = command("up", "--recordings", str(tmp_path / "nowhere"), "--state", str(tmp_path / "lab"))
    assert done.returncode == 2


def test_many_routers_share_few_host_keys(command, state, running_lab):
    done = command("up", "--scale", "300", "--state", str(state))
    assert done.returncode == 0, done.stderr
    lab = running_lab(state)
    devices = lab.endpoints["devices"]
    assert [devices[0]["name"], devices[-1]["name"]] == ["r0001", "r0300"]
    assert len({device["address"] for device in devices}) == 300
    keys = paramiko.HostKeys(str(lab.site / "trust" / "known_hosts"))
    assert len(keys) == 300
    assert len({keys[name]["ssh-rsa"].asbytes() for name in keys}) == 4
    with lab.ssh("r0300") as client:
        _, output, _ = client.exec_command("show running-config", timeout=5)
        assert b"hostname r0300" in output.read()


def test_a_delay_comes_before_every_answer(command, state, running_lab):
    up(command, state, "--delay", "0.3")
    with running_lab(state).ssh("rtr-edge-1") as client:
        start = time.monotonic()
        _, output, _ = client.exec_command("show clock", timeout=5)
        output.read()
        assert time.monotonic() - start >= 0.3


def test_in_the_foreground_it_runs_until_it_is_told_to_stop(state):
    command = [sys.executable, "-m", "lab", "up", "--foreground", "--scale", "small", "--state", str(state)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        try:
            lines = []
            while not lines or not lines[-1].startswith("site root"):
                lines.append(process.stdout.readline())
                assert lines[-1], "it ended before it was ready"
            endpoints = json.loads((state / "endpoints.json").read_text())
            assert endpoints["pid"] == process.pid
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
        finally:
            process.kill()
    assert not (state / "endpoints.json").exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((endpoints["devices"][0]["address"], endpoints["devices"][0]["port"]), timeout=2)
