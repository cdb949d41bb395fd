"""The newest version of each device: whole or not, for how many keys, and since when the second store lacks it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dcops.archive import newest, sealing
from dcops.archive.copies.memory import Memory
from dcops.archive.fates import Fate
from dcops.archive.holders import Holder
from dcops.archive.sealed import SealedFiles
from dcops.errors import ArchiveDamaged, CannotRun
from dcops.model.snapshot import ConfigSource
from tests.archive.conftest import MIDNIGHT

RUNNING = ConfigSource.RUNNING


def sealed_of(site, device="rtr-edge-1"):
    return site.archive().newest(device).record.documents[RUNNING].sealed


def file_of(site, name):
    return site.folder / "sealed" / name[:2] / f"{name}.age"


def tip(site):
    return site.git("rev-parse", "main").decode().strip()


def test_an_archive_that_was_not_begun_holds_nothing(site):
    assert newest.read(site.reader()) == {}
    assert newest.waiting(site.reader(), Memory("/dr")) == {}


def test_an_archive_that_is_lost_is_not_taken_for_one_that_was_not_begun(site):
    site.store(site.entry())
    (site.folder / "readable.git").rename(site.folder / "elsewhere")

    with pytest.raises(ArchiveDamaged, match="is gone"):
        newest.read(site.reader())


def test_a_whole_version_has_no_problem_and_as_many_keys_as_holders(site):
    site.store(site.entry(), site.entry("sw-1", "hostname sw-1\n", startup="s\n"))

    found = newest.read(site.reader())

    assert {device: (one.problem, one.holders) for device, one in found.items()} == {
        "rtr-edge-1": ("", 2),
        "sw-1": ("", 2),
    }
    assert found["rtr-edge-1"].version == site.reader().newest("rtr-edge-1")
    assert len(found["sw-1"].sealed) == 2


def test_two_holders_with_one_key_are_one_key(site):
    main = site.holders[0]
    site.store(site.entry(), holders=(main, Holder("dr", main.recipient), site.holders[1]))

    assert newest.read(site.reader())["rtr-edge-1"].holders == 2


def test_a_missing_and_a_damaged_file_are_named(site):
    site.store(site.entry(), site.entry("sw-1", "hostname sw-1\n"))
    file_of(site, sealed_of(site)).unlink()
    rotten = file_of(site, sealed_of(site, "sw-1"))
    rotten.chmod(0o600)
    content = rotten.read_bytes()
    rotten.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    found = newest.read(site.reader())

    assert found["rtr-edge-1"].problem == "the sealed file of its running configuration is missing"
    assert found["sw-1"].problem == "the sealed file of its running configuration is damaged"


def test_an_old_version_that_is_damaged_is_no_problem_of_the_newest(site):
    site.store(site.entry())
    old = sealed_of(site)
    site.store(site.entry(text="hostname new\n", night=1), run="run-2")
    file_of(site, old).unlink()

    assert newest.read(site.reader())["rtr-edge-1"].problem == ""


def test_a_file_that_was_sealed_anew_is_judged_as_it_is_today(site):
    site.store(site.entry())
    old = sealed_of(site)
    one = {"only": site.holders[0].recipient}
    exact = site.archive().export("rtr-edge-1", site.identities[0])
    files = SealedFiles(site.folder / "sealed")
    into = files.write(sealing.seal(exact, [Holder("only", site.holders[0].recipient)]))
    site.archive().record_fates({old: Fate(date(2026, 2, 1), into, one)}, title="reseal")

    (found,) = newest.read(site.reader()).values()

    assert (found.problem, found.holders) == ("", 1)
    assert found.sealed == {old, into}


def test_what_was_archived_after_the_last_copy_waits_since_its_oldest_version(site):
    site.store(site.entry(), site.entry("sw-1", "hostname sw-1\n"))
    memory = Memory("/dr", revision=tip(site))
    assert newest.waiting(site.reader(), memory) == {}

    for night in (1, 2):
        site.store(site.entry(text=f"hostname r{night}\n", night=night), run=f"run-{night}")

    assert newest.waiting(site.reader(), memory) == {"rtr-edge-1": MIDNIGHT + timedelta(days=1)}
    assert newest.waiting(site.reader(), replace(memory, revision=tip(site))) == {}


def test_a_place_where_nothing_was_copied_lacks_everything(site):
    site.store(site.entry(), site.entry("sw-1", "hostname sw-1\n"))

    assert newest.waiting(site.reader(), Memory("/dr")) == {"rtr-edge-1": MIDNIGHT, "sw-1": MIDNIGHT}


def test_a_copy_of_another_history_tells_nothing(site):
    site.store(site.entry())

    with pytest.raises(CannotRun, match="does not have"):
        newest.waiting(site.reader(), Memory("/dr", revision="0" * 40))
