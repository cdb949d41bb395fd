"""`dcops archive prune` at the door: the preview touches nothing, --write obeys the guards, and exit codes."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from pyrage import x25519

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.cli.archive_prune import prune as command
from dcops.jobs.housekeeping import clock
from dcops.ledger.ledger import Ledger
from dcops.model.snapshot import ConfigSource

NOW = datetime.now(UTC)
INVENTORY = """\
sites: [{name: main, title: Main, role: main}]
credentials: [{name: ios-backup}]
devices:
  - {name: rtr-1, site: main, role: router, vendor: v, model: m, platform: ios, credential: ios-backup,
     management: {ipv4: 192.0.2.1}}
  - {name: rtr-2, site: main, role: guest, vendor: v, model: m, platform: ios, credential: ios-backup,
     management: {ipv4: 192.0.2.2}}
backup_items:
  - {name: edge, title: Edge routers, classification: secret, roles: [router], every_hours: 24, places: [archive],
     retention: {all_days: 7}}
"""


class Root:
    """A site root with an archive, of which one device is declared and one is not."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "dcops.toml").write_text('[site]\nname = "test"\n')
        (folder / "inventory").mkdir()
        (folder / "inventory" / "all.yaml").write_text(INVENTORY)
        self.holders = [Holder(name, str(x25519.Identity.generate().to_public())) for name in ("main", "dr")]

    @property
    def archive(self):
        return Archive.open(self.folder / "state/archive", holders=self.holders, site_key=SiteKey(bytes(32)))

    def store(self, device, *days_ago):
        for days in days_ago:
            text = f"hostname {device}\n{days} days ago\n"
            session = self.archive.session(f"r-{days}")
            item = Item(ConfigSource.RUNNING, "cfg", text, text.encode())
            session.put(Entry(device, "ios", NOW - timedelta(days=days), (item,)))
            session.commit()

    def run(self, *options):
        return CliRunner().invoke(command, list(options), obj=str(self.folder), standalone_mode=False)

    def json(self, *options):
        return json.loads(self.run("--format", "json", *options).stdout)

    def sealed_files(self):
        return len(list((self.folder / "state/archive/sealed").glob("*/*.age")))

    def audit_log(self):
        file = self.folder / "state/audit.log"
        return file.read_text() if file.exists() else ""


@pytest.fixture
def root(tmp_path):
    one = Root(tmp_path)
    one.store("rtr-1", 40, 30, 6, 5, 4, 3, 2, 1)
    one.store("rtr-2", 400, 300, 200)
    return one


def test_the_preview_says_what_would_go_and_touches_nothing(root):
    done = root.run()

    assert done.return_value == 0
    assert "1 sealed file" in done.stdout
    assert "would go, and no readable text: dcops archive prune --write" in done.stdout
    assert "nothing declared: all stay" in done.stdout
    assert root.sealed_files() == 11
    assert root.audit_log() == ""
    with Ledger.open(f"sqlite:///{root.folder}/state/ledger.sqlite") as ledger:
        assert clock.believed(ledger) is None


def test_write_lets_it_go_and_the_audit_log_knows(root):
    done = root.run("--write")

    assert done.return_value == 0
    assert "1 sealed file (" in done.stdout
    assert "every version can still be read" in done.stdout
    assert root.sealed_files() == 10
    assert "archive prune" in root.audit_log()
    assert "rtr-1" in root.audit_log()
    assert len(root.archive.log("rtr-1")) == 8
    assert root.archive.verify().faults == ()
    again = root.run("--write")
    assert "nothing was let go" in again.stdout
    assert root.audit_log().count("archive prune") == 1


def test_more_than_a_fifth_needs_to_be_said(root):
    root.store("rtr-1", 0.9, 0.8, 0.7)
    (root.folder / "inventory" / "all.yaml").write_text(INVENTORY.replace("roles: [router]", "sites: [main]"))
    root.store("rtr-2", 100, 50, 20, 9, 8)

    held = root.run("--write")
    there = root.sealed_files()
    agreed = root.run("--write", "--yes-many")

    assert held.return_value == 1
    assert "held back: more than a fifth" in held.stdout
    assert "dcops archive prune --write --yes-many" in held.stdout
    assert there == 19
    assert agreed.return_value == 0
    assert root.sealed_files() < there
    assert root.archive.verify().faults == ()


def test_a_version_from_the_future_holds_its_device_back_until_the_clock_is_vouched_for(root):
    root.store("rtr-1", -40)

    found = root.json("--write")

    assert found["held_back"] == [{"device": "rtr-1", "doubt": "future", "why": found["held_back"][0]["why"]}]
    assert (found["summary"]["going"], found["summary"]["revision"]) == (0, None)
    assert root.json("--write", "--yes-clock")["summary"]["going"] == 1


def test_json_tells_why_each_version_is_kept(root):
    found = root.json()

    one, two = found["devices"]
    assert (one["device"], one["retention"], one["versions"], one["files"]) == ("rtr-1", "all of 7 days", 8, 1)
    assert one["kept"][root.archive.log("rtr-1")[0].revision] == ["newest", "restores", "days"]
    assert (two["retention"], two["kept"], two["files"]) == (None, None, 0)
