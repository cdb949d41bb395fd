"""What is gathered for the promises: from a real ledger, a real archive and a real second store."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from dcops.archive.copies.memory import Memory
from dcops.archive.copies.opening import open_store
from dcops.errors import CannotRun, InvalidInput
from dcops.inventory.inventory import Inventory
from dcops.jobs import promises
from dcops.jobs.pushed import arrivals
from dcops.jobs.pushed.arrivals import Arrival, Watch
from dcops.model.backup_item import BackupItem, BackupPlace, Classification, Retention
from dcops.model.device import Drop
from dcops.model.restore_test import Level, RestoreResult, RestoreTest
from dcops.model.secret import Credential
from dcops.model.snapshot import ConfigSource
from dcops.policy.promises import Standing
from tests.jobs.nights import DAY, ONE_AM, Site, device, result

NOW = ONE_AM + timedelta(hours=3)
NAMES = ("rtr-1", "rtr-2")
ITEM = BackupItem(
    name="edge",
    title="Edge",
    classification=Classification.SECRET,
    every_hours=24,
    places=(BackupPlace.ARCHIVE, BackupPlace.COPY),
    retention=Retention(90),
    restore_test_days=90,
    roles=("edge-router",),
)


class Lookout:
    """A site with two routers, both backed up last night, copied, and restored in a test."""

    def __init__(self, folder):
        self.folder = folder
        self.site = Site(folder, [device(name) for name in NAMES])
        self.items = (ITEM,)
        self.has_copy = True
        self.memory = folder / "copy.json"

    def second_store(self):
        return open_store(
            self.folder / "dr",
            Credential(""),
            None,
            archive=self.folder / "archive",
            keys=self.folder / "keys",
            memory=self.memory,
            site="example",
            max_lag=timedelta(hours=48),
            verify_every=timedelta(days=7),
            clock=lambda: NOW,
        )

    def night(self, *, well=NAMES, due=ONE_AM):
        outcomes = [result(name, "unchanged" if name in well else "failed") for name in NAMES]
        self.site.ran(outcomes=[replace(one, due=due) for one in outcomes], due=due)

    def tested(self, name="rtr-1", outcome=RestoreResult.OK, *, at=NOW, level=Level.OPENED, detail=""):
        run = f"{at:%Y%m%dT%H%M%S}-{level}"
        test = RestoreTest(name, "0" * 40, (ConfigSource.RUNNING,), at, level, outcome, detail, "main", run)
        assert self.site.ledger.note_restore_test(test) == 1

    def look(self, *, now=NOW, ledger=None, devices=None):
        return promises.look(
            inventory=Inventory(devices=self.site.devices, backup_items=self.items),
            ledger=ledger or self.site.ledger,
            archive=self.site.archive,
            now=now,
            has_copy=self.has_copy,
            second_store=self.second_store,
            devices=devices,
        )

    def found(self, **how):
        return [(one.id, one.device, one.status.value) for one in self.look(**how).findings]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The folder of such a site, made once."""
    folder = tmp_path_factory.mktemp("model")
    one = Lookout(folder)
    for name in NAMES:
        one.site.store(name, f"hostname {name}\n")
        one.tested(name, at=NOW - DAY)
    one.night()
    one.second_store().copy()
    one.site.close()
    return folder


@pytest.fixture
def lookout(model, tmp_path):
    shutil.copytree(model, tmp_path, dirs_exist_ok=True)
    one = Lookout(tmp_path)
    # The second store moved along with everything else.
    replace(Memory.load(one.memory, str(model / "dr")), place=str(tmp_path / "dr")).save(one.memory)
    assert one.second_store().remembered().copied
    yield one
    one.site.close()


def test_a_site_that_keeps_its_promises_has_no_finding(lookout):
    found = lookout.look()

    assert found.findings == ()
    assert found.items[0].count(Standing.KEPT) == 2


def test_a_device_that_fails_every_night_is_late_by_its_last_good_backup(lookout):
    lookout.night(well=("rtr-1",), due=ONE_AM + DAY)

    assert lookout.found(now=NOW + DAY) == [("BKP-002", "rtr-2", "fail")]


def test_a_second_store_that_is_not_named_is_not_asked(lookout):
    lookout.has_copy = False
    lookout.second_store = None

    assert lookout.found() == [("BKP-003", "rtr-1", "fail"), ("BKP-003", "rtr-2", "fail")]


def test_a_second_store_that_cannot_be_set_up_is_no_proof(lookout):
    def second_store():
        raise InvalidInput("[copy] names credential copy, which is not found")

    lookout.second_store = second_store

    assert lookout.found() == [("BKP-003", "rtr-1", "could not check"), ("BKP-003", "rtr-2", "could not check")]
    assert lookout.look().findings[0].evidence == "[copy] names credential copy, which is not found"


def test_a_new_version_waits_for_the_next_copy_and_then_is_missed(lookout):
    lookout.site.store("rtr-1", "hostname other\n", taken=ONE_AM + DAY)
    lookout.night(due=ONE_AM + DAY)

    assert lookout.found(now=NOW + DAY) == []
    lookout.night(due=ONE_AM + 3 * DAY)
    assert lookout.found(now=NOW + 3 * DAY) == [("BKP-003", "rtr-1", "fail"), ("BKP-003", "rtr-2", "could not check")]


def test_what_was_found_damaged_there_is_told_until_it_is_sent_again(lookout):
    sealed = lookout.site.archive.newest("rtr-2").record.documents[ConfigSource.RUNNING].sealed
    there = lookout.folder / "dr/archive/sealed" / sealed[:2] / f"{sealed}.age"
    there.chmod(0o600)
    there.write_bytes(bytes(there.stat().st_size))
    lookout.second_store().compare(recompute=True, tell=lambda _: None)

    assert lookout.found() == [("BKP-003", "rtr-2", "fail")]
    assert "rtr-2 is damaged at the second store" in lookout.look().findings[0].title
    lookout.second_store().copy()
    assert lookout.found() == []


def test_a_memory_that_is_lost_is_no_proof_of_a_copy(lookout):
    lookout.memory.unlink()

    assert lookout.found() == []  # three hours old: within the lag
    lookout.night(due=ONE_AM + 2 * DAY)
    assert lookout.found(now=NOW + 2 * DAY) == [("BKP-003", "rtr-1", "fail"), ("BKP-003", "rtr-2", "fail")]


def test_a_memory_that_is_damaged_is_no_proof_of_anything(lookout):
    lookout.memory.write_text("{")

    assert lookout.found() == [("BKP-003", "rtr-1", "could not check"), ("BKP-003", "rtr-2", "could not check")]


def test_a_damaged_archive_takes_nothing_else_along(lookout):
    (lookout.folder / "archive/readable.git").rename(lookout.folder / "away")

    assert lookout.found() == [("BKP-003", "rtr-1", "could not check"), ("BKP-003", "rtr-2", "could not check")]


def test_a_ledger_that_is_away_is_no_proof_of_a_backup_nor_of_a_test(lookout):
    class Away:
        def __getattr__(self, name):
            raise CannotRun("the ledger cannot be reached")

    found = lookout.found(ledger=Away())

    assert {status for _, _, status in found} == {"could not check"}
    assert sorted((check, name) for check, name, _ in found) == [
        ("BKP-002", "rtr-1"),
        ("BKP-002", "rtr-2"),
        ("BKP-004", "rtr-1"),
        ("BKP-004", "rtr-2"),
    ]


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ([], None),
        ([(RestoreResult.FAILED, Level.OPENED)], ("BKP-004", "rtr-1", "fail")),
        ([(RestoreResult.COULD_NOT_CHECK, Level.OPENED)], None),
        ([(RestoreResult.FAILED, Level.OPENED), (RestoreResult.OK, Level.OPENED)], None),
        ([(RestoreResult.FAILED, Level.OPENED), (RestoreResult.OK, Level.PARSED)], ("BKP-004", "rtr-1", "fail")),
        ([(RestoreResult.FAILED, Level.PARSED)], ("BKP-004", "rtr-1", "fail")),
        ([(RestoreResult.FAILED, Level.PARSED), (RestoreResult.OK, Level.PARSED)], None),
    ],
)
def test_the_newest_word_about_opening_it_decides(lookout, tests, expected):
    for minute, (outcome, level) in enumerate(tests):
        lookout.tested(outcome=outcome, level=level, at=NOW - timedelta(minutes=30 - minute), detail="it does not open")

    assert lookout.found() == ([expected] if expected else [])
    if expected:
        assert "it does not open" in lookout.look().findings[0].evidence


def test_a_look_at_the_files_alone_is_no_restore_test(tmp_path):
    one = Lookout(tmp_path)
    one.items = (replace(ITEM, places=(BackupPlace.ARCHIVE,)),)
    for name in NAMES:
        one.site.store(name, f"hostname {name}\n")
        one.tested(name, level=Level.PARSED)
    one.night()

    assert one.found() == [("BKP-004", "rtr-1", "fail"), ("BKP-004", "rtr-2", "fail")]
    one.site.close()


def pushing(lookout, watch):
    box = replace(device("rtr-2"), drop=Drop("Backup-*"))
    lookout.site.devices = (lookout.site.devices[0], box)
    if watch:
        arrivals.write(lookout.site.ledger, "rtr-2", watch)


def test_of_a_device_that_pushes_the_arrival_counts_and_not_what_was_read_of_it(lookout):
    pushing(lookout, None)
    assert lookout.found() == [("BKP-002", "rtr-2", "fail")]

    begun = Watch.begun(NOW - 5 * DAY)
    arrivals.write(lookout.site.ledger, "rtr-2", begun)
    assert lookout.found() == [("BKP-002", "rtr-2", "fail")]

    came = Arrival(NOW - timedelta(hours=2), NOW, "Backup-1", 2048, "0" * 64)
    arrivals.write(lookout.site.ledger, "rtr-2", begun.at(came.at).arrived(came))
    assert lookout.found() == []


def test_of_a_device_that_nothing_reaches_it_counts_what_a_person_brought(lookout):
    lookout.site.devices = (lookout.site.devices[0], replace(device("rtr-2"), platform=None))

    assert lookout.found() == []
    lookout.night(due=ONE_AM + DAY)
    assert lookout.found(now=NOW + DAY) == [("BKP-002", "rtr-2", "fail")]


def test_devices_without_an_item_are_told_and_others_are_judged(lookout):
    lookout.items = (replace(ITEM, roles=(), devices=("rtr-1",)),)

    assert lookout.found() == [("BKP-001", "rtr-2", "fail")]


def test_a_selection_is_about_its_devices_and_their_items_only(lookout):
    lookout.items = (replace(ITEM, roles=(), devices=("rtr-1",)), replace(ITEM, name="none", roles=("other",)))
    (first, second) = lookout.site.devices

    found = lookout.look(devices=[first])
    assert ([one.item.name for one in found.items], found.findings) == (["edge"], ())

    found = lookout.look(devices=[second])
    assert (found.items, [one.device for one in found.undeclared]) == ((), ["rtr-2"])
