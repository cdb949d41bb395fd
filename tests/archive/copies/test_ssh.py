"""Whom we believe over SSH, as whom we enter, and what the other side must be able to do."""

import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from dcops.archive.copies.connection import Login, connect
from dcops.archive.copies.remote import Remote
from dcops.errors import CannotRun, InvalidInput
from dcops.model.secret import Credential, Secret
from tests.archive.copies.sshd import PASSPHRASE, Sshd, new_key, require_sshd


@pytest.fixture
def other(tmp_path):
    """A server that a test may set up as it likes."""
    require_sshd()
    server = Sshd(tmp_path / "sshd")
    yield server
    server.stop()


def nothing_was_sent(stores):
    return not stores.place.exists()


def test_a_host_key_that_nobody_knows_is_refused_with_the_line_to_add(remote):
    remote.open()
    with pytest.raises(CannotRun, match="is not known: it showed ssh-ed25519 SHA256:") as caught:
        remote.copy(opened={"known": remote.sshd.known("")})

    assert remote.sshd.known_line.strip() in caught.value.next_step
    assert str(remote.sshd.folder / "known_hosts") in caught.value.next_step
    assert nothing_was_sent(remote)


def test_the_fingerprint_is_the_one_that_openssh_shows(remote):
    shown = subprocess.run(["ssh-keygen", "-lf", str(remote.sshd.host_key)], capture_output=True, text=True, check=True)

    with pytest.raises(CannotRun) as caught:
        remote.copy(opened={"known": remote.sshd.known("")})

    assert shown.stdout.split()[1] in caught.value.message


def test_another_host_key_is_refused_before_anybody_logs_in(remote, tmp_path):
    wrong = new_key(tmp_path / "wrong").with_suffix(".pub").read_text().split()
    line = f"[127.0.0.1]:{remote.sshd.port} {wrong[0]} {wrong[1]}\n"
    before = remote.sshd.log.read_text().count("Accepted")

    with pytest.raises(CannotRun, match=r"is not the one in .*known_hosts") as caught:
        remote.copy(opened={"known": remote.sshd.known(line)})

    assert "somebody in between" in caught.value.next_step
    assert remote.sshd.log.read_text().count("Accepted") == before
    assert nothing_was_sent(remote)


def test_a_key_known_for_another_port_or_host_is_not_believed(remote):
    line = remote.sshd.known_line.replace(f":{remote.sshd.port}", ":22")

    with pytest.raises(CannotRun, match="is not known"):
        remote.copy(opened={"known": remote.sshd.known(line)})


def test_a_hashed_line_of_known_hosts_is_understood(remote):
    known = remote.sshd.known()
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(known.file)], check=True, capture_output=True)
    assert "127.0.0.1" not in known.file.read_text()

    assert remote.copy(opened={"known": remote.sshd.known(known.file.read_text())}).comparison.equal


def test_a_server_that_knows_only_old_algorithms_is_refused(other, remote):
    other.extra = "KexAlgorithms diffie-hellman-group14-sha1\nMACs hmac-sha1\n"
    other.start()

    with pytest.raises(CannotRun, match="no SSH algorithm in common"):
        remote.copy(opened={"address": other.address(remote.place), "known": other.known()})


def test_a_server_with_a_known_key_of_its_several_is_asked_for_that_one(other, remote):
    rsa = new_key(other.folder / "rsa", kind="rsa")
    other.extra = f"HostKey {rsa}\n"
    other.start()
    kind, key = rsa.with_suffix(".pub").read_text().split()[:2]
    known = other.known(f"[127.0.0.1]:{other.port} {kind} {key}\n")
    given = {"address": other.address(remote.place), "credential": other.credential(), "known": known}

    assert remote.copy(opened=given).comparison.equal


def test_a_key_with_a_passphrase_opens_with_the_password_of_its_credential(remote):
    credential = remote.sshd.credential(remote.sshd.locked_key, PASSPHRASE)

    assert remote.copy(opened={"credential": credential}).comparison.equal


@pytest.mark.parametrize("passphrase", [None, "something else"])
def test_a_key_that_does_not_open_is_said_without_a_secret(remote, passphrase):
    with pytest.raises(InvalidInput, match="no private SSH key that opens") as caught:
        remote.copy(opened={"credential": remote.sshd.credential(remote.sshd.locked_key, passphrase)})

    assert "something else" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_that_the_server_does_not_know_comes_with_the_line_for_it(remote, tmp_path):
    key = new_key(tmp_path / "stranger")

    with pytest.raises(CannotRun, match=f"refused the key {key}") as caught:
        remote.copy(opened={"credential": remote.sshd.credential(key)})

    assert key.with_suffix(".pub").read_text().strip() in caught.value.next_step


def test_a_private_key_that_others_can_read_is_refused(remote, tmp_path):
    key = new_key(tmp_path / "open")
    key.chmod(0o644)

    with pytest.raises(CannotRun, match="can be read by others"):
        remote.copy(opened={"credential": remote.sshd.credential(key)})


def test_a_key_file_that_is_not_there_or_no_key(remote, tmp_path):
    (tmp_path / "text").write_text("no key")
    (tmp_path / "text").chmod(0o600)

    with pytest.raises(CannotRun, match="cannot be read"):
        remote.copy(opened={"credential": remote.sshd.credential(tmp_path / "nothing")})
    with pytest.raises(InvalidInput, match="no private SSH key"):
        remote.copy(opened={"credential": remote.sshd.credential(tmp_path / "text")})


def test_a_password_that_is_refused_is_said_and_not_shown(remote):
    credential = Credential("copy", password=Secret("hunter2 hunter2"))

    with pytest.raises(CannotRun, match=r"refused|broke off|asks for") as caught:
        remote.copy(opened={"credential": credential})

    assert "hunter2" not in f"{caught.value!r}{caught.value}"


def test_a_credential_with_nothing_in_it_and_none_at_all(remote):
    with pytest.raises(InvalidInput, match="neither a key_file nor a password"):
        remote.copy(opened={"credential": Credential("copy")})
    with pytest.raises(InvalidInput, match="credential is empty"):
        remote.open(credential=Credential(""))
    with pytest.raises(InvalidInput, match="who we are"):
        remote.open(address=remote.sshd.address(remote.place, user=""))


def test_an_agent_is_never_asked(remote, tmp_path, monkeypatch):
    """The only key that would be let in lies in an agent."""
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(tmp_path / "agent")], stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 10
        while not (tmp_path / "agent").exists() and time.monotonic() < until:
            time.sleep(0.02)
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
        subprocess.run(["ssh-add", "-q", str(remote.sshd.key)], check=True, capture_output=True)

        with pytest.raises(CannotRun, match="refused the key"):
            remote.copy(opened={"credential": remote.sshd.credential(new_key(tmp_path / "stranger"))})
    finally:
        agent.terminate()
        agent.wait(10)


def test_nobody_listens_there(remote):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    with pytest.raises(CannotRun, match="cannot be reached: Connection refused"):
        remote.copy(opened={"address": remote.sshd.address(remote.place, port=port)})


def test_what_listens_there_speaks_no_ssh(remote, monkeypatch):
    monkeypatch.setattr("dcops.archive.copies.connection.CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            line, _ = server.accept()
            with line:
                line.sendall(b"220 mail.example ESMTP\r\n" * 3)
                line.recv(100)

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(CannotRun, match="does not speak SSH"):
            remote.copy(opened={"address": remote.sshd.address(remote.place, port=server.getsockname()[1])})


def test_what_listens_there_says_nothing(remote, monkeypatch):
    monkeypatch.setattr("dcops.archive.copies.connection.CONNECT_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        began = time.monotonic()
        with pytest.raises(CannotRun, match="does not speak SSH"):
            remote.copy(opened={"address": remote.sshd.address(remote.place, port=server.getsockname()[1])})
        assert time.monotonic() - began < 60


def test_an_account_without_a_shell_is_told_what_it_lacks(other, remote):
    other.extra = "ForceCommand internal-sftp\n"
    other.start()
    given = {"address": other.address(remote.place), "credential": other.credential(), "known": other.known()}

    with pytest.raises(CannotRun, match=r"cannot run commands|broke") as caught:
        remote.copy(opened=given)

    assert caught.value.next_step
    assert nothing_was_sent(remote)


def test_a_host_without_the_tools_is_told_which(other, remote):
    other.path = str(other.bin)
    other.start()
    given = {"address": other.address(remote.place), "credential": other.credential(), "known": other.known()}

    with pytest.raises(CannotRun, match=r"lacks git, flock, timeout, sha256sum") as caught:
        remote.copy(opened=given)

    assert "apt install" in caught.value.next_step


def test_an_old_git_there_is_refused_before_anything_is_made(other, remote):
    (other.bin / "git").write_text("#!/bin/sh\necho git version 2.30.2\n")
    (other.bin / "git").chmod(0o755)
    other.start()
    given = {"address": other.address(remote.place), "credential": other.credential(), "known": other.known()}

    with pytest.raises(CannotRun, match=r"needs git 2\.36 or newer, and on ssh://.* is 'git version 2\.30\.2'"):
        remote.copy(opened=given)

    assert nothing_was_sent(remote)


def test_a_server_that_hangs_in_the_middle_meets_the_hard_limit(other, remote):
    (other.bin / "df").write_text("#!/bin/sh\nexec sleep 60\n")
    (other.bin / "df").chmod(0o755)
    other.start()
    given = {"address": other.address(remote.place), "credential": other.credential(), "known": other.known()}
    began = time.monotonic()

    with pytest.raises(CannotRun, match="took longer than") as caught:
        remote.copy(opened={**given, "limit_seconds": 2.0})

    assert time.monotonic() - began < 20
    assert "goes on where it stopped" in caught.value.next_step


def test_a_path_with_signs_that_a_shell_would_obey_is_a_path(remote):
    remote.place = remote.place.with_name("dr $(touch pwned) 'and' \"spaces\"; *")

    assert remote.copy().comparison.equal
    assert remote.copy().comparison.equal
    remote.assert_whole()


def test_no_secret_and_no_key_stands_in_any_command_line(remote):
    seen = set()
    done = threading.Event()

    def watch():
        while not done.is_set():
            for process in Path("/proc").iterdir():
                with suppress(OSError):
                    seen.add((process / "cmdline").read_bytes())
            time.sleep(0.002)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        remote.copy(opened={"credential": remote.sshd.credential(remote.sshd.locked_key, PASSPHRASE)})
    finally:
        done.set()
        watching.join()

    text = b"\n".join(seen)
    assert b"receive-pack" in text or b"push" in text
    assert PASSPHRASE.encode() not in text


def test_the_connection_uses_what_is_modern(remote):
    server = remote.sshd
    transport = connect(server.address(remote.place), Login(server.user, server.key), server.known())
    try:
        assert transport.local_cipher in ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr")
        assert transport.host_key_type == "ssh-ed25519"
        offered = transport.get_security_options()
        assert not [name for name in (*offered.kex, *offered.digests) if "sha1" in name or "md5" in name]
        assert not [name for name in offered.ciphers if "cbc" in name]
        assert "ssh-rsa" not in offered.key_types
    finally:
        transport.close()


def test_a_server_without_the_extensions_of_openssh_takes_a_copy_too(remote, monkeypatch):
    from dcops.archive.copies import sftp as module

    real = module._client_class

    def plain(base):
        made = real(base)

        class Plain(made):
            def _send_version(self):
                version = super()._send_version()
                assert {"fsync@openssh.com", "posix-rename@openssh.com"} <= self.extensions
                self.extensions = set()
                return version

        return Plain

    monkeypatch.setattr(module, "_client_class", plain)

    assert remote.copy().comparison.equal
    damaged = remote.sealed_there()[0]
    damaged.chmod(0o600)
    damaged.write_bytes(b"short")
    assert remote.copy().comparison.equal
    remote.assert_whole()


def test_files_are_on_the_disk_there_before_they_get_their_name(remote, monkeypatch):
    from dcops.archive.copies import sftp as module

    order = []
    real = module._client_class

    def watched(base):
        class Watched(real(base)):
            def to_disk(self, stream):
                super().to_disk(stream)
                order.append("disk")

            def move(self, old, new):
                order.append("name")
                super().move(old, new)

        return Watched

    monkeypatch.setattr(module, "_client_class", watched)
    monkeypatch.setattr("dcops.archive.copies.ssh.SshPlace.lanes", 1)
    remote.copy()

    assert order
    assert order == ["disk", "name"] * (len(order) // 2)


def test_an_answer_without_its_end_is_no_answer(remote):
    server = remote.sshd
    transport = connect(server.address(remote.place), Login(server.user, server.key), server.known())
    there = Remote(transport, "there", 60)
    try:
        assert list(there.lines("echo a; echo b")) == ["a", "b"]
        assert list(there.lines(":")) == []
        for script in ("echo a; exit 0", "echo a; kill -9 $$", "echo a; exit 3"):
            with pytest.raises(CannotRun):
                list(there.lines(script))
        assert there.run("exit 7").code == 7
    finally:
        there.close()
