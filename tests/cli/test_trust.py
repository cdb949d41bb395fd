"""`dcops trust` through the wire: fingerprints are compared, nothing is believed by itself, nothing is logged in."""

import json
import os
import pty
import re
import select
import shutil
import time

import pytest

from tests import warm

SHA256 = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
CERTIFICATE = re.compile(r"SHA-256\s+((?:[0-9A-F]{2}:){31}[0-9A-F]{2})")


class Site:
    """A site root of the lab's devices that believes nobody yet."""

    def __init__(self, lab, root):
        self.lab = lab
        self.root = root
        shutil.copytree(lab.site, root, ignore=shutil.ignore_patterns("state"))
        somebody = (lab.site / "trust/known_hosts").read_text().split()[2]
        (root / "trust/known_hosts").write_text(f"# our routers\n\n192.0.2.250 ssh-rsa {somebody}\n")
        (root / "trust/ca.pem").write_text("")
        (root / "trust/pins").write_text("# our firewalls\ngone-1 sha256:" + "ab" * 32 + "  # since May\n")

    def dcops(self, *arguments):
        return warm.run("-C", self.root, *arguments)

    def on_a_terminal(self, answer, *arguments):
        """The command with a person at its terminal: what was shown, and the exit code."""
        ours, theirs = pty.openpty()
        process = warm.Command(("-C", self.root, *arguments), stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        shown, answered, deadline = b"", False, time.monotonic() + 40
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    shown += os.read(ours, 4096)
                except OSError:
                    break
            elif process.poll() is not None:
                break
            if not answered and b"[y/N]" in shown:
                os.write(ours, answer.encode())
                answered = True
        os.close(ours)
        return shown.decode(), process.wait(10)

    def known_hosts(self):
        return (self.root / "trust/known_hosts").read_text()

    def pins(self):
        return (self.root / "trust/pins").read_text()

    def check(self, *arguments):
        done = self.dcops("trust", "check", "--quiet", "--format", "json", *arguments)
        result = json.loads(done.stdout)
        return done.returncode, {item["device"]: item for item in result["items"]}, result


@pytest.fixture
def site(lab, tmp_path):
    return Site(lab, tmp_path / "site")


@pytest.fixture
def router(lab):
    return lab.of_platform("ios")


@pytest.fixture
def firewall(lab):
    return lab.of_platform("panos")


def test_a_stranger_is_shown_and_without_a_terminal_nobody_believes_it(site, router):
    before = site.known_hosts()
    done = site.dcops("trust", "add", router)

    assert done.returncode == 2
    assert SHA256.search(done.stdout)
    assert "MD5:" in done.stdout
    assert "--fingerprint" in done.stderr
    assert site.known_hosts() == before


def test_the_right_fingerprint_adds_one_line_and_keeps_the_rest(site, router):
    before = site.known_hosts()
    fingerprint = SHA256.search(site.dcops("trust", "add", router).stdout)[0]

    done = site.dcops("trust", "add", router, "--fingerprint", fingerprint)
    code, items, _ = site.check("--device", router)

    assert done.returncode == 0, done.stderr
    assert site.known_hosts().startswith(before)
    assert len(site.known_hosts().splitlines()) == len(before.splitlines()) + 1
    assert (code, items[router]["outcome"]) == (0, "ok")
    log = json.loads((site.root / "state/audit.log").read_text().splitlines()[-1])
    assert log["what"] == "trust add"
    assert fingerprint in log["detail"]


def test_the_fingerprint_of_old_consoles_will_do_too(site, router):
    md5 = re.search(r"MD5:[0-9a-f:]{47}", site.dcops("trust", "add", router).stdout)[0]

    assert site.dcops("trust", "add", router, "--fingerprint", md5.removeprefix("MD5:").upper()).returncode == 0
    assert site.check("--device", router)[0] == 0


@pytest.mark.parametrize("fingerprint", ["SHA256:" + "A" * 43, "MD5:" + ":".join(["00"] * 16), ""])
def test_a_wrong_fingerprint_adds_nothing(site, router, fingerprint):
    before = site.known_hosts()
    done = site.dcops("trust", "add", router, "--fingerprint", fingerprint)

    assert done.returncode == 1
    assert "does not show" in done.stderr
    assert site.known_hosts() == before


def test_a_firewall_is_pinned_to_its_certificate(site, firewall):
    shown = site.dcops("trust", "add", firewall).stdout
    fingerprint = CERTIFICATE.search(shown)[1]

    done = site.dcops("trust", "add", firewall, "--fingerprint", fingerprint)
    code, items, _ = site.check("--device", firewall)

    assert f"CN={firewall}" in shown
    assert done.returncode == 0, done.stderr
    assert site.pins().startswith("# our firewalls\n")
    assert f"{firewall} sha256:{fingerprint.replace(':', '').lower()}\n" in site.pins()
    assert (code, items[firewall]["outcome"]) == (0, "ok")


def test_a_person_who_only_presses_enter_adds_nothing_and_yes_adds_it(site, router):
    before = site.known_hosts()
    shown, refused = site.on_a_terminal("\n", "trust", "add", router)
    assert refused == 1
    assert "Nothing was added" in shown
    assert site.known_hosts() == before

    _, agreed = site.on_a_terminal("y\n", "trust", "add", router)
    assert agreed == 0
    assert site.check("--device", router)[0] == 0


def test_a_changed_key_is_told_loudly_and_replaced_only_when_somebody_says_so(site, lab, router):
    site.on_a_terminal("y\n", "trust", "add", router)
    old = SHA256.search(site.dcops("trust", "list", "--device", router).stdout)[0]
    lines = len(site.known_hosts().splitlines())
    lab.fault(router, "host_key_changed")

    code, items, _ = site.check("--device", router)
    shown = site.dcops("trust", "add", router)
    new = next(each for each in SHA256.findall(shown.stdout) if each != old)
    refused = site.dcops("trust", "add", router, "--fingerprint", new)
    assert old in site.dcops("trust", "list", "--device", router).stdout
    replaced = site.dcops("trust", "add", router, "--fingerprint", new, "--replace")

    assert code == 1
    assert items[router]["error"]["kind"] == "host-key"
    assert old in items[router]["error"]["message"]
    assert new in items[router]["error"]["message"]
    assert "IT CHANGED" in shown.stdout
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
    assert replaced.returncode == 0
    assert site.check("--device", router)[0] == 0
    assert len(site.known_hosts().splitlines()) == lines


def test_what_is_believed_already_is_not_added_twice(site, router):
    site.on_a_terminal("y\n", "trust", "add", router)
    before = site.known_hosts()
    done = site.dcops("trust", "add", router)

    assert done.returncode == 0
    assert "nothing to add" in done.stdout
    assert site.known_hosts() == before


def test_check_tells_strangers_changed_certificates_and_silence_apart_and_logs_nobody_in(site, lab, router, firewall):
    other = next(name for name, each in lab.devices.items() if each["platform"] == "ios" and name != router)
    shutil.copy(lab.site / "trust/ca.pem", site.root / "trust/ca.pem")
    lab.fault(firewall, "wrong_certificate")
    lab.fault(other, "refuse")
    before = {name: lab.counters(name)["logins"] for name in lab.devices}

    code, items, _ = site.check()

    assert code == 1
    assert items[router]["error"]["kind"] == "host-key"
    assert items[firewall]["error"]["kind"] == "certificate"
    assert items[other]["error"]["kind"] == "refused"
    assert all(item["error"]["next_step"] for item in (items[router], items[firewall], items[other]))
    assert {name: lab.counters(name)["logins"] for name in lab.devices} == before


def test_old_algorithms_that_are_allowed_are_told_and_are_no_finding(site, lab):
    shutil.copy(lab.site / "trust/known_hosts", site.root / "trust/known_hosts")
    shutil.copy(lab.site / "trust/ca.pem", site.root / "trust/ca.pem")
    code, items, result = site.check()

    allowed = [finding for finding in result["findings"] if finding["id"] == "TRUST-003"]
    assert code == 0, items
    assert [finding["status"] for finding in allowed] == ["exception"]
    assert "key exchange" in allowed[0]["evidence"]


def test_the_list_names_what_is_missing_and_what_belongs_to_nobody(site, lab, router):
    site.on_a_terminal("y\n", "trust", "add", router)
    done = site.dcops("trust", "list", "--format", "json")
    result = json.loads(done.stdout)
    by_name = {item["device"]: item for item in result["items"]}

    assert done.returncode == 0
    assert set(by_name) == set(lab.devices)
    assert by_name[router]["vouched_for"]
    assert not by_name[lab.of_platform("panos")]["vouched_for"]
    assert result["strays"] == ["known_hosts: 192.0.2.250", "pins: gone-1"]
    assert "Nothing vouches for" in site.dcops("trust", "list").stdout
