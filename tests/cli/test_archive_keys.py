"""`dcops archive keys` and `copy --prune` at the door: what a person is told who does this once a year."""

import json
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import load_holders
from dcops.archive.site_key import SiteKey
from dcops.cli.archive_reseal import until_ctrl_c
from dcops.cli.main import cli
from dcops.diff.redact import keyed
from dcops.errors import CannotRun, UsageError
from dcops.model.snapshot import ConfigSource


class Door:
    """A site root, the command that works on it, and a folder that stands for the holders' sticks."""

    def __init__(self, folder):
        self.root, self.sticks, self.second = folder / "site", folder / "sticks", folder / "second"
        self.root.mkdir()
        self.sticks.mkdir()
        (self.root / "dcops.toml").write_text(f'[site]\nname = "example"\n[copy]\nto = "{self.second}"\n')

    def __call__(self, *words, well=0, answer=None):
        done = CliRunner().invoke(cli, ["-C", str(self.root), "archive", *words], input=answer)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == well, done.output
        assert "AGE-SECRET-KEY" not in done.output
        return done

    def keys(self, *words, **how):
        return self("keys", *words, **how).output

    def json(self, *words, well=0):
        return json.loads(self("keys", *words, "--format", "json", well=well).stdout)

    def stick(self, name):
        return str(self.sticks / f"{name}.key")

    def create(self, *names):
        for name in names:
            self.keys("create", name, "--identity", self.stick(name))

    def store(self, night, secret="s3cret"):
        holders = load_holders(self.root / "keys")
        site_key = SiteKey.load_or_create(self.root / "state", self.root / "keys", holders)
        archive = Archive.open(self.root / "state/archive", holders=holders, site_key=site_key)
        session = archive.session(f"run-{night}")
        when = datetime(2026, 1, 15, tzinfo=UTC) + timedelta(days=night)
        for device in ("rtr-1", "fw-1"):
            exact, readable = (f"secret {word}\nnight {night}\n" for word in (secret, keyed(site_key.key)(secret)))
            session.put(Entry(device, "ios", when, (Item(ConfigSource.RUNNING, "cfg", readable, exact.encode()),)))
        session.commit()


@pytest.fixture
def door(tmp_path):
    """Two holders and one night of two devices."""
    found = Door(tmp_path)
    found.create("main", "dr")
    found.store(0)
    return found


def test_the_yearly_check_is_well_and_a_key_is_really_tried(door):
    assert "2 sealed files, 2 holders: well" in door.keys("check")

    said = door.keys("check", "--identity", door.stick("dr"), "--all")

    assert "Key of dr: 2 of 2 files opened" in said
    assert "2 of them compared with their mark; 1 copies of the site key opened" in said
    assert "Take it off this host now" in said


def test_a_key_of_nobody_is_wrong_usage_and_its_public_part_is_told(door, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    stranger = Door(elsewhere)
    stranger.create("stranger")

    with pytest.raises(UsageError, match="is of no holder") as caught:
        door("keys", "check", "--identity", stranger.stick("stranger"))

    assert load_holders(stranger.root / "keys")[0].recipient in str(caught.value)
    with pytest.raises(UsageError, match="needs a key"):
        door("keys", "check", "--all")


def test_a_key_is_rotated_resealed_and_checked(door):
    said = door.keys("rotate", "dr", "--identity", door.stick("dr-new"))
    assert "The old key of dr still opens 2 of 2 sealed files, of 2 versions of 2 devices: fw-1, rtr-1" in said
    assert "Move it off this host now" in said
    found = door.json("check", well=1)
    assert [(one["name"], one["opens"]) for one in found["holders"]] == [("main", 2), ("dr", 0)]
    assert [(one["name"], one["opens"]) for one in found["former"]] == [("dr", 2)]
    assert door.json("list")["holders"][1]["opens"] == 0
    assert "Not everything is sealed for exactly these" in door.keys("list")

    with pytest.raises(UsageError, match="nobody is there to answer"):
        door("keys", "reseal", "--identity", door.stick("main"))
    said = door.keys("reseal", "--identity", door.stick("main"), "--yes")

    assert "2 files of 2 devices" in said
    assert "Take it off this host now" in said
    assert door.json("check", "--identity", door.stick("dr-new"))["tried"]["opened"] == 2
    assert "Everything is sealed for exactly main, dr." in door.keys("reseal", "--identity", door.stick("main"))


def test_what_a_key_does_not_open_stays_is_named_and_exits_1(door):
    door.keys("rotate", "dr", "--identity", door.stick("dr-new"))

    said = door.json("reseal", "--identity", door.stick("dr-new"), "--yes", well=1)

    assert said["files"] == 0
    assert [one["message"] for one in said["skipped"]] == [
        "this key does not open it: it is sealed for dr (former key), main"
    ] * 2
    with pytest.raises(UsageError, match="holds no device 'rtr-9'"):
        door("keys", "reseal", "--identity", door.stick("main"), "--device", "rtr-9", "--yes")


def test_somebody_leaves_and_every_step_is_told(door):
    with pytest.raises(UsageError, match="2 must stay"):
        door("keys", "remove", "dr")
    door.create("offline")
    assert door("copy").exit_code == 0

    said = door.keys("remove", "dr")
    assert "still opens 2 of 2 sealed files" in said
    assert "dcops archive keys reseal --identity KEY, then dcops archive copy --prune" in said
    said = door.keys("seen", "dr", well=1)
    assert "secret <secret:" in said
    assert "2 lines on 2 of them" in said
    assert "s3cret" not in said

    door.keys("reseal", "--identity", door.stick("main"), "--yes")
    with pytest.raises(UsageError, match="Add --yes"):
        door("copy", "--prune")
    with pytest.raises(UsageError, match="comes after a copy"):
        door("copy", "--prune", "--check-only", "--yes")
    said = door("copy", "--prune", "--yes").output
    assert "2 were sealed anew" in said
    assert "2 of 2 files were removed there" in said
    assert len(list(door.second.glob("archive/sealed/*/*.age"))) == 2
    old = door.json("list")["site_key"]
    assert f"it was {old}" in door.keys("rotate-site-key")
    assert door.json("list")["site_key"] != old

    door.store(1, "changed")
    assert door.json("seen", "dr", well=1)["secrets"][0]["certain"] is False
    door.store(2, "changed twice")
    assert door.json("seen", "dr")["secrets"] == []
    log = (door.root / "state/audit.log").read_text()
    for action in ("keys remove", "keys reseal", "copy --prune", "keys rotate-site-key"):
        assert f'"archive {action}"' in log
    assert "AGE-SECRET" not in log


def test_pruning_as_json_tells_how_much_went(door):
    door("copy")
    door.keys("rotate", "dr", "--identity", door.stick("dr-new"))
    door.keys("reseal", "--identity", door.stick("dr"), "--yes")

    said = json.loads(door("copy", "--prune", "--yes", "--format", "json").stdout)

    assert (said["pruned"]["removed"], said["pruned"]["resealed"], said["pruned"]["waiting"]) == (2, 2, [])


def test_a_pair_that_was_made_elsewhere_is_taken(door):
    (public,) = [line for line in Path(door.stick("dr")).read_text().splitlines() if "public" in line]
    with pytest.raises(UsageError, match="has already"):
        door("keys", "rotate", "dr", "--recipient", public.split()[-1])
    with pytest.raises(UsageError, match="either made here or"):
        door("keys", "rotate", "dr")


def test_who_would_take_the_only_key_along_is_told_of(door):
    door.create("offline")
    door.keys("remove", "main")
    door.create("safe")

    said = door.keys("remove", "dr")

    assert "2 of these open with no key of those who stay" in said
    found = door.json("check", well=1)
    assert len(found["closed"]) == 2
    assert "keep the former keys" in " ".join(found["faults"])


def test_a_private_key_in_the_site_root_is_warned_of(door):
    inside = door.root / "dr.key"
    inside.write_bytes(Path(door.stick("dr")).read_bytes())

    done = door("keys", "check", "--identity", str(inside))

    assert "lies in the site root" in done.stderr


def test_without_a_site_key_there_is_none_to_rotate(tmp_path):
    with pytest.raises(CannotRun, match="2 holders or more"):
        Door(tmp_path)("keys", "rotate-site-key")


def test_the_first_ctrl_c_asks_to_stop_and_the_second_one_stops(capfd):
    before = signal.getsignal(signal.SIGINT)
    with until_ctrl_c() as asked:
        assert not asked.is_set()
        os.kill(os.getpid(), signal.SIGINT)
        assert asked.is_set()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is before
    assert "Stopping" in capfd.readouterr().err
