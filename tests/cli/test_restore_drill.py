"""`dcops restore drill` and `history` at the door: exit codes, records, and a second store that stays as it was."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from click.testing import CliRunner

from dcops.archive.archive import Archive, Entry
from dcops.archive.copies.opening import open_store
from dcops.archive.holders import create_holder, load_holders
from dcops.archive.site_key import SiteKey
from dcops.cli.main import cli
from dcops.errors import CannotRun, InvalidInput, UsageError
from dcops.ledger.ledger import Ledger
from dcops.model.secret import Credential
from tests.jobs import drills

INVENTORY = """\
sites: [{name: main, title: Main, role: main}, {name: dr, title: DR, role: dr}]
credentials: [{name: ios-backup}]
devices:
  - {name: rtr-1, site: main, role: edge-router, vendor: v, model: m, platform: ios, credential: ios-backup,
     management: {ipv4: 192.0.2.1}}
  - {name: rtr-2, site: dr, role: edge-router, vendor: v, model: m, platform: ios, credential: ios-backup,
     management: {ipv4: 192.0.2.2}}
  - {name: rtr-3, site: dr, role: edge-router, vendor: v, model: m, platform: ios, credential: ios-backup,
     management: {ipv4: 192.0.2.3}}
"""
NOW = datetime.now(UTC)


class Site(drills.Site):
    """A site root with two archived routers, its second store, and the keys of two holders."""

    def __init__(self, folder):
        self.root, self.place, self.stick = folder / "site", folder / "dr", folder / "stick"
        for path in (self.root / "inventory", self.stick):
            path.mkdir(parents=True)
        (self.root / "dcops.toml").write_text("")
        (self.root / "inventory/all.yaml").write_text(INVENTORY)
        for name in ("main", "dr"):
            create_holder(self.root / "keys", name, self.stick / f"{name}.key")
        (folder / "drills").mkdir()
        super().__init__(folder / "drills")
        self.key = SiteKey.load_or_create(self.root / "state", self.root / "keys", load_holders(self.root / "keys"))
        for number in (1, 2):
            self.back_up(f"rtr-{number}", night=number)

    @property
    def archive(self):
        return Archive.open(
            self.root / "state/archive", holders=load_holders(self.root / "keys"), site_key=self.key, lock_seconds=5
        )

    @property
    def sealed(self):
        return drills.SealedFiles(self.root / "state/archive/sealed")

    def store(self, name, *items, night=0, platform="ios"):
        session = self.archive.session(f"run-{night}")
        session.put(Entry(name, platform, NOW - timedelta(days=30 - night), items))
        return session.commit().revision

    def copy(self):
        store = open_store(
            self.place,
            Credential(""),
            None,
            archive=self.root / "state/archive",
            keys=self.root / "keys",
            memory=self.root / "state/copy.json",
            site="example",
            max_lag=timedelta(hours=48),
            verify_every=timedelta(days=7),
            clock=lambda: datetime.now(UTC),
        )
        store.copy()

    def dcops(self, *words, well=0, root=None):
        done = CliRunner().invoke(cli, ["-C", str(root or self.root), *words], catch_exceptions=False)
        raise_what_main_would_print(done)
        assert done.exit_code == well, done.output
        return done

    def json(self, *words, well=0, root=None):
        return json.loads(self.dcops(*words, "--format", "json", "-q", well=well, root=root).stdout)

    def tests(self):
        with Ledger.open(f"sqlite:///{self.root}/state/ledger.sqlite") as ledger:
            return ledger.restore_tests()

    def identity(self, name):
        return ("--identity", str(self.stick / f"{name}.key"))


def raise_what_main_would_print(done):
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.ledger.close()


def contents(folder):
    """Every file below a folder: its name, when it was changed, and what is in it."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    } | {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_dir()}


def test_a_good_drill_ends_well_and_stands_in_ledger_history_and_audit_log(site):
    done = site.dcops("restore", "drill", *site.identity("dr"))

    assert "2 of 2 devices could be restored" in done.stdout
    assert {(test.device, test.level, test.holder) for test in site.tests()} == {
        ("rtr-1", "opened", "dr"),
        ("rtr-2", "opened", "dr"),
    }
    history = site.dcops("restore", "history").stdout
    assert "running: opened and whole" in history
    log = (site.root / "state/audit.log").read_text()
    assert "restore drill" in log
    assert "opened with the key of dr" in log
    assert site.dcops("restore", "history", "rtr-2").stdout.count("rtr-2") == 1
    assert "No restore test" in site.dcops("restore", "history", "rtr-3").stdout


def test_nothing_that_was_opened_is_printed_or_written(site):
    done = site.dcops("restore", "drill", *site.identity("dr"))

    printed = done.output + site.dcops("restore", "history", "--format", "json").stdout
    assert "exampleHashValue" not in printed
    assert "AGE-SECRET-KEY" not in printed
    for path in site.root.rglob("*"):
        assert not path.is_file() or b"exampleHashValue" not in path.read_bytes()


def test_without_a_key_it_says_that_this_was_no_restore_test(site):
    done = site.dcops("restore", "drill", well=1)

    assert "this was no restore test: give a holder's key" in done.stdout
    assert {test.level for test in site.tests()} == {"parsed"}


def test_a_damaged_backup_ends_with_1_and_is_named_with_its_step(site):
    site.spoil("rtr-2")

    done = site.dcops("restore", "drill", *site.identity("main"), "-q", well=1)

    assert "1 of 2 devices could be restored" in done.stdout
    assert "bad: sealed file: " in done.stdout
    assert done.stdout.splitlines()[2].split()[:2] == ["rtr-2", "failed"]


def test_json_tells_every_step_of_every_configuration(site):
    found = site.json("restore", "drill", *site.identity("main"), "--device", "rtr-1")

    assert found["command"] == "restore drill"
    assert (found["summary"]["opened"], found["failure"]) == (1, None)
    (item,) = found["items"]
    (document,) = item["test"]["documents"]
    assert (item["outcome"], document["source"], document["opened"]) == ("ok", "running", True)
    assert [check["status"] for check in document["checks"]] == ["pass"] * 6


def test_a_selection_is_tested_as_a_whole_and_what_is_not_archived_is_named(site):
    done = site.dcops("restore", "drill", *site.identity("main"), "--site", "dr", well=1)

    assert [test.device for test in site.tests()] == ["rtr-2"]
    assert "not tested, the archive holds nothing of it: rtr-3" in done.stdout


def test_a_sample_takes_those_that_were_tested_longest_ago(site):
    site.dcops("restore", "drill", *site.identity("main"), "--device", "rtr-1")

    found = site.json("restore", "drill", *site.identity("main"), "--sample", "1")

    assert [item["device"] for item in found["items"]] == ["rtr-2"]
    assert [item["device"] for item in site.json("restore", "drill", *site.identity("main"), "--all")["items"]] == [
        "rtr-1",
        "rtr-2",
    ]


def test_all_and_a_sample_exclude_each_other(site):
    with pytest.raises(UsageError):
        site.dcops("restore", "drill", "--all", "--sample", "2")


def test_a_key_that_is_none_is_refused_before_anything_is_recorded(site):
    (site.stick / "none.key").write_text("no key\n")

    with pytest.raises(UsageError):
        site.dcops("restore", "drill", *site.identity("none"))
    with pytest.raises(UsageError):
        site.dcops("restore", "drill", *site.identity("missing"))

    assert site.tests() == ()


def test_a_second_store_is_tested_without_inventory_ledger_and_site_key_and_stays_as_it_was(site):
    site.copy()
    before = contents(site.place)

    done = site.json("restore", "drill", *site.identity("dr"), root=site.place)

    assert [item["test"]["holder"] for item in done["items"]] == ["dr", "dr"]
    # The sealed copy of the site key, which the holder opens, lets even the marks be checked there.
    checks = [check for item in done["items"] for one in item["test"]["documents"] for check in one["checks"]]
    assert {check["status"] for check in checks} == {"pass"}
    assert contents(site.place) == before


def test_in_a_second_store_without_any_site_key_the_marks_could_not_be_checked(site):
    site.copy()
    for file in (site.place / "keys").glob("site.key*"):
        file.unlink()

    done = site.dcops("restore", "drill", *site.identity("dr"), "-q", root=site.place)

    assert "could not check: mark: site key" in done.stdout
    assert "2 of 2 devices could be restored" in done.stdout
    assert "No record was kept" in done.stdout


def test_records_of_a_second_store_come_home_once(site):
    site.copy()
    file = str(site.stick / "tests.json")
    site.dcops("restore", "drill", *site.identity("dr"), "--record", file, root=site.place)

    assert "2 new, 0 known already, 0 refused" in site.dcops("restore", "history", "--import", file).stdout
    assert "0 new, 2 known already, 0 refused" in site.dcops("restore", "history", "--import", file).stdout

    assert sorted((test.device, test.level, test.holder) for test in site.tests()) == [
        ("rtr-1", "opened", "dr"),
        ("rtr-2", "opened", "dr"),
    ]


def test_records_are_not_written_into_the_second_store_and_history_is_asked_at_home(site):
    site.copy()
    before = contents(site.place)

    with pytest.raises(UsageError, match="lies in the second store"):
        site.dcops("restore", "drill", "--record", str(site.place / "tests.json"), root=site.place)
    with pytest.raises(UsageError, match="has no ledger"):
        site.dcops("restore", "history", root=site.place)

    assert contents(site.place) == before


def test_a_file_of_records_that_cannot_be_written_is_told_before_anything_is_opened(site):
    with pytest.raises(CannotRun):
        site.dcops("restore", "drill", *site.identity("dr"), "--record", str(site.stick / "no/folder/tests.json"))

    assert site.tests() == ()


def test_a_file_that_holds_no_records_is_refused(site):
    with pytest.raises(InvalidInput):
        site.dcops("restore", "history", "--import", str(site.root / "inventory/all.yaml"))


def test_a_drill_on_a_schedule_opens_nothing_unless_a_key_was_put_on_this_host(site):
    from dcops.assembly.site import SiteRoot
    from dcops.jobs.catalog import find
    from dcops.jobs.context import Call, Silence
    from dcops.settings import load

    def scheduled():
        root = SiteRoot(load(site.root))
        run = find("drill").run(root, root.devices("drill"), Call(Silence()))
        root.ledger.close()
        return run.extra["opened"], run.extra["parsed_only"]

    assert scheduled() == (0, 2)
    (site.root / "dcops.toml").write_text(f'[drill]\nidentity = "{site.stick}/dr.key"\n')
    assert scheduled() == (2, 0)
    (site.stick / "dr.key").chmod(0o644)
    with pytest.raises(CannotRun, match="read by others"):
        scheduled()


def test_what_was_tested_before_an_interrupt_stands_in_the_file(site, tmp_path):
    from dcops.cli.restore_drill import Records

    _, (done, *_rest) = site.drill("rtr-1", identity=drills.Identity.read(site.stick / "dr.key"))
    file = tmp_path / "tests.json"

    def interrupted():
        with Records(str(file)) as records:
            records.add(done)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert [test["device"] for test in json.loads(file.read_text())["tests"]] == ["rtr-1"]


def test_a_hostile_detail_in_records_harms_no_terminal(site):
    site.copy()
    file = site.stick / "tests.json"
    site.dcops("restore", "drill", *site.identity("dr"), "--record", str(file), root=site.place)
    value = json.loads(file.read_text())
    value["tests"][0]["detail"] = "\x1b]0;owned\x07 \u202e well"
    file.write_text(json.dumps(value))
    site.dcops("restore", "history", "--import", str(file))

    said = site.dcops("restore", "history").stdout

    assert "\x1b" not in said
    assert "\u202e" not in said
