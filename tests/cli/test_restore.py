"""`dcops restore plan` at the door: the page, the JSON, the exit codes, and that nothing but the archive is needed."""

import json
import shlex
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyrage import x25519

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.cli.main import cli
from dcops.model.snapshot import ConfigSource

INVENTORY = """\
sites: [{name: main, title: Main, role: main}]
credentials: [{name: ios-backup}]
devices:
- {name: rtr-edge-1, site: main, role: edge-router, vendor: Cisco, model: ISR 4461, platform: ios,
   software: 17.09.04a, serial: FDO00000001, management: {ipv4: 192.0.2.11}, credential: ios-backup}
- {name: rtr-edge-2, site: main, role: edge-router, vendor: Cisco, model: ISR 4461, platform: ios,
   management: {ipv4: 192.0.2.12}, credential: ios-backup}
"""
TEXT = "version 17.9\nhostname rtr-edge-1\narchive\n path bootflash:backup\nend\n"
HOLDERS = tuple(Holder(name, str(x25519.Identity.generate().to_public())) for name in ("main", "dr"))


@dataclass
class Door:
    """A site root, and `dcops restore plan` on it."""

    root: Path

    def __call__(self, *words, well=0, root=None):
        done = CliRunner().invoke(cli, ["-C", str(root or self.root), "restore", "plan", *words])
        assert done.exit_code == well, (done.output, done.stderr, done.exception)
        return done

    def store(self, device, text, *, night=0, platform="ios"):
        archive = Archive.open(self.root / "state/archive", holders=HOLDERS, site_key=SiteKey(bytes(range(32))))
        session = archive.session(f"run-{night}")
        taken = datetime(2026, 1, 15, 18, 0, tzinfo=UTC) + timedelta(days=night)
        session.put(Entry(device, platform, taken, (Item(ConfigSource.RUNNING, "cfg", text, text.encode()),)))
        session.commit()

    def json(self, *words, well=0, root=None):
        return json.loads(self(*words, "--format", "json", well=well, root=root).stdout)


@pytest.fixture
def door(tmp_path):
    root = tmp_path / "site root"
    (root / "inventory").mkdir(parents=True)
    (root / "dcops.toml").write_text("")
    (root / "inventory/all.yaml").write_text(INVENTORY)
    one = Door(root)
    one.store("rtr-edge-1", TEXT)
    one.store("rtr-edge-1", TEXT.replace("end", "ip http server\nend"), night=1)
    return one


def sealed(door):
    return Path(door.json("rtr-edge-1")["sends"]["path"])


def everything(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_page_leads_from_the_key_to_the_check(door):
    page = door("rtr-edge-1").stdout

    places = [
        page.index(words)
        for words in (
            "rtr-edge-1: the way back (Cisco IOS, IOS-XE)",
            "there and whole, recomputed just now",
            "Opened by  dr, main",
            "Before you begin",
            "What does not come back",
            "A. It is dead: a blank box takes its place",
            "archive export rtr-edge-1 --at",
            "reload",
            "archive diff rtr-edge-1",
            "B. It runs, and its configuration is wrong",
            "configure replace bootflash:",
            "configure revert now",
            "How far this was tried",
        )
    ]
    assert places == sorted(places)


def test_commands_stand_on_one_line_and_name_the_site_root(door):
    page = door("rtr-edge-1").stdout

    (command, *_) = [line.strip() for line in page.splitlines() if "archive export" in line]
    assert shlex.split(command)[:4] == ["dcops", "-C", str(door.root), "archive"]
    assert command.endswith("--identity KEY")


def test_one_case_alone_is_a_shorter_page(door):
    page = door("rtr-edge-1", "--case", "repair").stdout

    assert "B. It runs, and its configuration is wrong" in page
    assert "It is dead" not in page


def test_the_json_says_the_same(door):
    plan = door.json("rtr-edge-1", "--at", "2026-01-16T12:00:00Z")

    assert plan["command"] == "restore plan"
    assert (plan["device"], plan["platform"], plan["stands"]) == ("rtr-edge-1", "ios", True)
    assert plan["version"]["newest"] is False
    assert plan["version"]["differs_from_newest"]["lines_go"] == 1
    assert plan["sends"]["source"] == "running"
    assert plan["sends"]["bytes"] == len(TEXT)
    assert plan["sends"]["problem"] is None
    assert plan["sends"]["holders"] == ["dr", "main"]
    assert plan["target"]["address"] == "192.0.2.11"
    assert {fit["what"]: fit["verdict"] for fit in plan["target"]["fits"]}["software"] == "fits"
    assert [way["case"] for way in plan["ways"]] == ["replacement", "repair"]
    assert plan["ways"][1]["steps"][0]["phase"] == "before"
    assert {loss["concerns"] for loss in plan["losses"]} == {"yes", "no"}
    assert plan["obstacles"] == []


def test_a_damaged_sealed_file_is_exit_code_1_and_shows_no_steps(door):
    file = sealed(door)
    file.chmod(0o600)
    file.write_bytes(b"?")

    page = door("rtr-edge-1", well=1).stdout
    assert "NOT LIKE THIS: the sealed file of this version is damaged" in page
    assert "restore plan rtr-edge-1 --at" in page
    assert "archive export" not in page
    assert door.json("rtr-edge-1", well=1)["sends"]["problem"] == "damaged"


def test_the_folder_of_the_second_store_is_looked_into(door, tmp_path):
    shutil.copytree(door.root / "state/archive", tmp_path / "dr/archive")
    (door.root / "dcops.toml").write_text(f'[copy]\nto = "{tmp_path / "dr"}"\n')
    file = sealed(door)
    file.chmod(0o600)
    file.unlink()

    way_out = door.json("rtr-edge-1", well=1)["obstacles"][0]["ways_out"][0]

    assert "has it whole" in way_out["what"]
    assert way_out["types"][0].startswith("cp ")


def test_a_copy_that_has_nothing_but_the_archive_is_enough(door, tmp_path):
    copy = tmp_path / "dr"
    shutil.copytree(door.root / "state/archive", copy / "archive")
    (copy / "dcops.toml").write_text('[paths]\nstate = "."\n')

    done = door("rtr-edge-1", root=copy)
    plan = door.json("rtr-edge-1", root=copy)

    assert plan["stands"]
    assert plan["target"] == {
        "in_inventory": False,
        "lab": False,
        "address": None,
        "port": None,
        "fits": plan["target"]["fits"],
    }
    assert f"dcops -C {copy} archive export" in done.stdout
    assert done.stderr == ""


def test_an_inventory_with_mistakes_is_told_of_and_stops_nobody(door):
    (door.root / "inventory/all.yaml").write_text("devices: [{name: 7}]\n")

    done = door("rtr-edge-1")

    assert "the plan is made without the inventory" in done.stderr
    assert "A. It is dead" in done.stdout


def test_a_broken_description_of_the_site_stops_nobody(door):
    (door.root / "platforms").mkdir()
    (door.root / "platforms/nxos.yaml").write_text("title: [\n")
    door.store("sw-dmz-1", "version 9.3(10)\nhostname sw-dmz-1\n", platform="nxos")

    assert door("rtr-edge-1").stderr == ""
    done = door("sw-dmz-1")

    assert "the plan is made without this site's own description of nxos" in done.stderr
    assert "sw-dmz-1: the way back (Cisco NX-OS)" in done.stdout


def test_a_description_of_the_site_that_says_no_way_back_keeps_the_shipped_one(door):
    shipped = (Path(__file__).resolve().parents[2] / "platforms/nxos.yaml").read_text()
    (door.root / "platforms").mkdir()
    (door.root / "platforms/nxos.yaml").write_text(shipped.split("\nrestore:")[0] + "\n")
    door.store("sw-dmz-1", "version 9.3(10)\nhostname sw-dmz-1\n", platform="nxos")

    assert "checkpoint before-restore" in door("sw-dmz-1").stdout


def test_nothing_is_written_anywhere(door):
    before = everything(door.root)

    door("rtr-edge-1")
    door("rtr-edge-1", "--format", "json")

    assert everything(door.root) == before


def test_what_the_archive_does_not_hold_is_refused(door):
    done = CliRunner().invoke(cli, ["-C", str(door.root), "restore", "plan", "rtr-edge-2"])

    assert "nothing of rtr-edge-2 was ever archived here" in str(done.exception)
    assert done.exception.exit_code == 3


def test_no_control_character_of_an_archived_text_reaches_the_terminal(door):
    door.store("rtr-edge-1", TEXT + "snmp-server group \x1b]0;gone\x07 v3 priv\n", night=9)

    page = door("rtr-edge-1").stdout

    assert "\x1b" not in page
    assert "\\x1b]0;gone" in page
