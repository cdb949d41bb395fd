"""`dcops archive` at the door: what is printed, the exit codes, and that no terminal is harmed."""

import json
import os
import pty
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import load_holders
from dcops.archive.site_key import SiteKey
from dcops.model.snapshot import ConfigSource
from tests import warm

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "ICT-7", "TERM": "xterm"}


@dataclass
class Door:
    """A site root and the command that works on it."""

    root: Path

    def __call__(self, *words, well=0, text=True):
        done = warm.run("-C", self.root, "archive", *words, text=text, env=ENVIRONMENT, cwd=self.root)
        assert done.returncode == well, (done.stdout, done.stderr)
        assert "Traceback" not in str(done.stderr)
        return done

    def json(self, *words, well=0):
        return json.loads(self(*words, "--format", "json", well=well).stdout)

    def on_a_terminal(self, *words, **environment):
        """Everything that the command writes when stdout is a terminal, and its exit code."""
        leader, follower = pty.openpty()
        process = warm.Command(
            ("-C", self.root, "archive", *words),
            stdin=follower,
            stdout=follower,
            stderr=follower,
            env={**ENVIRONMENT, **environment},
        )
        os.close(follower)
        said = b""
        try:
            while chunk := os.read(leader, 65536):
                said += chunk
        except OSError:
            pass  # Linux says EIO when the other side is closed.
        os.close(leader)
        return said.replace(b"\r\n", b"\n"), process.wait(20)

    def store(self, device, text, *, night=0, exact=None, startup=None, key=None):
        holders = load_holders(self.root / "keys")
        site_key = key or SiteKey.load_or_create(self.root / "state", self.root / "keys", holders)
        items = [Item(ConfigSource.RUNNING, "cfg", text, text.encode() if exact is None else exact)]
        if startup is not None:
            items.append(Item(ConfigSource.STARTUP, "cfg", startup, startup.encode()))
        taken = datetime(2026, 1, 15, 18, 0, tzinfo=UTC) + timedelta(days=night)
        session = Archive.open(self.root / "state/archive", holders=holders, site_key=site_key).session(f"run-{night}")
        session.put(Entry(device, "ios", taken, tuple(items)))
        return session.commit().revision


@pytest.fixture
def door(tmp_path):
    (tmp_path / "dcops.toml").write_text("")
    door = Door(tmp_path)
    door("keys", "create", "main", "--identity", "main.key")
    door("keys", "create", "dr", "--identity", "dr.key")
    return door


def test_keys_are_made_in_two_commands_and_each_says_what_to_do_with_its_file(tmp_path):
    (tmp_path / "dcops.toml").write_text("")
    door = Door(tmp_path)

    first = door("keys", "create", "main", "--identity", "main.key").stdout
    second = door("keys", "create", "dr", "--identity", "dr.key").stdout

    assert "One more is needed" in first
    assert "One more" not in second
    assert "Move it off this host now" in first
    assert (tmp_path / "main.key").stat().st_mode & 0o777 == 0o600
    private = next(line for line in (tmp_path / "main.key").read_text().splitlines() if line.startswith("AGE-SECRET"))
    assert private not in first + second
    sealed = (tmp_path / "keys/site.key.age").read_bytes()
    opened = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(private)])
    assert opened == (tmp_path / "state/site.key").read_bytes()


def test_keys_are_listed_and_added_and_a_second_of_a_name_is_refused(door):
    public = str(pyrage.x25519.Identity.generate().to_public())
    door("keys", "add", "offline", public)

    listed = door.json("keys", "list")

    assert [holder["name"] for holder in listed["holders"]] == ["main", "dr", "offline"]
    assert listed["enough"] is True
    assert public in door("keys", "list").stdout
    assert "a holder main already" in door("keys", "create", "main", "--identity", "x.key", well=2).stderr
    assert "exists already" in door("keys", "create", "new", "--identity", "dr.key", well=2).stderr
    assert not (door.root / "x.key").exists()


def test_without_an_archive_every_command_says_so_and_exits_3(door):
    for words in (("list",), ("log", "rtr-1"), ("show", "rtr-1"), ("diff", "rtr-1"), ("verify",)):
        done = door(*words, well=3)
        assert "there is no archive" in done.stderr
        assert "dcops backup" in done.stderr
        assert done.stdout == ""


def test_the_list_and_the_log_read_well_and_as_json(door):
    door.store("rtr-1", "a\n", startup="s\n")
    revision = door.store("rtr-1", "a\nb\n", night=1)
    door.store("fw-1", "x\n", night=1)

    lines = door("list").stdout.splitlines()
    assert [line.split()[0] for line in lines if "ios" in line] == ["fw-1", "rtr-1"]
    assert any(revision[:8] in line and "startup (kept from 2026-01-15)" in line for line in lines)
    devices = door.json("list")["devices"]
    assert [(one["device"], one["versions"], one["taken"]) for one in devices] == [
        ("fw-1", 1, "2026-01-16T18:00:00Z"),
        ("rtr-1", 2, "2026-01-16T18:00:00Z"),
    ]
    assert "+1 -0" in door("log", "rtr-1").stdout
    versions = door.json("log", "rtr-1")["versions"]
    assert [one["run"] for one in versions] == ["run-1", "run-0"]
    assert versions[0]["revision"] == revision
    startup = versions[0]["documents"][1]
    assert (startup["source"], startup["changed"], startup["kept_from"]) == ("startup", False, "2026-01-15T18:00:00Z")


def test_show_prints_the_text_of_a_version(door):
    old = door.store("rtr-1", "hostname old\n", startup="booted\n")
    door.store("rtr-1", "hostname new\n", startup="booted\n", night=2)

    assert door("show", "rtr-1").stdout == "hostname new\n"
    assert door("show", "rtr-1", "--at", old[:7]).stdout == "hostname old\n"
    assert door("show", "rtr-1", "--at", "2026-01-17").stdout == "hostname old\n"
    assert door("show", "rtr-1", "--source", "startup").stdout == "booted\n"
    assert door.json("show", "rtr-1", "--at", old[:7])["text"] == "hostname old\n"


def test_what_does_not_exist_is_wrong_usage_and_says_what_does(door):
    door.store("rtr-edge-1", "a\n")

    assert "Did you mean rtr-edge-1?" in door("show", "rtr-egde-1", well=2).stderr
    assert "the oldest of 1 is" in door("show", "rtr-edge-1", "--at", "2020-01-01", well=2).stderr
    assert "no revision, day or time" in door("show", "rtr-edge-1", "--at", "yesterday", well=2).stderr
    assert "has no startup" in door("show", "rtr-edge-1", "--source", "startup", well=2).stderr
    assert "startup" in door("show", "rtr-edge-1", "--source", "other", well=2).stderr


def test_hostile_text_is_inert_on_a_terminal_in_show_diff_and_log(door):
    evil = "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202egnp.exe\u202c \x08\x7f\r"
    door.store("rtr-1", "a\n")
    door.store("rtr-1", f"{evil}\n", night=1)

    for words in (("show", "rtr-1"), ("diff", "rtr-1")):
        for said in (door(*words, well=int(words[0] == "diff")).stdout, door.on_a_terminal(*words)[0].decode()):
            plain = said.replace("\x1b[31m", "").replace("\x1b[32m", "").replace("\x1b[36m", "")
            plain = plain.replace("\x1b[1m", "").replace("\x1b[0m", "")
            assert "\\x1b[2J" in plain
            assert not set(plain) & set("\x1b\x07\x08\x7f\x9b\u202e\u202c\r")
    bad = door("show", "rtr-1\x1b[2J", well=2)
    assert "\x1b" not in bad.stderr


def test_json_of_hostile_text_holds_it_exactly(door):
    evil = 'quote " back \\ esc \x1b nul \0 line\nend'
    door.store("rtr-1", evil)

    assert door.json("show", "rtr-1")["text"] == evil


def test_a_difference_exits_1_and_none_exits_0(door):
    door.store("rtr-1", "a\nb\n", startup="s\n")
    door.store("rtr-1", "a\nc\n", startup="s\n", night=2)

    said = door("diff", "rtr-1", well=1).stdout.splitlines()

    assert said[0].startswith("--- rtr-1 running ")
    assert said[0].endswith("2026-01-15T18:00:00Z")
    assert said[1].startswith("+++ rtr-1 running ")
    assert said[2:] == ["@@ -1,2 +1,2 @@", " a", "-b", "+c"]
    none = door("diff", "rtr-1", "--source", "startup")
    assert (none.stdout, none.stderr) == ("", "no difference\n")
    assert door("diff", "rtr-1", "2026-01-18", "2026-01-18").stdout == ""
    found = door.json("diff", "rtr-1", "2026-01-16", well=1)["differences"]
    assert [(one["source"], one["different"]) for one in found] == [("running", True), ("startup", False)]
    backwards = door("diff", "rtr-1", "2026-01-18", "2026-01-16", well=1).stdout.splitlines()
    assert backwards[3:] == [" a", "-c", "+b"]


def test_a_difference_is_coloured_on_a_terminal_only_and_not_against_the_users_will(door):
    door.store("rtr-1", "a\n")
    door.store("rtr-1", "b\n", night=1)

    said, code = door.on_a_terminal("diff", "rtr-1")
    assert code == 1
    assert b"\x1b[31m-a\x1b[0m" in said
    assert b"\x1b[32m+b\x1b[0m" in said
    assert b"\x1b" not in door.on_a_terminal("diff", "rtr-1", NO_COLOR="1")[0]
    assert "\x1b" not in door("diff", "rtr-1", well=1).stdout


def test_across_a_rotated_site_key_the_difference_says_so(door):
    door.store("rtr-1", "secret <secret:0123456789ab>\n")
    door.store("rtr-1", "secret <secret:ba9876543210>\n", night=1, key=SiteKey(b"r" * 32))

    done = door("diff", "rtr-1")

    assert "site key rotated between the two, secrets not compared" in done.stdout
    assert "+" not in done.stdout
    assert "site key rotated" in door("log", "rtr-1").stdout


def test_verify_is_well_and_names_what_rots(door):
    door.store("rtr-1", "a\n")
    revision = door.store("fw-1", "x\n", night=1)
    assert "2 versions and 2 sealed files read: all well" in door("verify").stdout
    assert door.json("verify")["summary"] == {"faults": 0, "versions": 2, "sealed_files": 2}

    sealed = door.json("list")["devices"][0]["documents"][0]["sealed"]
    file = door.root / "state/archive/sealed" / sealed[:2] / f"{sealed}.age"
    file.chmod(0o600)
    file.write_bytes(file.read_bytes() + b"\0")

    said = door("verify", well=1).stdout
    assert "fw-1" in said
    assert revision[:8] in said
    assert "rtr-1" not in said
    (fault,) = door.json("verify", well=1)["faults"]
    assert (fault["kind"], fault["device"], fault["versions"]) == ("sealed", "fw-1", [revision])


def test_export_writes_the_exact_bytes_into_a_new_private_file(door):
    exact = b"hostname rtr-1\r\nenable secret hunter2\r\n\xff\0"
    door.store("rtr-1", "hostname rtr-1\n", exact=exact)

    said = door("export", "rtr-1", "--to", "out.cfg", "--identity", "dr.key").stdout

    assert (door.root / "out.cfg").read_bytes() == exact
    assert (door.root / "out.cfg").stat().st_mode & 0o777 == 0o600
    assert f"{len(exact)} bytes" in said
    assert "size, checksums and mark were right" in said
    again = door("export", "rtr-1", "--to", "out.cfg", "--identity", "dr.key", well=2)
    assert "exists already" in again.stderr
    wrote = door.json("export", "rtr-1", "--to", "other.cfg", "--identity", "main.key")
    assert (wrote["bytes"], wrote["mark_checked"]) == (len(exact), True)


def test_export_works_for_a_holder_who_has_no_site_key(door):
    door.store("rtr-1", "a\n", exact=b"secret")
    (door.root / "state/site.key").unlink()

    said = door("export", "rtr-1", "--to", "out.cfg", "--identity", "main.key").stdout

    assert "size and checksums were right" in said
    assert (door.root / "out.cfg").read_bytes() == b"secret"


def test_export_to_a_pipe_gives_only_the_bytes_and_to_a_terminal_nothing(door):
    exact = b"enable secret hunter2\r\n\xff"
    door.store("rtr-1", "a\n", exact=exact)

    done = door("export", "rtr-1", "--to", "-", "--identity", "main.key", text=False)
    assert (done.stdout, done.stderr) == (exact, b"")
    said, code = door.on_a_terminal("export", "rtr-1", "--to", "-", "--identity", "main.key")
    assert code == 2
    assert b"hunter2" not in said
    assert b"do not belong on a screen" in said


def test_export_with_a_wrong_missing_or_foreign_key_says_which_would_do(door):
    door.store("rtr-1", "a\n")
    stranger = str(pyrage.x25519.Identity.generate())
    (door.root / "stranger.key").write_text(stranger)
    (door.root / "notes.txt").write_text("not a key")

    done = door("export", "rtr-1", "--to", "out.cfg", "--identity", "stranger.key", well=2)
    assert "sealed for dr, main" in done.stderr
    assert stranger not in done.stderr
    assert "no identity of age" in door("export", "rtr-1", "--to", "o", "--identity", "notes.txt", well=2).stderr
    assert "No such file" in door("export", "rtr-1", "--to", "o", "--identity", "none.key", well=2).stderr
    assert not (door.root / "out.cfg").exists()
    assert not (door.root / "o").exists()


def test_a_damaged_archive_is_said_and_exits_3(door):
    door.store("rtr-1", "a\n")
    (door.root / "state/archive/readable.git/refs/heads/main").write_bytes(b"")

    for words in (("list",), ("log", "rtr-1"), ("show", "rtr-1")):
        assert "points to no commit" in door(*words, well=3).stderr
    assert "points to no commit" in door("verify", well=1).stdout
