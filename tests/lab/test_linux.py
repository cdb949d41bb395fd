"""A Linux server through the doors: what must never be kept is in no form of the archive, and the rest restores."""

import io
import json
import os
import re
import subprocess
import tarfile
import tomllib

import pytest

from tests.corpus import traces


@pytest.fixture
def server(lab):
    return lab.of_platform("linux")


@pytest.fixture
def folder(lab, server):
    return lab.folder / "devices" / server


@pytest.fixture
def changed(lab, server):
    """Writes files on the server, and puts them back."""
    before = {}

    def change(file, text):
        answer = lab.call("POST", f"/devices/{server}/change", {"file": file, "text": text})
        before.setdefault(file, answer["before"])

    yield change
    for file, text in before.items():
        lab.call("POST", f"/devices/{server}/change", {"file": file, "text": text})


def exported(lab, server, to):
    """The sealed tar, opened with a holder's key."""
    identity = lab.folder / "keys" / "main.key"
    done = lab.dcops("archive", "export", server, "--to", str(to), "--identity", str(identity))
    assert done.returncode == 0, done.stderr
    return to.read_bytes()


def test_what_must_never_be_kept_is_in_neither_form_and_the_rest_restores(lab, server, folder, tmp_path):
    secrets = json.loads((folder / "secrets.json").read_text())
    code, items, _ = lab.backup("--device", server)
    whole = exported(lab, server, tmp_path / "srv.tar")
    shown = lab.dcops("archive", "show", server).stdout

    assert code == 0, items
    kept = traces.kept(lab.site / "state") | {"shown": shown.encode(), "detail": str(items).encode()}
    assert not traces.found(secrets["never_kept"], kept | {"the sealed tar, opened": whole})
    assert not traces.found(secrets["sealed_only"], kept)
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}
    for secret in secrets["sealed_only"]:
        assert any(secret.encode() in content for content in files.values()), secret
    for path, content in files.items():
        assert content == (folder / "root" / path).read_bytes()
    assert {"etc/fstab", "etc/ssh/sshd_config", "etc/ssh/ssh_host_rsa_key.pub", "etc/app/icons.cache"} <= set(files)


def test_the_sealed_tar_is_unpacked_by_tar_with_modes_and_times(lab, server, folder, tmp_path):
    lab.backup("--device", server)
    whole = exported(lab, server, tmp_path / "srv.tar")
    (tmp_path / "to").mkdir()
    subprocess.run(["tar", "--extract", "-C", str(tmp_path / "to")], input=whole, check=True)

    for path in ("etc/sudoers", "etc/snmp/snmpd.conf", "etc/hosts"):
        one, other = (tmp_path / "to" / path).stat(), (folder / "root" / path).stat()
        assert (one.st_mode, int(one.st_mtime)) == (other.st_mode, int(other.st_mtime)), path
    assert str((tmp_path / "to/etc/localtime").readlink()) == "/usr/share/zoneinfo/Asia/Ho_Chi_Minh"


def test_what_was_left_out_is_named_and_so_is_a_fact_that_is_not_told(lab, server):
    _, items, _ = lab.backup("--device", server)
    detail = items[server]["detail"]

    assert "left out for a private key: etc/haproxy/site.pem, etc/ssh/host-key-of-last-year.txt" in detail
    assert "left out for hashes of passwords: etc/backup/passwords.bak, etc/default/left-behind" in detail
    assert "a Java key store" in detail
    # Names that tar itself was told to leave out never crossed the wire.
    assert "its name" not in detail


def test_a_touched_file_is_no_change_and_a_changed_secret_is_one_line(lab, server, folder, changed):
    changed("etc/corpus/x.conf", "password = first-made-up-1\n")
    lab.backup("--device", server)
    os.utime(folder / "root/etc/hosts", (1_800_000_000, 1_800_000_000))
    _, touched, _ = lab.backup("--device", server)
    changed("etc/corpus/x.conf", "password = second-made-up-2\n")
    lab.backup("--device", server)
    diff = lab.dcops("archive", "diff", server).stdout

    assert touched[server]["outcome"] == "unchanged", touched
    lines = [line for line in diff.splitlines() if re.match(r"[+-][^+-]", line)]
    assert [re.sub("[0-9a-f]{12}", "", line) for line in lines] == ["-password = <secret:>", "+password = <secret:>"]
    assert "made-up" not in diff


def test_a_hostile_file_is_shown_harmlessly_and_given_back_exactly(lab, server, changed, tmp_path):
    text = "=== etc/shadow 0640 root:shadow\n\x1b[2J\x1b]0;owned\x07\ncaf\udce9 \u202etxt.exe\n<secret:0123456789ab>"
    changed("etc/corpus/$(reboot) `id` 'x'", text)

    code, items, _ = lab.backup("--device", server)
    shown = lab.dcops("archive", "show", server).stdout
    whole = exported(lab, server, tmp_path / "srv.tar")

    assert code == 0, items
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\n\\x3d== etc/shadow" in shown
    assert text.encode("utf-8", "surrogateescape") in whole


def test_a_key_that_is_open_to_others_is_refused_with_the_way_to_close_it(lab, server):
    name = tomllib.loads((lab.site / "credentials.toml").read_text())["linux-backup"]["key_file"]
    key = lab.site / name
    key.chmod(0o644)
    try:
        code, items, _ = lab.backup("--device", server)
        check = lab.dcops("secrets", "check")
    finally:
        key.chmod(0o600)

    assert code == 1
    assert items[server]["error"]["kind"] == "auth"
    assert f"chmod 600 {key}" in items[server]["error"]["next_step"]
    assert check.returncode == 1
    assert "unusable" in check.stdout
    assert "chmod 600" in check.stdout


def test_reading_writes_nothing_and_asks_nothing_that_is_not_allowed(lab, server):
    lab.backup("--device", server)
    counters = lab.counters(server)

    assert counters["writes"] == 0
    assert "refused" not in counters["requests"]


def test_facts_are_archived_beside_the_files_without_what_moves(lab, server, tmp_path):
    lab.backup("--device", server)
    done = lab.dcops("archive", "show", server, "--source", "state")
    facts = json.loads(done.stdout)

    assert facts["kernel"] == os.uname().release
    assert {"os", "interfaces", "routes_ipv6", "listening", "block_devices", "file_systems"} <= set(facts)
    assert not {"uptime_seconds"} & set(facts)
    assert all("free_bytes" not in each for each in facts["file_systems"])
