"""`dcops archive import`, and devices of which there is only a state or a file."""

import hashlib
import json
import os
import random
from datetime import UTC, datetime, timedelta

import pytest

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import load_holders
from dcops.archive.site_key import SiteKey
from dcops.model.snapshot import ConfigSource
from tests.cli.test_archive import Door

CONF = random.Random(580).randbytes(4000)
ROUTER = b"version 17.9\nhostname rtr-1\nenable secret 9 $9$exampleSalt$exampleHashValue\nend\n"
INVENTORY = """\
sites: [{name: main, title: Main, role: main}]
credentials: [{name: ios-backup}]
devices:
  - {name: rtr-1, site: main, role: edge-router, vendor: v, model: m, platform: ios, credential: ios-backup,
     management: {ipv4: 192.0.2.1}}
  - {name: wan-1, site: main, role: wan-balancer, vendor: v, model: m, drop: {pattern: "*.conf", smallest_bytes: 2000}}
  - {name: esx-1, site: main, role: host, vendor: v, model: m, platform: esxi}
  - {name: theirs-1, site: main, role: edge-router, vendor: v, model: m, foreign: true}
"""
NOW = datetime.now(UTC)


class Site(Door):
    def bring(self, *words, well=0):
        return self("import", *words, well=well)

    def file(self, name, content, *, age=timedelta(hours=1)):
        file = self.root / name
        file.write_bytes(content)
        os.utime(file, ((NOW - age).timestamp(),) * 2)
        return name

    def put(self, device, source, text, *, age=timedelta()):
        holders = load_holders(self.root / "keys")
        key = SiteKey.load_or_create(self.root / "state", self.root / "keys", holders)
        session = Archive.open(self.root / "state/archive", holders=holders, site_key=key).session("run-of-backup")
        session.put(Entry(device, "peplink", NOW - age, (Item(source, "cfg", text, text.encode()),)))
        return session.commit().revision

    def audit(self):
        return (self.root / "state/audit.log").read_text()


@pytest.fixture
def site(tmp_path):
    (tmp_path / "dcops.toml").write_text("")
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "all.yaml").write_text(INVENTORY)
    site = Site(tmp_path)
    site("keys", "create", "main", "--identity", "main.key")
    site("keys", "create", "dr", "--identity", "dr.key")
    return site


def test_a_file_is_checked_sealed_and_left_where_it_is(site):
    site.file("wan-1.conf", CONF)

    said = site.bring("wan-1", "wan-1.conf").stdout

    assert f"4,000 bytes, sha256 {hashlib.sha256(CONF).hexdigest()}" in said
    assert "new, file of wan-1" in said
    assert (site.root / "wan-1.conf").read_bytes() == CONF
    site("export", "wan-1", "--to", "out", "--identity", "dr.key")
    assert (site.root / "out").read_bytes() == CONF
    assert '"archive import"' in site.audit()
    assert "all well" in site("verify").stdout


def test_what_is_there_already_is_named_and_not_stored_again(site):
    site.file("wan-1.conf", CONF, age=timedelta(hours=3))
    first = site.json("import", "wan-1", "wan-1.conf")
    site.bring("wan-1", site.file("next.conf", CONF[::-1]))
    lines = site.audit()

    said = site.bring("wan-1", "wan-1.conf").stdout
    again = site.json("import", "wan-1", "wan-1.conf")

    assert f"unchanged, it is there already: version {first['revision'][:8]}" in said
    assert (again["outcome"], again["revision"], again["run"]) == ("unchanged", first["revision"], None)
    assert site.audit() == lines
    assert len(site.json("log", "wan-1")["versions"]) == 2


def test_a_dry_run_says_what_it_would_be_and_stores_nothing(site):
    site.file("wan-1.conf", CONF)

    assert "it would become the first version" in site.bring("wan-1", "wan-1.conf", "--dry-run").stdout
    assert site.json("import", "wan-1", "wan-1.conf", "--dry-run")["revision"] is None
    assert "there is no archive" in site("list", well=3).stderr
    site.bring("wan-1", "wan-1.conf")
    site.file("next.conf", CONF[::-1])
    assert "it would become the next version" in site.bring("wan-1", "next.conf", "--dry-run").stdout


def test_a_configuration_is_read_and_its_secrets_are_hidden(site):
    site.file("rtr-1.cfg", b"Building configuration...\r\n" + ROUTER.replace(b"\n", b"\r\n"))

    site.bring("rtr-1", "rtr-1.cfg", "--source", "running")

    shown = site("show", "rtr-1").stdout
    assert "exampleHashValue" not in shown
    assert "<secret:" in shown
    assert "\\x0d" not in shown
    site.file("copy.cfg", ROUTER)
    assert "unchanged, it reads the same as version" in site.bring("rtr-1", "copy.cfg", "--source", "running").stdout


@pytest.mark.parametrize(
    ("name", "content", "source", "says"),
    [
        ("wan-1", b"<html>" + bytes(3000), "file", "web page"),
        ("wan-1", CONF[:1999], "file", "1999 bytes"),
        ("wan-1", ROUTER, "running", "has no platform"),
        ("esx-1", ROUTER, "running", "has platform esxi: nothing tells whether this is a whole running"),
        ("rtr-1", ROUTER.removesuffix(b"end\n"), "running", "end"),
        ("theirs-1", CONF, "file", "another organisation"),
        ("wan-2", CONF, "file", "did you mean wan-1"),
    ],
)
def test_what_would_not_restore_the_device_is_refused(site, name, content, source, says):
    site.file("x", content)

    assert says.lower() in site.bring(name, "x", "--source", source, well=2).stderr.lower()
    assert not (site.root / "state/archive/readable.git").exists()


def test_what_is_older_than_the_archive_is_refused_unless_its_time_is_said(site):
    site.bring("wan-1", site.file("new.conf", CONF))
    site.file("old.conf", CONF[::-1], age=timedelta(days=30))

    refused = site.bring("wan-1", "old.conf", well=2).stderr
    assert "the archive holds one of" in refused
    assert "--taken" in refused
    late = (NOW + timedelta(days=1)).isoformat()
    assert "still to come" in site.bring("wan-1", "old.conf", "--taken", late, well=2).stderr
    assert "no time" in site.bring("wan-1", "old.conf", "--taken", "yesterday", well=2).stderr

    site.bring("wan-1", "old.conf", "--taken", NOW.isoformat())
    assert len(site.json("log", "wan-1")["versions"]) == 2


def test_an_old_file_beside_a_fresh_configuration_says_how_old_it_is(site):
    site.put("wan-1", ConfigSource.STATE, "{}\n")
    site.bring("wan-1", site.file("wan-1.conf", CONF, age=timedelta(days=10)))

    newest = site.json("log", "wan-1")["versions"][0]
    kept = {one["source"]: one["kept_from"] for one in newest["documents"]}
    day = f"{NOW - timedelta(days=10):%Y-%m-%d}"
    assert kept["file"].startswith(day)
    assert f"file (kept from {day})" in site("list").stdout


def test_a_file_that_shrank_needs_a_word_of_the_person(site):
    site.bring("wan-1", site.file("wan-1.conf", CONF * 3, age=timedelta(hours=2)))
    site.file("small.conf", CONF)

    assert "--accept-smaller" in site.bring("wan-1", "small.conf", well=2).stderr
    site.bring("wan-1", "small.conf", "--accept-smaller")


def test_a_file_that_is_none_and_one_that_is_too_large_are_refused(site):
    os.mkfifo(site.root / "pipe")
    (site.root / "dcops.toml").write_text("[drop]\nlargest_megabytes = 1\n")
    site.file("large.conf", bytes(range(256)) * 4000)

    assert "named pipe" in site.bring("wan-1", "pipe", well=2).stderr
    assert "largest_megabytes" in site.bring("wan-1", "large.conf", well=2).stderr
    assert "No such file" in site.bring("wan-1", "none.conf", well=2).stderr


def test_without_a_running_configuration_the_first_there_is_is_shown(site):
    site.put("wan-1", ConfigSource.STATE, '{"lan": 1}\n', age=timedelta(days=2))

    done = site("show", "wan-1")

    assert done.stdout == '{"lan": 1}\n'
    assert "no running configuration" in done.stderr
    assert site.json("show", "wan-1")["source"] == "state"
    site.bring("wan-1", site.file("wan-1.conf", CONF))
    assert site("show", "wan-1", "--source", "file").stdout.startswith("type: data\nsize: 4000 bytes\n")
    assert "file" in site("list").stdout
    found = site.json("diff", "wan-1", well=1)["differences"]
    assert [(one["source"], one["different"]) for one in found] == [("state", False), ("file", True)]


def test_export_takes_what_restores_and_says_when_nothing_does(site):
    site.put("wan-1", ConfigSource.STATE, '{"lan": 1}\n', age=timedelta(days=2))

    done = site("export", "wan-1", "--to", "state.json", "--identity", "dr.key")
    assert "it cannot restore the device" in done.stderr
    assert (site.root / "state.json").read_bytes() == b'{"lan": 1}\n'
    told = json.loads(site("export", "wan-1", "--to", "again.json", "--identity", "dr.key", "--format", "json").stdout)
    assert (told["source"], told["restores"]) == ("state", False)

    site.bring("wan-1", site.file("wan-1.conf", CONF))
    done = site("export", "wan-1", "--to", "wan-1.back", "--identity", "dr.key")
    assert (site.root / "wan-1.back").read_bytes() == CONF
    assert "by the device's own means" in done.stdout
    assert done.stderr == ""
