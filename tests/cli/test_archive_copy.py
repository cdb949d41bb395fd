"""`dcops archive copy` and `verify --copy` at the door: what is printed, the exit codes, what the ledger knows then."""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyrage import x25519

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.credentials.provider import PARTS
from dcops.ledger.ledger import Ledger
from dcops.model.snapshot import ConfigSource
from tests import warm
from tests.archive.copies.sshd import Sshd, require_sshd


@dataclass
class Door:
    """A site root with an archive, and the command that works on it."""

    root: Path
    identity: str

    @property
    def place(self):
        return self.root.parent / "dr"

    def dcops(self, *words, well=0, root=None):
        done = warm.run("-C", root or self.root, *words, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
        assert done.returncode == well, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done

    def json(self, *words, well=0):
        return json.loads(self.dcops(*words, "--format", "json", well=well).stdout)

    def settings(self, copy):
        (self.root / "dcops.toml").write_text(f'[site]\nname = "example \\"A\\""\n[copy]\n{copy}')

    def store(self, text, *, device="rtr-1", taken=None):
        holders = [Holder("main", self.identity), Holder("dr", str(x25519.Identity.generate().to_public()))]
        session = Archive.open(self.root / "state/archive", holders=holders, site_key=SiteKey(bytes(32))).session("r")
        item = Item(ConfigSource.RUNNING, "cfg", text, text.encode())
        session.put(Entry(device, "ios", taken or datetime.now(UTC), (item,)))
        session.commit()

    def ledger(self):
        return Ledger.open(f"sqlite:///{self.root}/state/ledger.sqlite")


@pytest.fixture
def door(tmp_path):
    root = tmp_path / "site"
    (root / "inventory").mkdir(parents=True)
    (root / "keys").mkdir()
    pair = x25519.Identity.generate()
    (tmp_path / "main.key").write_text(f"{pair}\n")
    one = Door(root, str(pair.to_public()))
    one.settings('to = "../dr"\n')
    one.store("hostname rtr-1\n")
    return one


def test_a_copy_is_told_and_recorded(door):
    done = door.dcops("archive", "copy")

    assert "1 files, " in done.stdout
    assert "1 of 1 versions, 1 sealed files there of 1 here; every hash recomputed there: equal" in done.stdout
    assert "note: the copy lies on the same file system as the archive" in done.stdout
    history = door.json("jobs", "history", "copy")
    assert [run["state"] for run in history["runs"]] == ["ok"]
    assert "archive copy" in door.dcops("audit-log", "show").stdout
    with door.ledger() as ledger:
        assert ledger.noted("copy:verified")
        assert ledger.last("copy").summary["equal"] is True


def test_the_copy_works_with_every_command_at_the_other_site(door, tmp_path):
    door.dcops("archive", "copy")
    shutil.rmtree(door.root)

    def at_the_other_site(*words):
        return door.dcops("archive", *words, root=door.place).stdout

    assert "rtr-1" in at_the_other_site("list")
    assert "rtr-1" not in at_the_other_site("log", "rtr-1", "--format", "table").split("\n")[0]
    assert at_the_other_site("show", "rtr-1") == "hostname rtr-1\n"
    assert "all well" in at_the_other_site("verify")
    at_the_other_site("export", "rtr-1", "--to", str(tmp_path / "out"), "--identity", str(tmp_path / "main.key"))
    assert (tmp_path / "out").read_text() == "hostname rtr-1\n"


def test_as_json_it_has_the_figures_that_the_reference_names(door):
    found = door.json("archive", "copy")

    assert found["command"] == "archive copy"
    summary = found["summary"]
    assert (summary["copied"], summary["equal"], summary["missing"], summary["damaged"]) == (1, True, 0, 0)
    assert (summary["versions"], summary["lag_seconds"], summary["recomputed"]) == (1, 0, True)
    assert (found["failure"], found["missing"], found["damaged"], found["extra"]) == (None, [], [], [])


def test_the_check_copies_nothing_and_is_no_run(door):
    door.dcops("archive", "copy")
    door.store("hostname rtr-1\nnew\n")

    found = door.json("archive", "copy", "--check-only")

    assert (found["summary"]["equal"], found["summary"]["missing"]) == (False, 1)
    assert [one["device"] for one in found["missing"]] == ["rtr-1"]
    assert len(list((door.place / "archive/sealed").rglob("*.age"))) == 1
    assert len(door.json("jobs", "history", "copy")["runs"]) == 1
    assert "behind by 0 min, 48 h are allowed" in door.dcops("archive", "copy", "--check-only").stdout


def test_a_copy_that_is_too_far_behind_is_a_finding(door):
    door.dcops("archive", "copy")
    door.settings('to = "../dr"\nmax_lag_hours = 1\n')
    door.store("x\n", device="rtr-2", taken=datetime.now(UTC) - timedelta(hours=3))

    found = door.json("archive", "copy", "--check-only", well=1)

    assert found["faults"] == ["the copy is 3 h behind, and 1 h are allowed"]
    assert "not equal, 1 thing to see to" in door.dcops("archive", "copy", "--check-only", well=1).stdout


def test_rot_there_is_found_told_noted_and_mended(door):
    door.dcops("archive", "copy")
    (sealed,) = (door.place / "archive/sealed").rglob("*.age")
    good = sealed.read_bytes()
    sealed.chmod(0o600)
    sealed.write_bytes(bytes(len(good)))
    with door.ledger() as ledger:
        ledger.note("copy:verified", "2026-01-01T00:00:00Z")

    done = door.dcops("archive", "verify", "--copy", well=1)

    assert "damaged there" in done.stdout
    assert sealed.stem in done.stdout
    with door.ledger() as ledger:
        assert ledger.noted("copy:verified") == "2026-01-01T00:00:00Z"
    assert "equal" in door.dcops("archive", "copy").stdout
    assert sealed.read_bytes() == good
    assert door.json("archive", "verify", "--copy")["summary"]["equal"] is True
    with door.ledger() as ledger:
        assert ledger.noted("copy:verified") > "2026-01-01T00:00:00Z"


def test_the_job_runs_it_too_and_a_place_that_is_gone_fails_it(door):
    door.dcops("jobs", "run", "copy", "--quiet")
    shutil.rmtree(door.place)
    door.dcops("jobs", "run", "copy", "--quiet", well=3)

    newest, first = door.json("jobs", "history", "copy")["runs"]
    assert (first["state"], newest["state"]) == ("ok", "failed")
    assert "is empty, and held 1 sealed files" in newest["reason"]
    assert "--start-over" in newest["reason"]


def test_without_a_second_store_the_command_says_how_to_name_one(door):
    door.settings("")

    done = door.dcops("archive", "copy", well=2)

    assert "there is no second store" in done.stderr
    assert "docs/how-to/second-store.md" in done.stderr


@pytest.mark.parametrize(
    ("copy", "says"),
    [
        ('to = "ssh://dcops@dr.example/srv"\n', "credential is empty"),
        ('to = "ssh://dcops@dr.example/srv"\ncredential = "nobody"\n', "names credential nobody, which is not found"),
        ('to = "ssh://dcops:secret1@dr.example/srv"\n', "holds a password"),
        ('to = "state"\n', "lie in one another"),
        ('where = "x"\n', "unknown key 'where'"),
    ],
)
def test_settings_that_cannot_be_are_refused(door, copy, says):
    door.settings(copy)

    done = warm.run("-C", door.root, "archive", "copy")

    assert done.returncode in (2, 3)
    assert says in done.stderr
    assert "secret1" not in done.stderr + done.stdout


def test_over_ssh_from_the_settings_alone(door, tmp_path):
    if "key_file" not in PARTS:
        pytest.skip("credentials know no key_file yet")
    require_sshd()
    server = Sshd(tmp_path / "sshd").start()
    try:
        door.settings(f'to = "{server.address(door.place)}"\ncredential = "copy"\n')
        credentials = door.root / "credentials.toml"
        credentials.write_text(f'[copy]\nkey_file = "{server.key}"\n')
        credentials.chmod(0o600)
        done = door.dcops("archive", "copy", well=3)
        assert "is not known" in done.stderr
        (door.root / "trust").mkdir()
        (door.root / "trust/known_hosts").write_text(server.known_line)

        assert door.json("archive", "copy")["summary"]["equal"] is True
        assert door.json("archive", "verify", "--copy")["summary"]["recomputed"] is True
    finally:
        server.stop()
    assert "all well" in door.dcops("archive", "verify", root=door.place).stdout
