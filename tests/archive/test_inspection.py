"""Whatever rots, is lost or is forged is named with the device and the versions that it hurts."""

import pytest

from dcops.archive.inspection import FaultKind
from dcops.errors import CannotRun


@pytest.fixture
def grown(site):
    """Two devices, of which one has three versions."""
    site.store(site.entry("rtr-1", "a\n", startup="s\n"), site.entry("fw-1", "x\n"))
    site.store(site.entry("rtr-1", "b\n", startup="s\n", night=1), run="run-2")
    site.store(site.entry("rtr-1", "c\n", startup="s\n", night=2), run="run-3")
    return site


def sealed_file(site, device, version, source="running"):
    record = site.reader().log(device)[version].record
    name = next(document.sealed for its, document in record.documents.items() if its == source)
    return site.folder / "sealed" / name[:2] / f"{name}.age"


def loose_object(site, name):
    found = site.git("rev-parse", name).decode().strip()
    return site.folder / "readable.git/objects" / found[:2] / found[2:]


def flip(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)


def test_an_archive_that_is_well_has_neither_faults_nor_notes(grown):
    progress = []

    found = grown.reader().verify(lambda done, total: progress.append((done, total)))

    assert (found.faults, found.notes, found.versions, found.sealed_files) == ((), (), 4, 5)
    assert progress[0] == (0, 5)
    assert progress[-1] == (5, 5)


def test_an_inspection_is_not_mistaken_for_a_yes_or_no(grown):
    with pytest.raises(TypeError):
        bool(grown.reader().verify())


def test_one_flipped_bit_in_a_sealed_file_names_its_device_and_version(grown):
    flip(sealed_file(grown, "rtr-1", 1))

    (fault,) = grown.reader().verify().faults

    assert (fault.kind, fault.device) == (FaultKind.SEALED, "rtr-1")
    assert fault.versions == (grown.reader().log("rtr-1")[1].revision,)
    assert "running configuration is damaged" in fault.message


def test_a_lost_sealed_file_names_every_version_that_needs_it(grown):
    sealed_file(grown, "rtr-1", 0, "startup").unlink()

    (fault,) = grown.reader().verify().faults

    assert "startup configuration is missing" in fault.message
    assert fault.versions == tuple(version.revision for version in grown.reader().log("rtr-1"))


def test_a_sealed_file_cut_short_or_emptied_is_damaged(grown):
    file = sealed_file(grown, "fw-1", 0)
    for content in (file.read_bytes()[:-1], b""):
        file.chmod(0o600)
        file.write_bytes(content)
        assert [fault.device for fault in grown.reader().verify().faults] == ["fw-1"]


@pytest.mark.parametrize(
    "damage", [flip, lambda file: file.unlink(), lambda file: (file.chmod(0o600), file.write_bytes(b""))]
)
def test_a_rotten_readable_text_names_its_device_and_version(grown, damage):
    revision = grown.reader().log("rtr-1")[1].revision
    damage(loose_object(grown, f"{revision}:rtr-1/running.cfg"))

    faults = grown.reader().verify().faults

    assert faults
    assert any(fault.device == "rtr-1" and revision in fault.versions for fault in faults)
    assert not any(fault.device == "fw-1" for fault in faults)
    assert not any(fault.kind is FaultKind.SEALED for fault in faults)


@pytest.mark.parametrize("damage", [flip, lambda file: file.unlink()])
def test_a_rotten_record_names_its_device_and_hides_no_other_damage(grown, damage):
    sealed = sealed_file(grown, "fw-1", 0)
    revision = grown.reader().log("rtr-1")[1].revision
    damage(loose_object(grown, f"{revision}:rtr-1/record.json"))
    sealed.unlink()

    faults = grown.reader().verify().faults

    assert any(fault.device == "rtr-1" and revision in fault.versions for fault in faults)
    assert any(fault.device == "fw-1" and fault.kind is FaultKind.SEALED for fault in faults)


@pytest.mark.parametrize("place", ["main", "main^{tree}", "main~1", "main~1:rtr-1"])
def test_a_rotten_commit_or_tree_is_never_well(grown, place):
    flip(loose_object(grown, place))

    assert grown.reader().verify().faults


def test_a_lost_branch_is_a_fault(grown):
    (grown.folder / "readable.git/refs/heads/main").unlink()

    assert any("is lost" in fault.message for fault in grown.reader().verify().faults)


def test_a_history_set_back_to_an_earlier_commit_is_a_fault(grown):
    grown.git("update-ref", "refs/heads/main", "main~1")

    assert any("no longer part of the history" in fault.message for fault in grown.reader().verify().faults)


def test_a_history_that_was_set_back_is_not_covered_up_by_the_next_backup(grown):
    lost = grown.git("rev-parse", "main").decode().strip()
    grown.git("update-ref", "refs/heads/main", "main~1")

    grown.store(grown.entry("rtr-edge-1", "hostname after\n", night=9), run="run-9")

    assert any(lost in fault.message for fault in grown.archive().verify().faults)


@pytest.mark.parametrize("content", [b"{}", b"not json", b'{"format": 99}', b"[]", b'{"format": 1, "device": "fw-1"}'])
def test_a_record_that_is_none_is_a_fault_of_its_device(grown, content):
    blob = grown.git("hash-object", "-w", "--stdin", feed=content).decode().strip()
    running = grown.git("rev-parse", "main:rtr-1/running.cfg").decode().strip()
    feed = f"100644 blob {blob}\trecord.json\n100644 blob {running}\trunning.cfg\n"
    inner = grown.git("mktree", feed=feed.encode()).decode().strip()
    other = grown.git("rev-parse", "main:fw-1").decode().strip()
    feed = f"040000 tree {other}\tfw-1\n040000 tree {inner}\trtr-1\n"
    outer = grown.git("mktree", feed=feed.encode()).decode().strip()
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.net")
    commit = grown.git(*identity, "commit-tree", outer, "-p", "main", "-m", "forged").decode().strip()
    grown.git("update-ref", "refs/heads/main", commit)

    faults = grown.reader().verify().faults

    assert [(fault.kind, fault.device, fault.versions) for fault in faults] == [(FaultKind.RECORD, "rtr-1", (commit,))]


def test_what_an_interrupted_run_left_is_a_note(grown):
    session = grown.archive().session("run-9")
    session.put(grown.entry("rtr-1", "never committed\n", night=9))
    (grown.folder / "sealed/ab").mkdir(exist_ok=True)
    (grown.folder / "sealed/ab/.x.age.0123.tmp").write_bytes(b"half")
    (grown.folder / "readable.git/objects/pack").mkdir(exist_ok=True)
    (grown.folder / "readable.git/objects/pack/tmp_pack_x").write_bytes(b"half")

    found = grown.reader().verify()

    assert found.faults == ()
    assert len(found.notes) == 3
    assert any("belongs to no version" in note for note in found.notes)


def test_what_cannot_be_looked_at_is_never_well(grown):
    sealed = grown.folder / "sealed"
    sealed.rename(grown.folder / "elsewhere")
    assert len(grown.reader().verify().faults) == 5

    (grown.folder / "readable.git").rename(grown.folder / "gone.git")
    with pytest.raises(CannotRun):
        grown.reader().verify()
