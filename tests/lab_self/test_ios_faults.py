"""Each fault of a router, seen at the wire."""

from __future__ import annotations

import socket
import time

import paramiko
import pytest


def running(client, timeout=5):
    """The running configuration over an exec channel."""
    _, output, _ = client.exec_command("show running-config", timeout=timeout)
    return output.read().decode(errors="replace")


def test_refuse_closes_the_port(lab, edge):
    lab.fault(edge, "refuse")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(lab.place(edge), timeout=2)
    assert lab.control("DELETE", f"/devices/{edge}/fault")[0] == 200
    with lab.ssh(edge) as client:
        assert "\nend" in running(client)


def test_refuse_with_a_share_resets_some_connections(lab, edge):
    lab.fault(edge, "refuse", share=0.5)
    ends = set()
    deadline = time.monotonic() + 10
    while len(ends) < 2 and time.monotonic() < deadline:
        try:
            with socket.create_connection(lab.place(edge), timeout=2) as stream:
                ends.add(stream.recv(8)[:4])
        except ConnectionResetError:
            ends.add("reset")
    assert ends == {b"SSH-", "reset"}


def test_auth_fail_refuses_the_right_password(lab, edge):
    before = lab.counters(edge)["failed_logins"]
    lab.fault(edge, "auth_fail")
    with pytest.raises(paramiko.AuthenticationException), lab.ssh(edge):
        pass
    assert lab.counters(edge)["failed_logins"] > before


def test_hang_accepts_and_never_speaks(lab, edge):
    lab.fault(edge, "hang")
    with socket.create_connection(lab.place(edge), timeout=1) as stream, pytest.raises(TimeoutError):
        stream.recv(1)


def test_hang_in_the_middle_of_an_answer(lab, edge):
    lab.fault(edge, "hang", where="answer")
    with lab.ssh(edge) as client:
        _, output, _ = client.exec_command("show running-config", timeout=1)
        got = output.read(2000)
        assert got.startswith(b"\r\nBuilding configuration...")
        with pytest.raises(TimeoutError):
            output.read()


def test_drop_mid_answer_breaks_the_connection(lab, edge):
    with lab.shell(edge) as shell:
        shell.ask("terminal length 0")
        lab.fault(edge, "drop_mid_answer")
        shell.send("show running-config\r")
        text = ""
        with pytest.raises(EOFError) as broken:
            shell.until(f"{edge}#")
        text = str(broken.value)
    assert "Building configuration..." in text
    assert "\nend" not in text


def test_slow_delays_and_trickles_every_answer(lab, edge):
    with lab.ssh(edge) as client:
        start = time.monotonic()
        running(client)
        quick = time.monotonic() - start
    lab.fault(edge, "slow", delay_seconds=0.4)
    with lab.ssh(edge) as client:
        start = time.monotonic()
        text = running(client)
        slow = time.monotonic() - start
    assert text.rstrip().endswith("end")
    assert slow - quick > 0.6


def test_truncate_ends_with_a_prompt_as_if_all_were_well(lab, edge):
    lab.fault(edge, "truncate")
    with lab.shell(edge) as shell:
        shell.ask("terminal length 0")
        text = shell.ask("show running-config", f"{edge}#")
        assert text.startswith("Building configuration...")
        assert not text.rstrip().endswith("end")
        assert "Cisco IOS" in shell.ask("show version", f"{edge}#"), "other answers stay whole"


@pytest.mark.parametrize(
    ("variant", "says"), [("authorization", "% Authorization failed."), ("invalid", "% Invalid input detected")]
)
def test_error_document_takes_the_place_of_the_configuration(lab, edge, variant, says):
    lab.fault(edge, "error_document", variant=variant)
    with lab.shell(edge) as shell:
        shell.ask("terminal length 0")
        for command in ("show running-config", "show startup-config"):
            answer = shell.ask(command, f"{edge}#")
            assert says in answer
            assert "hostname" not in answer


def test_host_key_changed_shows_another_key(lab, edge):
    lab.fault(edge, "host_key_changed")
    with pytest.raises(paramiko.BadHostKeyException), lab.ssh(edge):
        pass


def test_session_expired_closes_right_after_the_login(lab, edge):
    lab.fault(edge, "session_expired")
    with lab.ssh(edge) as client:
        channel = client.invoke_shell()
        channel.settimeout(5)
        text = b""
        while more := channel.recv(4096):
            text += more
    assert b"timeout expired" in text
    assert not text.rstrip().endswith(b"#")


def test_reboot_drops_refuses_and_comes_back_without_what_was_not_saved(lab, edge):
    lab.control("POST", f"/devices/{edge}/change", {"lines": ["hostname unsaved"]})
    with lab.shell(edge) as shell:
        lab.fault(edge, "reboot", for_seconds=1)
        with pytest.raises((EOFError, OSError)):
            shell.until("never")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(lab.place(edge), timeout=2)
    assert lab.control("GET", f"/devices/{edge}")[1]["state"] == "booting"
    deadline = time.monotonic() + 5
    while lab.control("GET", f"/devices/{edge}")[1]["state"] != "up":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with lab.shell(edge) as shell:
        shell.ask("terminal length 0")
        assert "No configuration change since last restart" in shell.ask("show running-config")
        assert shell.ask("show running-config | include ^hostname") == f"hostname {edge}"
        assert f"{edge} uptime is 0 minutes" in shell.ask("show version")


def test_a_boot_is_as_quick_as_the_clock(lab, edge):
    lab.control("POST", "/clock", {"rate": 100})
    start = time.monotonic()
    lab.fault(edge, "reboot", for_seconds=60)
    while lab.control("GET", f"/devices/{edge}")[1]["state"] != "up":
        assert time.monotonic() - start < 10
        time.sleep(0.02)
    assert time.monotonic() - start >= 0.6


def test_a_fault_ends_by_itself(lab, edge):
    lab.fault(edge, "refuse", for_seconds=0.3)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(lab.place(edge), timeout=2)
    deadline = time.monotonic() + 5
    while True:
        try:
            socket.create_connection(lab.place(edge), timeout=2).close()
            break
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
