"""Cisco IOS over SSH: what a client meets at the wire."""

from __future__ import annotations

import asyncio
import re
import socket
import time

import asyncssh
import paramiko
import pytest
from napalm import get_network_driver

SHA1 = {
    "kex": ["diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1"],
    "keys": ["ssh-rsa"],
    "macs": ["hmac-sha1", "hmac-sha1-96"],
}


@pytest.mark.parametrize(("name", "model"), [("rtr-edge-1", "ISR4461/K9"), ("rtr-lan-1", "CISCO1921/K9")])
def test_napalm_cannot_tell_it_from_a_router(lab, name, model):
    address, port = lab.place(name)
    login = lab.login("ios-backup")
    device = get_network_driver("ios")(
        address,
        login["username"],
        login["password"],
        timeout=20,
        optional_args={
            "port": port,
            "secret": login["enable"],
            "ssh_strict": True,
            "alt_host_keys": True,
            "alt_key_file": str(lab.site / "trust" / "known_hosts"),
        },
    )
    device.open()
    try:
        assert device.is_alive() == {"is_alive": True}
        facts = device.get_facts()
        assert device.is_alive() == {"is_alive": True}
        configs = device.get_config()
        full = device.get_config(retrieve="running", full=True)
    finally:
        device.close()

    assert facts["vendor"] == "Cisco"
    assert facts["model"] == model
    assert facts["hostname"] == name
    assert facts["fqdn"] == f"{name}.dc.example.test"
    assert facts["uptime"] > 86400
    assert facts["serial_number"] not in ("", "Unknown")
    assert len(facts["interface_list"]) > 5
    for text in (configs["running"], configs["startup"]):
        assert f"\nhostname {name}\n" in text
        assert text.endswith("\nend")
        assert len(text.splitlines()) > 250
    assert len(full["running"]) > len(configs["running"])
    assert device.is_alive() == {"is_alive": False}


def handshake(lab, name, disabled):
    """Agree on algorithms with a router and give the transport; its host key is not looked at."""
    transport = paramiko.Transport(socket.create_connection(lab.place(name), timeout=5), disabled_algorithms=disabled)
    try:
        transport.start_client(timeout=5)
    finally:
        transport.close()
    return transport


@pytest.mark.parametrize("kind", SHA1)
def test_an_old_router_is_out_of_reach_without_sha1(lab, old, kind):
    assert handshake(lab, old, {}).host_key_type == "ssh-rsa"
    with pytest.raises(paramiko.ssh_exception.IncompatiblePeer):
        handshake(lab, old, {kind: SHA1[kind]})


@pytest.mark.parametrize("exchange", SHA1["kex"][:2])
def test_an_old_router_speaks_both_of_its_key_exchanges(lab, old, exchange):
    others = [name for name in SHA1["kex"] if name != exchange]
    with lab.ssh(old, disabled_algorithms={"kex": others}) as client:
        transport = client.get_transport()
        assert transport.host_key_type == "ssh-rsa"
        assert transport.remote_cipher in ("aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-cbc")
        assert transport.remote_mac == "hmac-sha1"


def test_a_current_router_needs_no_sha1(lab, edge):
    with lab.ssh(edge, disabled_algorithms=SHA1) as client:
        assert client.get_transport().host_key_type in ("rsa-sha2-512", "rsa-sha2-256")


def test_a_current_router_offers_no_sha1(lab, edge):
    preferred = {
        "kex": paramiko.Transport._preferred_kex,
        "keys": paramiko.Transport._preferred_keys,
        "macs": paramiko.Transport._preferred_macs,
    }
    for kind, algorithms in SHA1.items():
        with pytest.raises(paramiko.ssh_exception.IncompatiblePeer):
            handshake(lab, edge, {kind: [name for name in preferred[kind] if name not in algorithms]})


def test_every_character_is_echoed_as_it_is_typed(lab, edge):
    with lab.shell(edge) as shell:
        for sign in "show clock":
            shell.send(sign)
            assert shell.read() == sign
        shell.send("\r")
        assert "ICT" in shell.until("#")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\0"])
def test_any_line_end_and_stray_nul_ends_one_line(lab, edge, end):
    with lab.shell(edge) as shell:
        shell.send(f"show \0privilege{end}")
        shell.until("#")
        answer = shell.ask("show clock")
        assert "ICT" in answer


def test_a_typing_mistake_can_be_taken_back(lab, edge):
    with lab.shell(edge) as shell:
        shell.send("shoe\x7fw privilegX\x08e\r")
        assert "Current privilege level is 15" in shell.until("#")
        shell.send("nonsense\x15show privilege\r")
        assert "Current privilege level is 15" in shell.until("#")
        shell.send("never run\x03")
        shell.until("#")
        assert shell.ask("show privilege") == "Current privilege level is 15"


def test_a_login_on_the_old_router_needs_enable(lab, old):
    with lab.shell(old) as shell:
        assert "Invalid input" in shell.ask("show running-config")
        assert shell.ask("show privilege") == "Current privilege level is 1"
        shell.send("enable\r")
        shell.until("Password: ")
        shell.send("wrong\r")
        assert "% Access denied" in shell.until(">")
        shell.send("enable\r")
        shell.until("Password: ")
        shell.send(lab.login("ios-backup")["enable"] + "\r")
        answer = shell.until("#")
        assert lab.login("ios-backup")["enable"] not in answer, "a password is not echoed"
        assert shell.ask("show privilege") == "Current privilege level is 15"
        assert shell.ask("disable", ">") == ""


def test_long_answers_come_a_screen_at_a_time(lab, edge):
    with lab.shell(edge, height=24) as shell:
        shell.send("show running-config\r")
        first = shell.until(" --More-- ")
        assert first.count("\r\n") == 24  # the echo and 23 lines
        shell.send("\r")
        assert shell.until(" --More-- ").count("\r\n") == 1
        shell.send(" ")
        assert shell.until(" --More-- ").count("\r\n") == 23
        shell.send("q")
        shell.until("#")
        shell.ask("terminal length 0")
        whole = shell.ask("show running-config")
        assert "--More--" not in whole
        assert whole.rstrip().endswith("\nend")


def test_commands_may_be_cut_short(lab, edge):
    with lab.shell(edge) as shell:
        shell.ask("term len 0")
        whole = shell.ask("show running-config")
        for short in ("sh run", "show run", "wr t", "SHOW RUN"):
            assert shell.ask(short) == whole


def test_what_is_not_understood_is_said_as_a_router_says_it(lab, edge):
    with lab.shell(edge) as shell:
        prompt = f"{edge}#"
        caret, complaint = shell.ask("show nonsense").rstrip().splitlines()
        assert caret == " " * (len(prompt) + len("show ")) + "^"
        assert complaint == "% Invalid input detected at '^' marker."
        assert "% Incomplete command." in shell.ask("show")
        assert '% Ambiguous command:  "show in"' in shell.ask("show in")
        assert shell.ask("show running-config | include ^hostname") == f"hostname {edge}"
        assert "Incomplete" in shell.ask("show running-config | include")
        shell.send("show ip ?")
        assert "interface" in shell.until(f"{edge}#show ip ")


def test_a_mistyped_word_is_looked_up_as_a_name_where_lookup_is_on(lab, edge):
    with lab.shell(edge) as shell:
        assert "Translating" not in shell.ask("shwo")
        lab.control("POST", f"/devices/{edge}/change", {"lines": ["ip domain lookup"]})
        assert 'Translating "shwo"...domain server (255.255.255.255)' in shell.ask("shwo")
        lab.control("POST", f"/devices/{edge}/change", {"lines": ["no ip domain lookup"]})
        assert "Translating" not in shell.ask("shwo")


def test_configuration_mode_changes_the_prompt_and_nothing_else(lab, edge):
    before = lab.counters(edge)
    with lab.shell(edge) as shell:
        shell.ask("terminal length 0")
        untouched = shell.ask("show running-config | exclude ^!|^Current")
        header = shell.ask("show running-config | include Last configuration change")
        shell.send("configure terminal\r")
        assert shell.until("#").endswith(f"{edge}(config)#")
        shell.send("hostname stolen\r")
        answer = shell.until("#")
        assert "% Authorization failed." in answer
        assert answer.endswith(f"{edge}(config)#")
        shell.send("do show privilege\r")
        assert "level is 15" in shell.until("#")
        shell.send("end\r")
        assert shell.until("#").endswith(f"\r\n{edge}#")
        assert shell.ask("show running-config | exclude ^!|^Current") == untouched
        moved = shell.ask("show running-config | include Last configuration change")
        assert moved != header
        assert moved.endswith("by svc-dcops")
        for write in ("write memory", "copy running-config startup-config"):
            assert "% Authorization failed." in shell.ask(write)
    after = lab.counters(edge)
    assert after["config_mode_entries"] == before["config_mode_entries"] + 1
    assert after["writes"] == before["writes"] + 3
    assert after["flash_writes"] == before["flash_writes"] + 2


def test_reading_is_counted_and_writes_nothing(lab, edge):
    before = lab.counters(edge)
    with lab.shell(edge) as shell:
        shell.ask("terminal length 0")
        shell.ask("show running-config")
        shell.ask("show running-config")
    after = lab.counters(edge)
    assert after["logins"] == before["logins"] + 1
    assert after["commands"] == before["commands"] + 3
    assert after["requests"]["show running-config"] == before["requests"].get("show running-config", 0) + 2
    for kind in ("writes", "flash_writes", "config_mode_entries"):
        assert after[kind] == before[kind]


def test_a_command_on_an_exec_channel_is_answered_without_pager_or_prompt(lab, edge, old):
    with lab.ssh(edge) as client:
        _, output, _ = client.exec_command("show running-config", timeout=5)
        text = output.read().decode().replace("\r\n", "\n")
    assert text.startswith("\nBuilding configuration...\n\nCurrent configuration : ")
    assert text.endswith("\nend\n\n")
    with lab.ssh(old) as client:
        _, output, _ = client.exec_command("show running-config", timeout=5)
        assert "% Invalid input" in output.read().decode(), "a login in user mode may not see it"


def test_the_whole_answer_is_there_before_the_router_hangs_up(lab, edge):
    """asyncssh forgets at the close what it has not handed over: a router that closes early looks empty."""
    login = lab.login("ios-backup")
    address, port = lab.place(edge)

    async def ask():
        async with asyncssh.connect(
            address,
            port,
            username=login["username"],
            password=login["password"],
            known_hosts=str(lab.site / "trust" / "known_hosts"),
            config=None,
        ) as connection:
            return await connection.run("show running-config", timeout=5)

    for _ in range(5):
        assert asyncio.run(ask()).stdout.rstrip().endswith("\nend")


def test_banners_come_where_they_belong(lab, edge):
    with lab.ssh(edge) as client:
        assert b"Sessions are recorded" in client.get_transport().get_banner()
        channel = client.invoke_shell()
        channel.settimeout(5)
        text = ""
        while not text.endswith("#"):
            text += channel.recv(4096).decode()
    assert "Unauthorised access is prosecuted." in text
    assert "Sessions are recorded" not in text


def test_the_header_tells_the_size_of_what_follows(lab, edge):
    with lab.ssh(edge) as client:
        _, output, _ = client.exec_command("show running-config", timeout=5)
        text = output.read().decode().replace("\r\n", "\n")
    size, document = re.search(r"Current configuration : (\d+) bytes\n(.*)\n\Z", text, re.DOTALL).groups()
    assert len(document.encode()) == int(size)


def test_a_change_by_somebody_else_moves_the_header_and_not_the_startup(lab, edge):
    with lab.shell(edge) as shell:
        shell.ask("terminal length 0")
        startup = shell.ask("show startup-config")
        saved = shell.ask("show running-config | include NVRAM config")
        lines = [
            "interface GigabitEthernet0/0/3",
            " description changed by hand",
            "ip route 192.0.2.99 255.255.255.255 Null0",
        ]
        status, answer = lab.control("POST", f"/devices/{edge}/change", {"lines": lines, "user": "nightowl"})
        assert status == 200, answer
        running = shell.ask("show running-config")
        assert "\ninterface GigabitEthernet0/0/3\n description changed by hand\n" in running
        assert "\nip route 192.0.2.99 255.255.255.255 Null0\n" in running
        assert re.search(r"^! Last configuration change at .* by nightowl$", running, re.MULTILINE)
        assert saved in running
        assert shell.ask("show startup-config") == startup
        lab.control(
            "POST", f"/devices/{edge}/change", {"lines": ["no ip route 192.0.2.99 255.255.255.255 Null0"], "save": True}
        )
        assert "192.0.2.99" not in shell.ask("show running-config")
        assert "changed by hand" in shell.ask("show startup-config")


def test_a_configuration_may_hold_any_byte(lab, edge):
    line = "ip host odd quote \" and ' and .. and \x1b[31m and \udcff"
    lab.control("POST", f"/devices/{edge}/change", {"lines": [line]})
    with lab.ssh(edge) as client:
        _, output, _ = client.exec_command("show running-config", timeout=5)
        assert b"\r\nip host odd quote \" and ' and .. and \x1b[31m and \xff\r\n" in output.read()
    lab.control("POST", f"/devices/{edge}/change", {"lines": ["no ip host odd"]})


def test_the_old_router_corrects_its_clock_period(lab, old):
    """The line moves by itself, so that whoever compares has to ignore it."""

    def period():
        with lab.shell(old) as shell:
            shell.send("enable\r")
            shell.until("Password: ")
            shell.send(lab.login("ios-backup")["enable"] + "\r")
            shell.until("#")
            return shell.ask("show running-config | include clock-period")

    first = period()
    lab.control("POST", "/clock", {"rate": 3600})
    deadline = time.monotonic() + 5
    while period() == first:
        assert time.monotonic() < deadline
