"""Sealed files that were pruned or sealed anew: history says so, and nothing that is needed is ever let go."""

from datetime import date

import pytest

from dcops.archive import sealing
from dcops.archive.copies import home
from dcops.archive.fates import Fate, Fates, parse
from dcops.archive.holders import Holder
from dcops.archive.sealed import SealedFiles
from dcops.errors import ArchiveDamaged, UsageError
from dcops.model.snapshot import ConfigSource

DAY = date(2026, 11, 1)
RUNNING = ConfigSource.RUNNING


@pytest.fixture
def two_versions(site):
    """The archive of a device with an older and a newer version."""
    for night in (0, 1):
        site.store(site.entry(text=f"hostname r{night}\n", night=night), run=f"run-{night}")
    return site


def sealed_of(site, number):
    return site.archive().log("rtr-edge-1")[number].record.documents[RUNNING].sealed


def prune(site, *names):
    return site.archive().record_fates(dict.fromkeys(names, Fate(DAY)), title="prune")


def test_pruned_bytes_are_gone_their_text_and_history_stay(two_versions):
    site = two_versions
    old = sealed_of(site, 1)

    prune(site, old)

    archive = site.archive()
    assert [path.stem for path in site.sealed_files()] == [sealed_of(site, 0)]
    assert len(archive.log("rtr-edge-1")) == 2
    first = archive.log("rtr-edge-1")[1].revision
    assert archive.show("rtr-edge-1", first) == "hostname r0\n"
    with pytest.raises(UsageError, match="pruned on 2026-11-01"):
        archive.export("rtr-edge-1", site.identities[0], first)
    found = archive.verify()
    assert (found.faults, found.notes, found.pruned, found.sealed_files) == ((), (), 1, 1)


def test_what_the_newest_version_needs_is_never_let_go(two_versions):
    with pytest.raises(ValueError, match="newest version of rtr-edge-1"):
        prune(two_versions, sealed_of(two_versions, 0))

    assert two_versions.archive().verify().faults == ()


def test_a_file_that_is_missing_without_a_fate_is_still_a_damage(two_versions):
    site = two_versions
    prune(site, sealed_of(site, 1))
    SealedFiles(site.folder / "sealed").discard(sealed_of(site, 0))

    assert [fault.kind for fault in site.archive().verify().faults] == ["sealed"]


def test_what_was_sealed_anew_opens_with_the_new_keys_only(two_versions):
    from pyrage import x25519

    site = two_versions
    fresh = x25519.Identity.generate()
    holders = (Holder("new", str(fresh.to_public())),)
    name = sealed_of(site, 0)
    sealed = SealedFiles(site.folder / "sealed")
    into = sealed.write(sealing.seal(b"hostname r1\n", holders))

    site.archive().record_fates({name: Fate(DAY, into, {"new": holders[0].recipient})}, title="reseal")

    archive = site.archive()
    assert archive.export("rtr-edge-1", str(fresh)) == b"hostname r1\n"
    with pytest.raises(UsageError, match="sealed for new"):
        archive.export("rtr-edge-1", site.identities[0])
    assert archive.verify().faults == ()
    assert name not in {path.stem for path in site.sealed_files()}


def test_interrupted_before_the_removal_the_rest_is_a_note_and_is_removed_later(two_versions):
    site = two_versions
    old = sealed_of(site, 1)
    path = SealedFiles(site.folder / "sealed").path(old)
    kept = path.read_bytes()
    prune(site, old)
    path.write_bytes(kept)

    found = site.archive().verify()
    assert found.faults == ()
    assert ["was pruned" in note for note in found.notes] == [True]
    assert site.archive().remove_gone() == 1
    assert site.archive().verify().notes == ()


def test_a_copy_is_neither_sent_what_was_pruned_nor_called_incomplete_without_it(two_versions):
    site = two_versions
    old, new = sealed_of(site, 1), sealed_of(site, 0)
    prune(site, old)

    seen = home.read(site.folder)

    assert set(seen.sizes) == {new}
    assert [version.sealed for version in seen.versions] == [(new,), ()]
    assert old in seen.listed


def test_the_next_backup_goes_on_and_bytes_that_were_pruned_are_not_held(two_versions):
    site = two_versions
    prune(site, sealed_of(site, 1))

    assert site.archive().with_exact("rtr-edge-1", RUNNING, b"hostname r0\n") is None
    site.store(site.entry(text="hostname r2\n", night=2), run="run-2")

    assert len(site.archive().log("rtr-edge-1")) == 3
    assert len(site.archive().fates().gone) == 1


def test_fates_follow_each_other_and_read_back_as_they_were_written():
    a, b, c = ("a" * 64, "b" * 64, "c" * 64)
    keys = {"main": "age1x", "dr": "age1y"}
    known = Fates({a: Fate(DAY, b, keys)})

    twice = known.joined({b: Fate(DAY, c, {"dr": "age1z"})})
    pruned = twice.joined({c: Fate(DAY)})

    assert (known.where(a), twice.where(a), twice.where(b), pruned.where(a)) == (b, c, c, "")
    for fates in (Fates(), known, twice, pruned):
        assert parse(fates.to_json()) == fates


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"format": 1, "holders": [], "fates": {"x": ["2026-01-01"]}}', b"\xff"]
)
def test_a_damaged_list_of_fates_is_named(content):
    with pytest.raises(ArchiveDamaged, match="fates"):
        parse(content)


def test_a_list_of_fates_from_the_future_is_refused():
    with pytest.raises(ArchiveDamaged, match="newer"):
        parse(b'{"format": 2}')
