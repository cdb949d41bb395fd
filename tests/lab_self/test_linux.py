"""The lab's Linux server: a real sshd at the door, a pretend /etc behind it, an account that only reads."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import stat
import struct
import subprocess
import time
from pathlib import Path

import paramiko
import pytest

from lab.linux import account
from lab.linux.build import why_not
from lab.linux.etc import NEVER_KEPT

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
TAR = "tar --create --file=- --format=gnu --directory=root -- etc"


@pytest.fixture
def server(lab):
    return next(device["name"] for device in lab.endpoints["devices"] if device["platform"] == "linux")


@pytest.fixture
def root(lab, server):
    return lab.state / "devices" / server / "root"


@pytest.fixture
def enter(lab, server):
    """Opens a session with the key of the site root."""

    @contextlib.contextmanager
    def entered(**changed):
        login = lab.login("linux-backup")
        key = paramiko.Ed25519Key.from_private_key_file(str(lab.site / login["key_file"]), login["password"])
        with lab.ssh(server, "linux-backup", **({"pkey": key, "password": None} | changed)) as client:
            yield client

    return entered


def run(client, command, timeout=10):
    """The output, the complaints and the exit status of a command."""
    _, out, err = client.exec_command(command, timeout=timeout)
    return out.read(), err.read().decode(), out.channel.recv_exit_status()


def run_on(client):
    """Run commands until the connection breaks."""
    for _ in range(100):
        run(client, "true")
        time.sleep(0.05)


def test_it_is_openssh_and_the_commands_are_those_of_this_machine(enter):
    with enter() as client:
        assert client.get_transport().remote_version.startswith("SSH-2.0-OpenSSH")
        assert run(client, "uname -r") == (f"{os.uname().release}\n".encode(), "", 0)
        assert run(client, "env LC_ALL=C PATH=/usr/bin:/bin id -u")[0].strip() == str(os.geteuid()).encode()


def test_the_key_of_the_site_root_is_closed_and_belongs_to_us(lab):
    file = lab.site / lab.login("linux-backup")["key_file"]

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(paramiko.PasswordRequiredException):
        paramiko.Ed25519Key.from_private_key_file(str(file))


def test_a_password_or_another_key_opens_nothing(enter, lab, server):
    before = lab.counters(server)
    other = paramiko.RSAKey.generate(2048)
    for changed in ({"pkey": other}, {"pkey": None, "password": lab.login("linux-backup")["password"]}):
        with pytest.raises(paramiko.AuthenticationException), enter(**changed):
            pass
    after = lab.counters(server)

    assert after["logins"] == before["logins"]
    assert after["failed_logins"] > before["failed_logins"]


def test_the_tree_holds_what_must_never_be_copied(root):
    for path in NEVER_KEPT:
        assert (root / path).is_file(), path
    assert stat.S_IMODE((root / "etc/shadow").stat().st_mode) == 0o640
    assert (root / "etc/default/left-behind").samefile(root / "etc/shadow")
    manifest = json.loads((root.parent / "secrets.json").read_text())
    whole = b"".join(file.read_bytes() for file in root.rglob("*") if file.is_file() and not file.is_symlink())
    assert len(manifest["never_kept"]) > 20
    assert len(manifest["sealed_only"]) > 20
    assert all(text.encode() in whole for text in manifest["sealed_only"])


def test_its_files_are_the_same_in_every_lab(root, tmp_path):
    from lab.linux.etc import Etc

    Etc("srv-noc-1", site="main", ipv4="192.0.2.36", ipv6="2001:db8:0:10::36").write(tmp_path / "root")

    for path in ("etc/shadow", "etc/snmp/snmpd.conf", "etc/krb5.keytab"):
        assert (tmp_path / "root" / path).read_bytes() == (root / path).read_bytes()


def test_a_tar_of_the_pretend_files_comes_whole(enter, tmp_path):
    with enter() as client:
        tar, _, status = run(client, TAR)

    assert status == 0
    names = subprocess.run(["tar", "--list"], input=tar, capture_output=True, check=True).stdout.decode()
    assert "etc/ssh/sshd_config" in names


@pytest.mark.parametrize(
    "command",
    [
        "",
        "sh -c id",
        "rm -rf root",
        "cat /etc/shadow",
        "cat root/etc/shadow",
        "systemctl stop ssh",
        "ip link set lo down",
        "hostname other",
        "sudo -n tar --create --file=- -- etc",
        "tar --create --file=/tmp/x -- etc",
        "tar --create --file=- --directory=/ -- etc",
        "tar --create --file=- --directory=root/../.. -- etc",
        "tar --create --file=- -- /etc/shadow",
        "tar --create --file=- --checkpoint=1 --checkpoint-action=exec=id -- etc",
        "tar --create --file=- --to-command=id -- etc",
        "tar --create --file=- -I id -- etc",
        "tar --extract --file=-",
        "grep -H . /sys/class/dmi/id/../../../../etc/shadow",
        "env LD_PRELOAD=/tmp/x.so id; id",
        "uname 'open",
    ],
)
def test_what_could_write_or_look_elsewhere_is_refused(command):
    with pytest.raises(account.NotAllowed):
        account.allowed(command)


def test_a_refusal_is_counted(enter, lab, server):
    before = lab.counters(server)["writes"]
    with enter() as client:
        out, complaint, status = run(client, "rm -rf root")

    assert (out, complaint, status) == (b"", "sh: rm: Permission denied\n", 126)
    assert lab.counters(server)["writes"] == before + 1


def test_another_administrator_writes_a_file_and_it_can_be_put_back(enter, lab, server, root):
    status, answer = lab.control(
        "POST", f"/devices/{server}/change", {"file": "etc/corpus/x.conf", "text": "a = \udcff\n", "mode": "0600"}
    )
    written = root / "etc/corpus/x.conf"

    assert (status, answer) == (200, {"file": "etc/corpus/x.conf", "before": None})
    assert written.read_bytes() == b"a = \xff\n"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600

    lab.control("POST", f"/devices/{server}/change", {"file": "etc/corpus/x.conf", "text": None})
    assert not written.exists()


@pytest.mark.parametrize(
    "body",
    [
        {"file": "/etc/passwd", "text": ""},
        {"file": "etc/../../x", "text": ""},
        {"file": "etc/localtime", "text": ""},
        {"file": "etc/ssh", "text": ""},
        {"file": "etc/x", "text": 1},
        {"file": "etc/x", "text": "", "colour": 1},
    ],
)
def test_a_change_outside_of_the_tree_is_refused(lab, server, body):
    assert lab.control("POST", f"/devices/{server}/change", body)[0] == 400


# ---- faults --------------------------------------------------------------------------------------


def test_auth_fail_refuses_the_right_key(enter, lab, server):
    lab.fault(server, "auth_fail")
    with pytest.raises(paramiko.AuthenticationException), enter():
        pass


def test_host_key_changed_shows_another_key(enter, lab, server):
    lab.fault(server, "host_key_changed")
    with pytest.raises(paramiko.BadHostKeyException), enter():
        pass


def test_hang_accepts_and_never_speaks(lab, server):
    lab.fault(server, "hang")
    with socket.create_connection(lab.place(server), timeout=1) as stream, pytest.raises(TimeoutError):
        stream.recv(1)


def test_hang_in_the_middle_of_an_answer(enter, lab, server):
    with enter() as client:
        whole, _, _ = run(client, TAR)
        lab.fault(server, "hang", where="answer")
        _, out, _ = client.exec_command(TAR, timeout=2)
        assert out.read(len(whole) // 2) == whole[: len(whole) // 2]
        with pytest.raises(TimeoutError):
            out.read(1)


def test_drop_mid_answer_breaks_the_connection(enter, lab, server):
    with enter() as client:
        lab.fault(server, "drop_mid_answer")
        _, out, _ = client.exec_command(TAR, timeout=5)
        assert len(out.read()) > 1000
        assert out.channel.recv_exit_status() == -1
        assert not client.get_transport().is_active()


def test_truncate_gives_half_a_tar_and_a_good_exit_status(enter, lab, server):
    with enter() as client:
        whole, _, _ = run(client, TAR)
        lab.fault(server, "truncate")
        assert run(client, TAR) == (whole[: len(whole) // 2], "", 0)
        assert run(client, "uname -r")[0].strip() == os.uname().release.encode()


@pytest.mark.parametrize(
    ("variant", "out", "complaint", "status"),
    [("message", b"WARNING: Your password has expired", "", 0), ("refused", b"", "sh: tar: Permission denied", 126)],
)
def test_error_document_takes_the_place_of_the_tar(enter, lab, server, variant, out, complaint, status):
    lab.fault(server, "error_document", variant=variant)
    with enter() as client:
        said = run(client, TAR)

    assert said[0].startswith(out)
    assert said[1].startswith(complaint)
    assert said[2] == status


def test_slow_delays_and_trickles(enter, lab, server):
    with enter() as client:
        lab.fault(server, "slow", delay_seconds=0.3)
        start = time.monotonic()
        out, _, status = run(client, "uname -r")
        assert (out.strip(), status) == (os.uname().release.encode(), 0)
        assert time.monotonic() - start >= 0.6


def test_session_expired_closes_right_after_the_login(enter, lab, server):
    lab.fault(server, "session_expired")
    with enter() as client:
        assert client.get_transport().is_authenticated()
        try:
            out, _, status = run(client, "uname -r")
        except (EOFError, OSError, paramiko.SSHException):
            out, status = b"", -1
    assert (out, status) == (b"", -1)


def test_reboot_drops_refuses_and_comes_back(enter, lab, server):
    with enter() as client:
        lab.fault(server, "reboot", for_seconds=1)
        with pytest.raises((EOFError, OSError, paramiko.SSHException)):
            run_on(client)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(lab.place(server), timeout=2)
    deadline = time.monotonic() + 10
    while lab.control("GET", f"/devices/{server}")[1]["state"] != "up":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with enter() as client:
        assert run(client, "true")[2] == 0


def test_a_client_that_breaks_off_takes_its_sshd_along(lab, server):
    stream = socket.create_connection(lab.place(server), timeout=5)
    assert stream.recv(7) == b"SSH-2.0"
    # A reset, not a farewell.
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert sshd_below(lab.endpoints["pid"])
    stream.close()

    deadline = time.monotonic() + 10
    while sshd_below(lab.endpoints["pid"]):
        assert time.monotonic() < deadline, "an sshd waits for a client that is gone"
        time.sleep(0.05)


@pytest.mark.parametrize("end", ["down", "killed"])
def test_no_sshd_outlives_the_lab(command, tmp_path, running_lab, end):
    state = tmp_path / "lab"
    assert command("up", "--scale", "small", "--state", str(state)).returncode == 0
    endpoints = running_lab(state).endpoints
    place = next(each for each in endpoints["devices"] if each["platform"] == "linux")
    with socket.create_connection((place["address"], place["port"]), timeout=5) as stream:
        assert stream.recv(7) == b"SSH-2.0"
        servers = sshd_below(endpoints["pid"])
        assert servers

        if end == "killed":
            os.kill(endpoints["pid"], signal.SIGKILL)
        else:
            assert command("down", "--state", str(state)).returncode == 0

        deadline = time.monotonic() + 10
        while any(Path(f"/proc/{process}").exists() for process in servers):
            assert time.monotonic() < deadline, "an sshd is left behind"
            time.sleep(0.05)


def sshd_below(process):
    """The sshd processes that a process has started."""
    done = subprocess.run(["ps", "-eo", "pid,ppid,comm"], capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    return [int(row[0]) for row in rows if int(row[1]) == process and row[2].startswith("sshd")]
