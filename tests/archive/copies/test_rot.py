"""What rots, vanishes or appears at the second store is named with the device and the versions that it hurts."""

import pytest

from dcops.errors import CannotRun


def sealed_name(stores, device, version=0, source="running"):
    record = stores.site.reader().log(device)[version].record
    return next(document.sealed for its, document in record.documents.items() if its == source)


def file_there(stores, name):
    return stores.place / f"archive/sealed/{name[:2]}/{name}.age"


def flip(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)
    file.chmod(0o400)


def test_one_flipped_bit_there_is_found_only_by_reading_it_there(stores):
    stores.copy()
    name = sealed_name(stores, "fw-1", 1)
    flip(file_there(stores, name))

    assert stores.open().compare(recompute=False).equal
    found = stores.open().compare(recompute=True)

    (lack,) = found.damaged
    assert (lack.name, lack.device) == (name, "fw-1")
    assert lack.versions == (stores.site.reader().log("fw-1")[1].revision,)
    assert not found.equal
    assert found.faults[0].startswith("a sealed file of fw-1 is damaged there")


def test_what_was_found_damaged_stays_so_until_it_is_sent_again_and_then_everything_is_read_anew(stores):
    stores.copy()
    name = sealed_name(stores, "fw-1")
    flip(file_there(stores, name))
    stores.open().compare(recompute=True)

    assert [lack.name for lack in stores.open().compare(recompute=False).damaged] == [name]
    came = stores.copy()

    assert (came.files, came.comparison.equal, came.comparison.recomputed) == (1, True, True)
    assert any("1 that were damaged there were sent again" in note for note in came.notes)
    assert not stores.copy().comparison.recomputed
    stores.assert_whole()


def test_a_file_cut_short_there_is_seen_by_its_size_and_sent_again(stores):
    stores.copy()
    name = sealed_name(stores, "fw-1")
    file = file_there(stores, name)
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1])

    assert [lack.name for lack in stores.open().compare(recompute=False).damaged] == [name]
    came = stores.copy()

    assert (came.files, came.comparison.equal) == (1, True)
    stores.assert_whole()


def test_a_file_that_is_gone_there_names_every_version_that_needs_it(stores):
    stores.copy()
    name = sealed_name(stores, "rtr-1", source="startup")
    file_there(stores, name).unlink()

    found = stores.open().compare(recompute=True)

    (lack,) = found.missing
    assert (lack.name, lack.device) == (name, "rtr-1")
    assert lack.versions == tuple(version.revision for version in stores.site.reader().log("rtr-1"))
    assert found.lag_seconds == 3 * 86400
    assert any("is missing there" in fault for fault in found.faults)


def test_a_file_that_nobody_can_read_there_is_damaged(stores):
    stores.copy()
    name = sealed_name(stores, "fw-1")
    file = file_there(stores, name)
    file.unlink()
    file.symlink_to("/nonexistent/nothing")

    found = stores.open().compare(recompute=True)

    assert not found.equal
    assert name in {lack.name for lack in (*found.damaged, *found.missing)}


def test_what_somebody_put_there_is_named(stores):
    stores.copy()
    stranger = file_there(stores, "ab" * 32)
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_bytes(b"?")
    (stores.place / "archive/sealed/notes.txt").write_bytes(b"?")

    found = stores.open().compare(recompute=False)

    assert found.extra == ("ab" * 32, "notes.txt")
    assert not found.equal
    assert len(found.faults) == 2
    assert stores.copy().comparison.extra == found.extra
    assert stranger.exists()


def test_a_rotten_history_there_is_found_by_git_there(stores):
    stores.copy()
    (pack,) = (stores.place / "archive/readable.git/objects/pack").glob("*.pack")
    flip(pack)

    found = stores.open().compare(recompute=True)

    assert found.history
    assert not found.equal
    assert any(fault.startswith("git there: ") for fault in found.faults)


def test_a_rotten_history_there_is_looked_at_every_night_until_it_is_mended(stores):
    stores.copy()
    (pack,) = (stores.place / "archive/readable.git/objects/pack").glob("*.pack")
    good = pack.read_bytes()
    flip(pack)
    stores.open().compare(recompute=True)

    assert stores.copy().comparison.history
    pack.chmod(0o600)
    pack.write_bytes(good)
    assert stores.copy().comparison.equal
    assert not stores.copy().comparison.recomputed


def test_a_comparison_is_not_mistaken_for_a_yes_or_no(stores):
    with pytest.raises(TypeError):
        bool(stores.copy().comparison)


def test_what_cannot_be_asked_there_is_never_well(remote, sshd):
    remote.copy()
    # The first kills the find that called it, the second the shell.
    for program in ("sha256sum", "find"):
        stub = sshd.bin / program
        stub.write_text("#!/bin/sh\nkill -9 $PPID\n")
        stub.chmod(0o755)
        try:
            with pytest.raises(CannotRun, match=r"did not answer|broke"):
                remote.open().compare(recompute=True)
        finally:
            stub.unlink()


def test_a_sha256sum_that_fails_there_makes_files_damaged_and_not_well(remote, sshd):
    remote.copy()
    stub = sshd.bin / "sha256sum"
    stub.write_text("#!/bin/sh\nexit 1\n")
    stub.chmod(0o755)
    try:
        found = remote.open().compare(recompute=True)
    finally:
        stub.unlink()

    assert len(found.damaged) == 7
