"""`dcops archive items` at the door: what is printed, and the exit codes."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from pyrage import x25519

from dcops.archive.archive import Archive, Entry, Item
from dcops.archive.holders import Holder
from dcops.archive.site_key import SiteKey
from dcops.cli.archive_items import items as command
from dcops.ledger.ledger import Ledger
from dcops.model.job import DeviceResult, RunKey, RunTrigger
from dcops.model.restore_test import Level, RestoreResult, RestoreTest
from dcops.model.snapshot import ConfigSource

NOW = datetime.now(UTC)
DEVICES = """\
sites: [{name: main, title: Main, role: main}]
credentials: [{name: ios-backup}]
devices:
  - {name: rtr-1, site: main, role: router, vendor: v, model: m, platform: ios, credential: ios-backup,
     management: {ipv4: 192.0.2.1}}
  - {name: ups-1, site: main, role: ups, vendor: v, model: m}
"""
ITEM = """\
  - {name: edge, title: Edge routers, classification: secret, roles: [router], every_hours: 24, places: [archive],
     retention: {all_days: 90, monthly: 12}, restore_test_days: 90}
"""
OTHER = """\
  - {name: machines, title: Virtual machines, what: other, classification: confidential, every_hours: 24,
     places: [product], retention: {all_days: 30}, product: backup software, proof: its report}
"""


@pytest.fixture
def site(tmp_path):
    """A router that was backed up, and restored in a test, just now."""
    (tmp_path / "dcops.toml").write_text('[site]\nname = "test"\n')
    (tmp_path / "inventory").mkdir()
    holders = [Holder(name, str(x25519.Identity.generate().to_public())) for name in ("main", "dr")]
    session = Archive.open(tmp_path / "state/archive", holders=holders, site_key=SiteKey(bytes(32))).session("r-1")
    session.put(Entry("rtr-1", "ios", NOW, (Item(ConfigSource.RUNNING, "cfg", "hostname r\n", b"hostname r\n"),)))
    session.commit()
    key = RunKey("backup", NOW)
    with Ledger.open(f"sqlite:///{tmp_path}/state/ledger.sqlite") as ledger:
        assert ledger.claim(key, node="n", trigger=RunTrigger.MANUAL, now=NOW)
        ledger.record_outcomes(key, [DeviceResult("backup", NOW, "rtr-1", "changed")])
        running = (ConfigSource.RUNNING,)
        ledger.note_restore_test(
            RestoreTest("rtr-1", "0" * 40, running, NOW, Level.OPENED, RestoreResult.OK, holder="main", run="r-1")
        )
    return tmp_path


@pytest.fixture
def items(site):
    """Run the command on a site with these backup items."""

    def run(*words, declared=ITEM, devices=DEVICES):
        text = devices + ("backup_items:\n" + declared if declared else "")
        (site / "inventory/all.yaml").write_text(text, encoding="utf-8")
        return CliRunner().invoke(command, words, obj=site, catch_exceptions=False)

    return run


def only_router():
    return DEVICES.replace("  - {name: ups-1, site: main, role: ups, vendor: v, model: m}\n", "")


def test_all_as_declared_is_exit_0_and_says_what_was_declared(items):
    done = items(devices=only_router())

    assert done.exit_code == 0
    assert "1: 1 as declared" in done.stdout
    for words in ("Edge routers", "secret", "24 h", "all of 90 days, 12 monthly", "90 days"):
        assert words in " ".join(done.stdout.split())
    assert done.stdout.endswith("1 item, 1 device: all as declared\n")


def test_a_device_without_an_item_is_named_and_exit_1(items):
    done = items()

    assert done.exit_code == 1
    assert "Declared by no item (1): ups-1" in done.stdout
    assert done.stdout.endswith("1 item, 1 device: 1 finding\n")


def test_a_site_that_declares_nothing_says_so_and_names_every_device(items):
    done = items(declared="")

    assert done.exit_code == 1
    assert done.stdout.startswith("Nothing is declared: see docs/how-to/declared-backups.md\n")
    assert "Declared by no item (2): rtr-1, ups-1" in done.stdout


def test_another_product_is_listed_never_as_well_and_changes_no_exit_code(items):
    done = items("--format", "json", declared=ITEM + OTHER, devices=only_router())
    found = json.loads(done.stdout)

    assert done.exit_code == 0
    assert found["summary"] == {
        "items": 2,
        "not_observed": 1,
        "devices": 1,
        "as_declared": 1,
        "not_as_declared": 0,
        "could_not_check": 0,
        "undeclared": 0,
        "findings": 0,
    }
    assert [(one["item"], one["observed"], one["devices"]) for one in found["items"]] == [
        ("edge", True, [{"device": "rtr-1", "standing": "as declared"}]),
        ("machines", False, []),
    ]
    table = items(declared=ITEM + OTHER, devices=only_router()).stdout
    assert "machines: not observed by dcops yet, made by backup software; proof: its report" in table


def test_what_is_not_as_declared_is_told_with_its_evidence_and_exit_1(items):
    done = items("--format", "json", declared=ITEM.replace("[archive]", "[archive, copy]"), devices=only_router())
    found = json.loads(done.stdout)

    assert done.exit_code == 1
    assert found["items"][0]["devices"] == [{"device": "rtr-1", "standing": "not as declared"}]
    (finding,) = found["findings"]
    assert (finding["id"], finding["status"], finding["device"]) == ("BKP-003", "fail", "rtr-1")
    assert finding["evidence"] == "item edge declares a copy, and [copy] to in dcops.toml names no place"
    shown = items(declared=ITEM.replace("[archive]", "[archive, copy]"), devices=only_router()).stdout
    assert "1: 1 not as declared" in shown
    assert "rtr-1 is at no second store" in shown


def test_a_place_that_cannot_be_looked_at_is_no_proof(items, site):
    (site / "dcops.toml").write_text(
        '[site]\nname = "test"\n[copy]\nto = "ssh://u@dr.example/x"\ncredential = "none"\n'
    )

    done = items(declared=ITEM.replace("[archive]", "[archive, copy]"), devices=only_router())

    assert done.exit_code == 1
    assert "1: 1 could not check" in done.stdout
    assert done.stdout.endswith("1 item, 1 device: 1 finding, 1 of them could not be checked\n")


def test_a_selection_leaves_out_what_it_is_not_about(items):
    done = items("--role", "ups", "--format", "json")
    found = json.loads(done.stdout)

    assert (found["items"], found["undeclared"], done.exit_code) == ([], ["ups-1"], 1)
    assert items("--role", "router").exit_code == 0
