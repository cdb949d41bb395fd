"""Everything that writes to the archive, on a disk that is full or read-only, and while the clock is wrong."""

import os
import subprocess
from datetime import timedelta

import pytest
from pyrage import x25519

from dcops.archive import leftovers, packing
from dcops.archive.fates import Fate
from dcops.archive.grep import Pattern
from dcops.archive.history import History
from dcops.archive.holders import Holder, add_holder
from dcops.archive.identity import Identity
from dcops.archive.lock import held
from dcops.archive.resealing import Resealing
from dcops.archive.search import Query, search
from dcops.archive.site_key import SiteKey
from dcops.archive.stays import stays
from dcops.errors import Busy, CannotRun
from tests.archive.test_survival import on
from tests.small_disk import fill, mounted


def backup(site, night):
    site.store(site.entry("rtr-1", f"night {night}\n", night=night, exact=os.urandom(30_000)), run=f"run-{night}")


def prune(site, night):
    versions = site.reader().log("rtr-1")
    name = next(iter(versions[-1].record.documents.values())).sealed
    made = site.archive().record_fates({name: Fate(site.clock().date())}, title="prune")
    assert made or night


def pack(site, night):
    packing.pack(site.folder, full=bool(night % 2))


def tidy(site, night):
    leftovers.tidy(site.folder, now=site.clock() + timedelta(days=3650), lock_seconds=1)


def reseal(site, night):
    third = x25519.Identity.generate()
    holders = (*site.holders, Holder("third", str(third.to_public())))
    keys = site.folder.parent / "keys"
    Resealing(
        site.archive(holders=holders),
        keys,
        holders,
        Identity("\n".join(site.identities)),
        site_key=site.key,
        day=lambda: site.clock().date(),
    ).run()


def hold(site, night):
    add_holder(site.folder.parent / "keys", f"h{night}", str(x25519.Identity.generate().to_public()))


def make_a_site_key(site, night):
    folder = site.folder.parent / f"state-{night}"
    SiteKey.load_or_create(folder, site.folder.parent / "keys", site.holders)


WRITERS = [backup, prune, pack, reseal, hold, make_a_site_key]


@pytest.fixture
def small(site, tmp_path):
    """An archive with a few versions on a file system of its own; gives its folder."""
    place = tmp_path / "small"
    with mounted(place, "size=70m,mode=0700"):
        on(site, place)
        (place / "keys").mkdir()
        for night in range(4):
            backup(site, night)
        yield place


def assert_as_it_was(site):
    assert site.reader().verify().faults == ()
    assert site.reader().show("rtr-1") == "night 3\n"
    assert len(site.reader().export("rtr-1", site.identities[0])) == 30_000
    assert search(History(site.folder), Query(Pattern("night 3"))).total == 1
    assert stays(History(site.folder), Query(Pattern("night 0"))).total == 1


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.__name__)
def test_on_a_full_disk_it_says_so_and_everything_stays_as_it_was(site, small, writer):
    fill(small / "ballast")

    with pytest.raises(CannotRun) as caught:
        writer(site, 8)

    assert str(small) in caught.value.message
    assert caught.value.next_step
    assert_as_it_was(site)
    (small / "ballast").unlink()
    writer(site, 8)
    assert site.reader().verify().faults == ()


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.__name__)
def test_on_a_read_only_disk_it_says_so_and_everything_can_be_read(site, small, writer):
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)

    with pytest.raises(CannotRun, match=r"(?i)read-only"):
        writer(site, 8)

    assert_as_it_was(site)


def test_what_old_runs_left_can_be_removed_from_a_full_disk(site, small):
    session = site.archive().session("killed")
    session.put(site.entry("rtr-1", "never committed\n", night=9, exact=os.urandom(500_000)))
    fill(small / "ballast")

    tidied = leftovers.tidy(site.folder, now=site.clock() + timedelta(days=3650), lock_seconds=1)

    assert tidied.unlisted == 1
    assert_as_it_was(site)
    assert site.reader().verify().notes == ()


STEPS = [timedelta(days=1), timedelta(days=-1), timedelta(days=3650), timedelta(days=-3650)]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.days:+} days")
def test_a_clock_that_was_wrong_for_a_night_costs_no_version(site, step):
    (site.folder.parent / "keys").mkdir()
    right = site.clock()
    texts = []
    for number, wrong in enumerate([timedelta(), step, timedelta()]):
        site.clock.now = right + timedelta(hours=number) + wrong
        for writer in (pack, tidy) if number else ():
            writer(site, number)
        entry = site.entry("rtr-1", f"version {number}\n", exact=os.urandom(100))
        entry = type(entry)(entry.device, entry.platform, site.clock.now, entry.items)
        committed = site.store(entry, run=f"run-{number}")
        assert committed.revision, committed.stored
        texts.insert(0, f"version {number}\n")

    archive = site.reader()
    assert [archive.show("rtr-1", version.revision) for version in archive.log("rtr-1")] == texts
    assert archive.verify().faults == ()
    found = stays(History(site.folder), Query(Pattern("version")))
    assert {stay.text for stay in found.matches} == {text.strip() for text in texts}
    assert [stay.text for stay in found.matches if stay.gone is None] == ["version 2"]


def test_a_session_whose_sealed_files_were_tidied_by_a_wrong_clock_commits_nothing_and_can_be_repeated(site):
    backup(site, 0)
    session = site.archive().session("run-1")
    session.put(site.entry("rtr-1", "new\n", night=1))

    leftovers.tidy(site.folder, now=site.clock() + timedelta(days=3650), lock_seconds=1)
    with pytest.raises(CannotRun):
        session.commit()

    assert site.reader().verify().faults == ()
    assert site.reader().show("rtr-1") == "night 0\n"
    assert site.store(site.entry("rtr-1", "new\n", night=1), run="run-2").revision
    assert site.reader().verify().faults == ()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.days:+} days")
def test_a_copy_that_was_verified_while_the_clock_was_wrong_is_verified_again_in_time(site, tmp_path, step):
    from tests.archive.copies.conftest import Stores

    (tmp_path / "keys").mkdir()
    stores = Stores(site, tmp_path / "dr")
    backup(site, 0)
    right = site.clock()
    site.clock.now = right + step
    assert stores.copy().comparison.recomputed

    site.clock.now = right + timedelta(days=8)
    assert stores.copy().comparison.recomputed
    assert not stores.copy().comparison.recomputed


def test_of_two_packings_at_once_one_is_told_that_the_other_is_at_it(site):
    backup(site, 0)

    with held(site.folder / "pack.lock", wait_seconds=0), pytest.raises(Busy, match="the packing is held by pid"):
        pack(site, 1)

    pack(site, 1)
    assert site.reader().verify().notes == ()
