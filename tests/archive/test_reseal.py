"""Sealed anew for today's holders: nothing is lost, nothing lies about, and it may be stopped at any moment."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dcops.archive.archive import Archive
from dcops.archive.fates import Fate
from dcops.archive.lock import held
from dcops.archive.resealing import plan
from dcops.archive.sealed import SealedFiles
from dcops.archive.site_key import SiteKey
from dcops.errors import Busy, CannotRun
from dcops.model.snapshot import ConfigSource
from tests.archive.premises import Premises
from tests.small_disk import fill, mounted

ONE_RESEAL = Path(__file__).with_name("one_reseal.py")
SOAK = bool(os.environ.get("DCOPS_SOAK"))
POINTS = 4
NIGHTS = 3


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """Two holders, three nights of two devices; then one of the holders gets another key."""
    found = Premises.made(tmp_path_factory.mktemp("grown"), "main", "dr")
    for night in range(NIGHTS):
        found.store(f"night {night}\n", night=night)
    found.rotate("dr", "dr-new")
    return found


@pytest.fixture
def premises(grown, tmp_path):
    """The same for one test."""
    return grown.copied_to(tmp_path / "premises")


def test_everything_opens_with_the_new_key_and_nothing_with_the_old_one(premises):
    before = premises.exported("main")

    came = premises.reseal("main")

    assert (len(came.files), came.skipped, came.left, came.devices) == (6, (), 0, ("fw-1", "rtr-1"))
    assert premises.exported("dr-new") == before
    assert premises.opens("dr") == []
    premises.assert_tidy()


def test_the_old_key_is_enough_to_seal_anew(premises):
    assert len(premises.reseal("dr").files) == 6
    premises.assert_tidy()


def test_run_again_it_finds_nothing_to_do_and_commits_nothing(premises):
    premises.reseal("main")
    files, revision = premises.sealed_files(), premises.archive().log("rtr-1")[0].revision

    came = premises.reseal("main")

    assert (came.files, came.copies) == ((), ())
    assert premises.sealed_files() == files
    assert premises.archive().log("rtr-1")[0].revision == revision


def test_only_one_device_is_sealed_anew_when_one_is_named(premises):
    came = premises.reseal("main", devices=["rtr-1"])

    assert came.devices == ("rtr-1",)
    assert {one.device for one in premises.access().to_reseal} == {"fw-1"}


def test_no_second_archive_lies_there_in_between(premises):
    most = 0

    def count(_done, _total):
        nonlocal most
        most = max(most, len(premises.sealed_files()))

    premises.resealing("main", batch_files=2).run(progress=count)

    assert most <= 6 + 2
    premises.assert_tidy()


def test_stopped_what_is_done_stays_done_and_the_next_run_goes_on(premises):
    seen = []
    came = premises.resealing("main").run(
        progress=lambda done, _total: seen.append(done), stopping=lambda: len(seen) == 4
    )

    assert (len(came.files), came.left) == (4, 2)
    assert len(premises.access().to_reseal) == 2
    assert premises.archive().verify().notes == ()
    assert len(premises.reseal("main").files) == 2
    premises.assert_tidy()


def test_a_key_that_opens_nothing_changes_nothing_and_says_whose_would_do(premises):
    files = premises.sealed_files()

    came = premises.reseal("dr-new")

    assert came.files == ()
    assert [one.why for one in came.skipped] == [
        "this key does not open it: it is sealed for dr (former key), main"
    ] * 6
    assert premises.sealed_files() == files


def test_a_damaged_file_is_named_and_left_and_the_others_go_on(premises):
    rotten, missing = premises.sealed_files()[:2]
    rotten.chmod(0o600)
    content = rotten.read_bytes()
    rotten.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    missing.unlink()

    came = premises.reseal("main")

    assert len(came.files) == 4
    assert {one.file.name for one in came.skipped} == {rotten.stem, missing.stem}
    assert sorted("missing" in one.why for one in came.skipped) == [False, True]
    assert rotten.exists()


def test_what_somebody_else_sealed_in_its_place_is_not_taken_for_the_original(premises):
    """Whoever may write here can seal, and give a file the name of its content: only the mark tells."""
    from dcops.archive import sealing

    (one, *_) = plan(premises.archive(), premises.keys, premises.holders).files
    forged = SealedFiles(premises.state / "archive/sealed").write(
        sealing.seal(b"X" * one.document.size, premises.holders)
    )
    today = {holder.name: holder.recipient for holder in premises.holders}
    premises.archive().record_fates({one.name: Fate(premises.clock().date(), forged, today)}, title="forged")
    premises.rotate("dr", "dr-newer")

    came = premises.reseal("main")

    assert [(skipped.file.name, skipped.why) for skipped in came.skipped] == [
        (forged, "it is not what was archived: its mark differs")
    ]


def test_a_file_that_is_sealed_for_one_key_more_than_its_record_says_is_found_and_sealed_anew(premises, tmp_path):
    from pyrage import x25519

    from dcops.archive import sealing
    from dcops.archive.holders import Holder

    premises.reseal("main")
    intruder = x25519.Identity.generate()
    (one, *_) = [file for file in premises.access().holders[0].opens if file.device == "rtr-1"]
    exact = premises.archive().export("rtr-1", premises.stick("main").read_text())
    spy = SealedFiles(premises.state / "archive/sealed").write(
        sealing.seal(exact, [*premises.holders, Holder("spy", str(intruder.to_public()))])
    )
    today = {holder.name: holder.recipient for holder in premises.holders}
    premises.archive().record_fates({one.name: Fate(premises.clock().date(), spy, today)}, title="spy")
    assert [file.name for file in premises.access().odd] == [spy]

    premises.reseal("main")

    premises.assert_tidy()


def test_two_at_once_the_second_says_that_the_first_is_at_work(premises):
    answers = []

    def second(done, _total):
        if done == 1:
            with pytest.raises(Busy) as caught:
                premises.reseal("main")
            answers.append(caught.value.message)

    premises.resealing("main").run(progress=second)

    assert ["the resealing is held by pid" in answer for answer in answers] == [True]
    premises.assert_tidy()


def test_a_backup_that_began_with_the_old_holders_and_commits_meanwhile_is_sealed_anew_too(tmp_path):
    premises = Premises.made(tmp_path, "main", "dr")
    premises.store("night 0\n", night=0)
    session = premises.session("late", premises.entry("rtr-1", "night 1\n", 1), premises.entry("new-1", "n\n", 1))
    premises.rotate("dr", "dr-new")
    committed = []

    def commit(done, _total):
        if done == 1 and not committed:
            committed.append(session.commit())

    premises.resealing("main").run(progress=commit)

    assert committed[0].revision
    assert premises.archive().show("rtr-1") == "night 1\n"
    assert len(premises.exported("dr-new")) == 4
    assert premises.opens("dr") == []
    premises.assert_tidy()


def test_the_next_backup_lists_documents_that_did_not_change_under_their_new_names(premises):
    premises.reseal("main")
    premises.store("night 9\n", night=9, devices=("rtr-1",))
    premises.rotate("main", "main-new")

    assert len(premises.reseal("dr-new").files) == 7
    premises.assert_tidy()
    assert len(premises.exported("main-new")) == 7


def test_what_retention_prunes_meanwhile_stays_pruned(premises):
    old = premises.archive().log("rtr-1")[-1].record.documents[ConfigSource.RUNNING].sealed
    done_by_then = []

    def prune(done, total):
        if done == total - 1 and not done_by_then:
            done_by_then.append(premises.archive().record_fates({old: Fate(premises.clock().date())}, title="prune"))

    premises.resealing("main").run(progress=prune)

    assert premises.archive().fates().where(old) == ""
    assert premises.archive().verify().pruned == 1
    premises.assert_tidy()


def test_what_was_sealed_anew_meanwhile_is_pruned_where_it_lies_now(premises):
    old = premises.archive().log("rtr-1")[-1].record.documents[ConfigSource.RUNNING].sealed
    premises.reseal("main")

    premises.archive().record_fates({old: Fate(premises.clock().date())}, title="a plan from before the resealing")

    assert premises.archive().fates().where(old) == ""
    premises.assert_tidy()


def test_whoever_exports_or_verifies_meanwhile_never_meets_a_file_that_went_away(premises):
    stop, troubles = threading.Event(), []

    def read():
        text, archive = premises.stick("main").read_text(), Archive.open(premises.state / "archive")
        while not stop.is_set():
            try:
                archive.export("rtr-1", text)
                troubles.extend(archive.verify().faults)
            except Exception as error:  # noqa: BLE001 told below, in the thread that asserts
                troubles.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        premises.resealing("main", batch_files=1).run()
    finally:
        stop.set()
        reader.join()

    assert troubles == []


def points(total):
    return range(1, total + 1) if SOAK else sorted({1 + n * (total - 1) // (POINTS - 1) for n in range(POINTS)})


@pytest.mark.timeout(3600 if SOAK else 180)
def test_killed_at_any_moment_nothing_is_lost_and_the_next_run_completes_it(premises, tmp_path):
    exact = premises.exported("main")
    untouched = tmp_path / "untouched"
    shutil.copytree(premises.root, untouched)

    def process(kill_at):
        words = {"root": str(premises.root), "identity": str(premises.stick("main")), "kill_at": kill_at}
        command = [sys.executable, str(ONE_RESEAL), json.dumps({**words, "batch_files": 2})]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    whole = process(0)
    assert whole.returncode == 0, whole.stderr
    total = json.loads(whole.stdout)["done"]
    assert total > 40
    for point in points(total):
        shutil.rmtree(premises.root)
        shutil.copytree(untouched, premises.root)

        assert process(point).returncode == -signal.SIGKILL, point
        # A git that outlived its parent holds the lock until it is done.
        with held(premises.state / "archive/lock", wait_seconds=30):
            pass
        assert premises.archive().verify().faults == (), point
        assert premises.exported("main") == exact, point

        premises.reseal("main")
        assert premises.exported("dr-new") == exact, point
        premises.assert_tidy()


def test_on_a_disk_with_little_room_it_goes_batch_by_batch(tmp_path):
    with mounted(tmp_path / "small", "size=3m,mode=0700"):
        premises = Premises.made(tmp_path / "small", "main", "dr")
        for night in range(8):
            premises.store(f"night {night}\n", night=night, devices=("fw-1",), exact=os.urandom(200_000))
        assert shutil.disk_usage(tmp_path / "small").free < 8 * 200_000
        premises.rotate("dr", "dr-new")

        assert len(premises.reseal("main").files) == 8

        premises.assert_tidy()


def test_on_a_full_disk_it_says_so_loses_nothing_and_goes_on_when_there_is_room(tmp_path):
    with mounted(tmp_path / "small", "size=2m,mode=0700"):
        premises = Premises.made(tmp_path / "small", "main", "dr")
        for night in range(3):
            premises.store(f"night {night}\n", night=night, devices=("fw-1",), exact=os.urandom(200_000))
        exact = premises.exported("main")
        premises.rotate("dr", "dr-new")
        filler = tmp_path / "small/filler"

        def fill_up(done, _total):
            if done == 1:
                fill(filler)

        with pytest.raises(CannotRun, match=r"(?i)no space left"):
            premises.resealing("main").run(progress=fill_up)

        assert premises.exported("main") == exact
        filler.unlink()
        assert premises.reseal("main").skipped == ()
        assert premises.exported("dr-new") == exact
        found = premises.archive().verify()
        # git sweeps up what it left half written on a full disk when it next tidies up itself.
        assert (found.faults, [note for note in found.notes if "readable.git" not in note]) == ((), [])


def test_a_fresh_site_key_and_the_copies_of_older_ones_are_covered(premises):
    old = SiteKey.load(premises.state)
    old.rotate(premises.state, premises.keys, premises.holders)
    premises.store("night 5\n", night=5)
    premises.rotate("main", "main-new")
    assert [copy.file.name for copy in premises.access().copies] == [f"site.key.{old.id}.age"]

    came = premises.reseal("dr-new")

    assert came.copies == (f"site.key.{old.id}.age",)
    # The nights before dr had another key need the old one, or main's: these stay, and are named.
    assert len(came.skipped) == 6
    assert premises.reseal("main").skipped == ()
    premises.assert_tidy()
    assert premises.opens("main") == []


def test_marks_of_an_earlier_site_key_are_checked_with_its_sealed_copy(premises):
    """The forger could not know it; whoever brings a key opens it."""
    from dcops.archive import sealing

    (one, *_) = plan(premises.archive(), premises.keys, premises.holders).files
    forged = SealedFiles(premises.state / "archive/sealed").write(
        sealing.seal(b"X" * one.document.size, premises.holders)
    )
    holders = {holder.name: holder.recipient for holder in premises.holders}
    premises.archive().record_fates({one.name: Fate(premises.clock().date(), forged, holders)}, title="forged")
    SiteKey.load(premises.state).rotate(premises.state, premises.keys, premises.holders)
    premises.rotate("dr", "dr-newer")

    assert [skipped.file.name for skipped in premises.reseal("main").skipped] == [forged]


def test_fewer_than_two_holders_are_refused(tmp_path):
    premises = Premises.made(tmp_path, "main", "dr")
    premises.store("x\n", night=0)
    lines = (premises.keys / "holders.txt").read_text().splitlines()
    (premises.keys / "holders.txt").write_text("\n".join(lines[:-2]) + "\n")

    with pytest.raises(CannotRun, match="2 holders or more"):
        premises.reseal("main")
