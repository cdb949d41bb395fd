"""Each fault of a switch with a command line, seen at the wire."""

from __future__ import annotations

import socket
import time

import paramiko
import pytest

PLATFORMS = ("nxos", "procurve", "fos")
COMMANDS = {"nxos": "show startup-config", "procurve": "show system", "fos": "configshow -all"}
CONFIGURATIONS = {"nxos": "show running-config", "fos": "configshow -all"}


@pytest.fixture(params=PLATFORMS)
def platform(request):
    return request.param


@pytest.fixture
def box(lab, platform):
    return next(each["name"] for each in lab.endpoints["devices"] if each["platform"] == platform)


def answer(lab, box, platform, command, timeout=5):
    """The answer on a channel of its own."""
    with lab.ssh(box, f"{platform}-backup") as client:
        _, output, _ = client.exec_command(command, timeout=timeout)
        return output.read().decode(errors="replace")


def test_it_has_every_fault_of_a_device_over_ssh(lab, box):
    faults = lab.control("GET", f"/devices/{box}")[1]["faults"]

    assert set(faults) >= {"refuse", "auth_fail", "hang", "drop_mid_answer", "slow", "truncate", "error_document"}
    assert set(faults) >= {"host_key_changed", "session_expired", "reboot"}
    assert "wrong_certificate" not in faults


def test_refuse_closes_the_port(lab, box):
    lab.fault(box, "refuse")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(lab.place(box), timeout=2)


def test_auth_fail_refuses_the_right_password(lab, box, platform):
    lab.fault(box, "auth_fail")
    with pytest.raises(paramiko.AuthenticationException), lab.ssh(box, f"{platform}-backup"):
        pass


def test_another_host_key_is_shown(lab, box, platform):
    lab.fault(box, "host_key_changed")
    with pytest.raises(paramiko.BadHostKeyException), lab.ssh(box, f"{platform}-backup"):
        pass


def test_hang_accepts_and_never_speaks(lab, box):
    lab.fault(box, "hang")
    with socket.create_connection(lab.place(box), timeout=1) as stream, pytest.raises(TimeoutError):
        stream.recv(1)


def test_hang_in_the_middle_of_an_answer(lab, box, platform):
    whole = len(answer(lab, box, platform, COMMANDS[platform]))
    lab.fault(box, "hang", where="answer")
    with lab.ssh(box, f"{platform}-backup") as client:
        _, output, _ = client.exec_command(COMMANDS[platform], timeout=1)
        assert output.read(min(50, whole // 2))
        with pytest.raises(TimeoutError):
            output.read()


def test_drop_in_the_middle_of_an_answer(lab, box, platform):
    whole = answer(lab, box, platform, COMMANDS[platform])
    lab.fault(box, "drop_mid_answer")
    with lab.ssh(box, f"{platform}-backup") as client:
        _, output, _ = client.exec_command(COMMANDS[platform], timeout=5)
        got = output.read()

    assert 0 < len(got) < len(whole)


def test_slow_delays_every_answer(lab, box, platform):
    lab.fault(box, "slow", delay_seconds=0.4)
    start = time.monotonic()
    answer(lab, box, platform, COMMANDS[platform])

    assert time.monotonic() - start > 0.7


@pytest.mark.parametrize("platform", sorted(CONFIGURATIONS), indirect=True)
def test_truncate_gives_half_of_a_configuration_and_a_proper_end(lab, box, platform):
    whole = answer(lab, box, platform, CONFIGURATIONS[platform])
    lab.fault(box, "truncate")
    half = answer(lab, box, platform, CONFIGURATIONS[platform])

    assert 0.4 < len(half) / len(whole) < 0.6
    assert half.endswith("\n")


@pytest.mark.parametrize(
    ("platform", "variant", "words"),
    [
        ("nxos", "authorization", "% Permission denied"),
        ("nxos", "invalid", "% Invalid command"),
        ("fos", "authorization", "RBAC permission denied"),
        ("fos", "invalid", "Invalid operand"),
    ],
    indirect=["platform"],
)
def test_an_error_takes_the_place_of_a_configuration(lab, box, platform, variant, words):
    lab.fault(box, "error_document", variant=variant)

    assert words in answer(lab, box, platform, CONFIGURATIONS[platform])


def test_an_error_document_leaves_other_answers_alone(lab, box, platform):
    lab.fault(box, "error_document")

    assert len(answer(lab, box, platform, {"fos": "switchshow"}.get(platform, "show interfaces brief"))) > 100 or (
        platform == "nxos" and len(answer(lab, box, platform, "show version")) > 100
    )


def test_an_expired_session_ends_right_after_the_login(lab, box, platform):
    lab.fault(box, "session_expired")
    with lab.ssh(box, f"{platform}-backup") as client:
        channel = client.invoke_shell()
        channel.settimeout(5)
        text = b""
        while data := channel.recv(4096):
            text += data

    assert b"session was closed" in text


def test_a_reboot_loses_what_was_not_saved_where_the_system_does(lab, box, platform):
    line = "snmp.sysContact:reboot" if platform == "fos" else "! before the reboot"
    lab.control("POST", f"/devices/{box}/change", {"lines": [line]})
    lab.control("POST", "/clock", {"rate": 20})
    lab.fault(box, "reboot", for_seconds=4)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(lab.place(box), timeout=2)
    deadline = time.monotonic() + 10
    while lab.control("GET", f"/devices/{box}")[1]["state"] == "booting" and time.monotonic() < deadline:
        time.sleep(0.05)
    lab.control("POST", "/clock", {"rate": 1})

    if platform in CONFIGURATIONS:
        assert (line in answer(lab, box, platform, CONFIGURATIONS[platform])) == (platform == "fos")
