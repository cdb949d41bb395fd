"""Switches with a command line, as somebody sees them who types."""

from __future__ import annotations

import re

import pytest

PLATFORMS = ("nxos", "procurve", "fos")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b.")


@pytest.fixture
def name(lab):
    """The device of a platform."""

    def name(platform):
        return next(each["name"] for each in lab.endpoints["devices"] if each["platform"] == platform)

    return name


class Typed:
    """A shell of one switch."""

    def __init__(self, client, pages=24):
        self.channel = client.invoke_shell(width=200, height=pages)
        self.channel.settimeout(5)

    def until(self, pattern):
        text = ""
        while not re.search(pattern, ESCAPE.sub("", text)):
            more = self.channel.recv(65536).decode(errors="replace")
            if not more:
                raise EOFError(text)
            text += more
        return text

    def ask(self, line, prompt=r"[#>] ?$"):
        self.channel.sendall(f"{line}\r".encode())
        return self.until(prompt)


@pytest.fixture
def shell(lab, name):
    """Logs in to the device of a platform and stands at its first prompt."""
    opened = []

    def shell(platform, pages=24):
        manager = lab.ssh(name(platform), f"{platform}-backup")
        typed = Typed(manager.__enter__(), pages)
        opened.append(manager)
        if platform == "procurve":
            typed.until("Press any key to continue")
            typed.channel.sendall(b" ")
        typed.until(r"[#>] ?$")
        return typed

    yield shell
    for manager in opened:
        manager.__exit__(None, None, None)


def test_a_nexus_shows_its_configuration_with_the_time_of_day(shell):
    nexus = shell("nxos")
    nexus.ask("terminal length 0")
    text = nexus.ask("show running-config")

    assert "!Time: " in text
    assert re.search(r"\nversion 9\.3", text)
    assert "line vty" in text


def test_words_may_be_cut_short_where_the_system_lets_them(shell):
    nexus, fabric = shell("nxos"), shell("fos")
    nexus.ask("term len 0")

    assert "line vty" in nexus.ask("sh run")
    assert "command not found" in fabric.ask("switchsh")


def test_the_pager_stops_after_a_screen_and_goes_on_at_a_key(shell):
    nexus = shell("nxos")
    first = nexus.ask("show running-config", "--More-- $")
    assert first.count("\n") < 30
    nexus.channel.sendall(b" ")

    assert nexus.until(r"--More-- $").count("\n") > 10


def test_a_procurve_paints_every_character(shell, name):
    switch = shell("procurve")
    raw = switch.ask("show modules")

    assert "\x1b[24;" in raw
    assert "\x1bE" in raw
    assert "show modules" not in raw
    assert "show modules" in re.sub(r"\x1b\[24;\d+H|\x1b\[\?25h", "", raw)


def test_a_procurve_hides_its_configuration_until_enable_and_its_password(lab, shell, name):
    switch = shell("procurve", pages=0)
    assert "Invalid input" in switch.ask("show running-config")

    switch.channel.sendall(b"enable\r")
    switch.until("Password: $")
    assert "Invalid password" in switch.ask("wrong")
    switch.channel.sendall(b"enable\r")
    switch.until("Password: $")
    raw = switch.ask(lab.login("procurve-backup")["enable"], r"# ?$")

    assert f"{name('procurve')}#" in ESCAPE.sub("", raw)
    assert lab.login("procurve-backup")["enable"] not in raw
    switch.ask("no page")
    assert "vlan 1" in switch.ask("show running-config")


@pytest.mark.parametrize(
    ("platform", "line", "answer", "flash"),
    [
        ("nxos", "configure terminal", "% Permission denied", False),
        ("nxos", "copy running-config startup-config", "% Permission denied", True),
        ("nxos", "write erase", "% Permission denied", True),
        ("fos", "configdownload -all", "RBAC permission denied", True),
        ("fos", "cfgenable MAIN", "RBAC permission denied", False),
        ("fos", "userconfig --change an -r admin", "RBAC permission denied", False),
    ],
)
def test_what_would_write_is_refused_and_counted(lab, shell, name, platform, line, answer, flash):
    before = lab.counters(name(platform))

    assert answer in shell(platform).ask(line)
    after = lab.counters(name(platform))
    assert after["writes"] == before["writes"] + 1
    assert after["flash_writes"] == before["flash_writes"] + flash


def test_a_procurve_refuses_to_write_after_enable_too(lab, shell, name):
    before = lab.counters(name("procurve"))["writes"]
    switch = shell("procurve")
    switch.channel.sendall(b"enable\r")
    switch.until("Password: $")
    switch.ask(lab.login("procurve-backup")["enable"], r"# ?$")

    assert "Not authorized" in switch.ask("write memory")
    assert lab.counters(name("procurve"))["writes"] == before + 1


@pytest.mark.parametrize(
    ("platform", "line", "answer"),
    [
        ("nxos", "show nothing", "% Invalid command at '^' marker."),
        ("procurve", "show nothing", "Invalid input: nothing"),
        ("fos", "shownothing", "rbash: shownothing: command not found"),
    ],
)
def test_each_complains_in_its_own_words(shell, platform, line, answer):
    assert answer in ESCAPE.sub("", shell(platform).ask(line))


def configuration(shell, platform, lab):
    typed = shell(platform, pages=0)
    if platform == "procurve":
        typed.channel.sendall(b"enable\r")
        typed.until("Password: $")
        typed.ask(lab.login("procurve-backup")["enable"], r"# ?$")
        typed.ask("no page")
    if platform == "nxos":
        typed.ask("terminal length 0")
    return typed.ask({"fos": "configshow -all"}.get(platform, "show running-config"), r"\n\S+[#>] ?$")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_change_is_in_the_configuration_and_before_its_end(lab, shell, name, platform):
    line = f"snmp.sysContact:{platform}" if platform == "fos" else f"! changed on {platform}"
    last = {"nxos": "line vty", "procurve": "spanning-tree", "fos": "[Switch Configuration End : 0]"}[platform]

    status, _ = lab.control("POST", f"/devices/{name(platform)}/change", {"lines": [line]})

    assert status == 200
    text = configuration(shell, platform, lab)
    assert text.index(line) < text.index(last)


@pytest.mark.parametrize(
    "body", [{}, {"lines": []}, {"lines": [1]}, {"lines": "x"}, {"lines": ["x"], "save": 1}, {"xpath": "/x"}]
)
def test_a_change_that_is_none_is_refused(lab, name, body):
    status, answer = lab.control("POST", f"/devices/{name('nxos')}/change", body)

    assert status == 400
    assert answer["error"]


def test_two_devices_of_one_model_have_other_secrets_and_each_the_same_in_every_lab(lab):
    from lab.cli import transcripts
    from lab.ios.secrets import Secrets

    def drawn(name):
        context = {
            "name": name, "n": 5, "serial": "X", "software": "9.3(10)", "site": "main", "ipv4": "192.0.2.32",
            "ipv6": None, "domain": "dc.example.test", "s": Secrets(name),
        }  # fmt: skip
        return transcripts.render("nxos/n3048/-configuration.j2", context)

    assert drawn("one") == drawn("one")
    secrets = re.compile(r"snmp-server community (\S+)")
    assert secrets.search(drawn("one"))[1] != secrets.search(drawn("two"))[1]


def test_neighbours_are_the_same_from_both_ends(lab, shell, name):
    """The small lab has no core switch: the Nexus hangs where the inventory of the site hangs it."""
    nexus = shell("nxos")
    nexus.ask("terminal length 0")
    answer = nexus.ask("show lldp neighbors detail", r"Total entries displayed: \d+")

    assert "Chassis id" in answer
