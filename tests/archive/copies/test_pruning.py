"""What was sealed anew or pruned at home goes from the second store when somebody says so, and never too early."""

import json
import os
import signal

import pyrage
import pytest
from pyrage import x25519

from dcops.archive.archive import Archive
from dcops.archive.fates import Fate
from dcops.archive.holders import Holder
from dcops.archive.identity import Identity
from dcops.archive.resealing import Resealing
from dcops.errors import CannotRun
from dcops.model.snapshot import ConfigSource

SOAK = bool(os.environ.get("DCOPS_SOAK"))
POINTS = 3


def reseal(stores):
    """A new holder takes the place of main; gives the old names."""
    site = stores.site
    before = {path.stem for path in site.sealed_files()}
    site.revoked = site.identities[0]
    fresh = x25519.Identity.generate()
    site.holders = (Holder("main", str(fresh.to_public())), site.holders[1])
    keys = site.folder.parent / "keys"
    Resealing(
        site.archive(),
        keys,
        site.holders,
        Identity(site.identities[1]),
        site_key=site.key,
        day=lambda: site.clock().date(),
    ).run()
    site.identities = (str(fresh), site.identities[1])
    return before


def prune_oldest(stores):
    """Retention lets the first version of rtr-1 go; gives the names."""
    document = stores.site.archive().log("rtr-1")[-1].record.documents[ConfigSource.RUNNING]
    stores.site.archive().record_fates({document.sealed: Fate(stores.site.clock().date())}, title="prune")
    return {document.sealed}


def names_there(stores):
    return {path.stem for path in stores.sealed_there()}


def opens_there(stores, identity):
    key = [x25519.Identity.from_str(identity)]
    opened = []
    for path in sorted(stores.place.rglob("*")):
        if path.is_file() and path.read_bytes().startswith(b"age-encryption.org/"):
            try:
                pyrage.decrypt(path.read_bytes(), key)
            except pyrage.DecryptError:
                continue
            opened.append(path)
    return opened


def yes(_):
    return True


def test_asked_it_removes_what_was_sealed_anew_and_the_old_key_opens_nothing_there(stores):
    stores.copy()
    old = reseal(stores)
    assert stores.copy().comparison.kept == len(old)
    asked = []

    refused = stores.open().prune(agree=lambda may_go: asked.append(may_go) or False)

    assert refused.files == 0
    assert old <= names_there(stores)
    assert len(opens_there(stores, stores.site.revoked)) == len(old)
    assert (set(asked[0].resealed), asked[0].pruned, asked[0].waiting) == (old, (), ())
    assert asked[0].bytes == sum(path.stat().st_size for path in stores.sealed_there() if path.stem in old)

    assert stores.open().prune(agree=yes).files == len(old)

    assert opens_there(stores, stores.site.revoked) == []
    assert names_there(stores).isdisjoint(old)
    stores.assert_whole()
    again = stores.copy(verify=True)
    assert (again.comparison.equal, again.comparison.kept, again.files) == (True, 0, 0)
    assert [note for note in again.notes if "gone" in note] == []


def test_what_retention_let_go_is_removed_once_the_history_there_knows(stores):
    stores.copy()
    gone = prune_oldest(stores)

    early = stores.open().prune(agree=yes)
    assert (early.prunable.names, early.files) == ((), 0)
    assert gone <= names_there(stores)

    stores.copy()
    late = stores.open().prune(agree=yes)

    assert (set(late.prunable.pruned), late.files) == (gone, 1)
    assert names_there(stores).isdisjoint(gone)


def test_nothing_goes_whose_successor_is_missing_or_damaged_there(folder):
    folder.copy()
    old = reseal(folder)
    folder.copy()
    fates = folder.site.archive().fates()
    lost, rotten, *_ = sorted(old)
    (folder.place / f"archive/sealed/{fates.where(lost)[:2]}/{fates.where(lost)}.age").unlink()
    damaged = folder.place / f"archive/sealed/{fates.where(rotten)[:2]}/{fates.where(rotten)}.age"
    damaged.chmod(0o600)
    damaged.write_bytes(b"x" * damaged.stat().st_size)

    pruned = folder.open().prune(agree=yes)

    assert set(pruned.prunable.waiting) == {lost, rotten}
    assert pruned.files == len(old) - 2
    assert {lost, rotten} <= names_there(folder)
    assert folder.copy().comparison.equal
    assert folder.open().prune(agree=yes).files == 2
    folder.assert_whole()


def test_what_went_away_while_somebody_thought_about_it_holds_its_predecessor_back(folder):
    folder.copy()
    old = reseal(folder)
    folder.copy()
    fates = folder.site.archive().fates()
    one = min(old)

    def think(_):
        (folder.place / f"archive/sealed/{fates.where(one)[:2]}/{fates.where(one)}.age").unlink()
        return True

    assert folder.open().prune(agree=think).files == len(old) - 1
    assert one in names_there(folder)


def test_a_copy_that_is_ahead_or_another_ones_is_not_touched(folder):
    folder.copy()
    old = reseal(folder)
    folder.copy()
    site = folder.site
    there = Archive.open(folder.place / "archive", holders=site.holders, site_key=site.key)
    session = there.session("elsewhere")
    session.put(site.entry("rtr-9", "elsewhere\n", night=9))
    session.commit()

    with pytest.raises(CannotRun, match="is ahead of this archive"):
        folder.open().prune(agree=yes)
    (folder.place / "copy.json").write_text('{"format": 1, "began_with": "0123"}')
    with pytest.raises(CannotRun, match="copy of another archive"):
        folder.open().prune(agree=yes)

    assert old <= names_there(folder)


def test_a_history_there_that_is_damaged_stops_it(folder):
    folder.copy()
    old = reseal(folder)
    folder.copy()
    pack = max((folder.place / "archive/readable.git/objects/pack").glob("*.pack"), key=lambda one: one.stat().st_size)
    pack.chmod(0o600)
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 0xFF
    pack.write_bytes(content)

    with pytest.raises(CannotRun):
        folder.open().prune(agree=yes)

    assert old <= names_there(folder)


def test_what_an_interrupted_copy_left_half_written_goes_too(stores):
    stores.copy()
    old = reseal(stores)
    stores.copy()
    name = min(old)
    whole = stores.place / f"archive/sealed/{name[:2]}/{name}.age"
    part = whole.with_name(f".{whole.name}.part")
    part.write_bytes(whole.read_bytes())

    stores.open().prune(agree=yes)

    assert not part.exists()
    assert opens_there(stores, stores.site.revoked) == []


@pytest.mark.timeout(1800 if SOAK else 180)
def test_killed_at_any_moment_the_copy_is_whole_and_the_next_one_completes_it(folder):
    folder.copy()
    old = reseal(folder)
    folder.copy()
    kept = {path: path.read_bytes() for path in folder.sealed_there() if path.stem in old}
    with folder.process(prune=True) as worker:
        said, errors = worker.communicate(timeout=60)
    assert worker.returncode == 0, errors
    total = json.loads(said)["done"]

    some = sorted({1 + number * (total - 1) // (POINTS - 1) for number in range(POINTS)})
    for point in range(1, total + 1) if SOAK else some:
        for path, content in kept.items():
            path.unlink(missing_ok=True)
            path.write_bytes(content)
        with folder.process(kill_at=point, prune=True) as worker:
            worker.communicate(timeout=60)
        assert worker.returncode == -signal.SIGKILL, point
        assert folder.there().verify().faults == (), point
        came = folder.copy(verify=False)
        assert came.comparison.equal
        assert [note for note in came.notes if "gone" in note] == []

    folder.open().prune(agree=yes)
    assert names_there(folder).isdisjoint(old)
    folder.assert_whole()
