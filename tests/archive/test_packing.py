"""Packing the history: smaller, quicker, and never a version less, whatever happens meanwhile."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from dcops.archive import packing
from dcops.archive.copies.opening import open_store
from dcops.errors import ArchiveDamaged, CannotRun
from dcops.model.secret import Credential

SOAK = bool(os.environ.get("DCOPS_SOAK"))
PACK = """
import sys
from pathlib import Path
from dcops.archive.packing import pack
print("ready", flush=True)
pack(Path(sys.argv[1]), full=True)
"""


def grown(site, nights=4, first=0, devices=3):
    for night in range(first, first + nights):
        entries = [
            site.entry(f"rtr-{n}", f"hostname rtr-{n}\nnight {night}\n" + "interface x\n" * 200, night=night)
            for n in range(devices)
        ]
        site.store(*entries, run=f"night-{night}")
    return site


def everything(site):
    """Every text of every version."""
    archive = site.reader()
    return {
        (one.device, version.revision): archive.show(one.device, version.revision)
        for one in archive.devices()
        for version in archive.log(one.device)
    }


def packs(site):
    return sorted(path.name for path in (site.folder / "readable.git" / "objects" / "pack").iterdir())


def test_what_lies_loose_becomes_one_pack_and_then_all_of_it_one(site):
    grown(site)
    before = everything(site)

    first = packing.pack(site.folder, full=False)
    grown(site, nights=2, first=4)
    packing.pack(site.folder, full=False)
    middle = packing.load(site.folder)
    last = packing.pack(site.folder, full=True)

    assert (first.before.loose > 40, first.after.loose, middle.packs) == (True, 0, 2)
    assert (last.after.loose, last.after.packs) == (0, 1)
    assert last.after.bytes < first.before.bytes / 4
    assert before.items() <= everything(site).items()
    assert site.reader().verify().faults == ()
    assert not site.reader().verify().notes


def test_packing_twice_or_nothing_changes_nothing(site):
    grown(site)
    packing.pack(site.folder, full=True)
    there = packs(site)

    packing.pack(site.folder, full=True)
    packing.pack(site.folder, full=False)

    assert packs(site) == there
    assert site.reader().verify().faults == ()


def test_objects_that_no_commit_reaches_yet_are_kept(site):
    """A commit that is made meanwhile has written its objects before it moves the branch."""
    grown(site)
    packing.pack(site.folder, full=False)
    loose = site.git("hash-object", "-w", "--stdin", feed=b"not committed yet").decode().strip()
    packed = site.git("hash-object", "-w", "--stdin", feed=b"packed, not committed yet").decode().strip()
    pack_folder = site.folder / "readable.git" / "objects" / "pack"
    site.git("pack-objects", "-q", str(pack_folder / "pack"), feed=f"{packed}\n".encode())
    site.git("prune-packed")

    packing.pack(site.folder, full=True)

    assert site.git("cat-file", "blob", loose) == b"not committed yet"
    assert site.git("cat-file", "blob", packed) == b"packed, not committed yet"
    assert packing.load(site.folder).packs == 1


def test_too_little_room_is_said_and_nothing_is_begun(site, monkeypatch):
    grown(site)
    there = packs(site)
    monkeypatch.setattr(packing, "ROOM_TO_SPARE_BYTES", 1 << 60)

    with pytest.raises(CannotRun, match=r"packing it needs as much again.*Make room"):
        packing.pack(site.folder, full=True)

    assert packs(site) == there


def test_a_damaged_object_ends_it_and_the_old_packs_stay(site):
    grown(site)
    packing.pack(site.folder, full=False)
    (pack,) = (site.folder / "readable.git" / "objects" / "pack").glob("*.pack")
    pack.chmod(0o600)
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 0xFF
    pack.write_bytes(content)
    there = packs(site)

    with pytest.raises(ArchiveDamaged):
        packing.pack(site.folder, full=True)

    assert set(there) <= set(packs(site))


def test_a_new_pack_that_lacks_something_is_thrown_away(site, monkeypatch):
    grown(site)
    packing.pack(site.folder, full=False)
    there, before = packs(site), everything(site)
    real = packing._objects
    # As if git had left objects out of the new pack.
    monkeypatch.setattr(
        packing, "_objects", lambda index: frozenset(sorted(real(index))[:: 1 if index.name in there else 2])
    )
    grown(site, nights=1, first=4)

    with pytest.raises(ArchiveDamaged, match="old packs are still there"):
        packing.pack(site.folder, full=True)

    monkeypatch.undo()
    assert packs(site) == there
    assert before.items() <= everything(site).items()


@pytest.mark.parametrize("seconds", [0.01 * step for step in range(40 if SOAK else 2)])
def test_killed_at_any_moment_nothing_is_lost_and_the_next_one_tidies_up(site, seconds):
    grown(site, nights=3)
    before = everything(site)
    command = [sys.executable, "-c", PACK, str(site.folder)]
    with subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout.readline() == "ready\n"
        time.sleep(seconds)
        os.killpg(worker.pid, signal.SIGKILL)

    assert before.items() <= everything(site).items()
    packing.pack(site.folder, full=True)
    assert site.reader().verify().faults == ()
    assert packing.load(site.folder).packs == 1


@pytest.mark.parametrize("step", ["_require_whole", "_remove", "prune-packed"])
def test_ended_between_its_steps_nothing_is_lost(site, monkeypatch, step):
    grown(site)
    packing.pack(site.folder, full=False)
    grown(site, nights=2, first=4)
    before = everything(site)
    run = packing._run

    class Killed(BaseException):
        pass

    def killed(*words):
        if step == "prune-packed" and words[1] != step:
            return run(*words)
        raise Killed

    monkeypatch.setattr(packing, "_run" if step == "prune-packed" else step, killed)
    with pytest.raises(Killed):
        packing.pack(site.folder, full=True)
    monkeypatch.undo()

    assert before.items() <= everything(site).items()
    assert site.reader().verify().faults == ()
    packing.pack(site.folder, full=True)
    assert (packing.load(site.folder).packs, packing.load(site.folder).loose) == (1, 0)


def test_a_session_and_a_copy_at_work_meanwhile_lose_nothing(site, tmp_path):
    grown(site, nights=4)
    store = open_store(
        tmp_path / "dr",
        Credential(""),
        None,
        archive=site.folder,
        keys=tmp_path / "keys",
        memory=tmp_path / "copy.json",
        site="example",
        max_lag=timedelta(hours=48),
        verify_every=timedelta(days=7),
        clock=site.clock,
    )
    rounds, troubles = (30 if SOAK else 2), []

    def pack():
        try:
            for _ in range(rounds):
                packing.pack(site.folder, full=True)
        except BaseException as error:
            troubles.append(error)

    def copy():
        try:
            for _ in range(rounds):
                store.copy()
        except BaseException as error:
            troubles.append(error)

    # 70 devices make more objects than git leaves loose: its import writes packs of its own beside ours.
    threads = [threading.Thread(target=pack), threading.Thread(target=copy)]
    for thread in threads:
        thread.start()
    for night in range(4, 4 + rounds):
        grown(site, nights=1, first=night, devices=70 if night % 2 else 3)
    for thread in threads:
        thread.join()

    assert troubles == []
    assert len(site.reader().log("rtr-0")) == 4 + rounds
    assert site.reader().verify().faults == ()
    assert store.copy().comparison.equal


def test_what_a_removal_left_without_data_is_removed(site):
    grown(site)
    packing.pack(site.folder, full=True)
    folder = site.folder / "readable.git" / "objects" / "pack"
    (index,) = folder.glob("*.idx")
    shutil.copy(index, folder / f"pack-{'a' * 40}.idx")

    assert packing.remove_orphans(site.folder) == 1
    assert packing.remove_orphans(site.folder) == 0
    assert index.exists()
    assert Path(index).with_suffix(".pack").exists()
