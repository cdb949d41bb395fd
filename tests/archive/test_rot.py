"""Every file of an archive may rot: each time it is named, what mends it is said, and what is whole is still there.

Loose objects and sealed files are in test_inspection.py, the second store in copies/test_rot.py.
"""

import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dcops.archive import packing
from dcops.archive.copies.memory import Memory
from dcops.archive.holders import load_holders
from dcops.errors import ArchiveDamaged, CannotRun, InvalidInput


@pytest.fixture
def packed(site):
    """Two devices with three versions each, in one pack, with a commit-graph as a person's git may have made one."""
    for night in range(3):
        entries = (site.entry(f"rtr-{n}", f"host {n}\n" + f"line {night}\n" * 30, night=night) for n in range(2))
        site.store(*entries, run=f"run-{night}")
    packing.pack(site.folder, full=True)
    site.git("commit-graph", "write", "--reachable")
    return site


def flip(file, share):
    content = bytearray(file.read_bytes())
    content[int(share * (len(content) - 1))] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)


def only(folder, pattern):
    (found,) = folder.glob(pattern)
    return found


FILES = {
    "pack": ("readable.git/objects/pack/*.pack", ".pack"),
    "pack index": ("readable.git/objects/pack/*.idx", ".pack"),
    "commit-graph": ("readable.git/objects/info/commit-graph", "commit-graph only makes git faster: remove it"),
    "branch": ("readable.git/refs/heads/main", "update-ref refs/heads/main"),
    "HEAD": ("readable.git/HEAD", "HEAD is damaged: write `ref: refs/heads/main`"),
    "tip": ("tip", "tip"),
}


@pytest.mark.parametrize("kind", FILES)
def test_one_flipped_bit_anywhere_in_it_is_found_and_the_file_named(packed, kind):
    pattern, named = FILES[kind]
    file = only(packed.folder, pattern)
    good = file.read_bytes()
    chance = random.Random(kind)
    # The line end of a file of one line carries nothing.
    for share in (0.0, 0.97, chance.random()):
        flip(file, share)
        messages = [fault.message for fault in packed.reader().verify().faults]
        assert any(named in message for message in messages), (share, messages)
        file.write_bytes(good)
    assert packed.reader().verify().faults == ()


def test_a_settings_file_of_git_that_lost_a_line_is_named_with_its_lines(packed):
    (packed.folder / "readable.git/config").write_text("[core]\n\tbare = true\n")

    (fault,) = packed.reader().verify().faults

    assert "`repositoryformatversion = 0` and `bare = true`" in fault.message


def mend(message):
    """Do what the message says."""
    if remove := re.search(r"remove (/\S+),", message):
        Path(remove[1]).unlink()
    command = message.partition("git --git-dir=")[2] or message.partition("then: git ")[2]
    words = command.rstrip(")").split()
    program = ["git", f"--git-dir={words[0]}", *words[1:]] if "git --git-dir=" in message else ["git", *words]
    subprocess.run(program, check=True, capture_output=True)


@pytest.mark.parametrize(
    "damage",
    [
        lambda name: b"%c" % (name[0] ^ 1 if name[0] not in b"af" else ord("b")) + name[1:],
        lambda name: b"g" + name[1:],
        lambda name: name[:20] + b"\n",
        lambda name: b"",
        lambda name: bytes(len(name)),
    ],
    ids=["another name", "no digit", "cut", "empty", "zeros after a power cut"],
)
def test_what_is_said_of_a_damaged_branch_mends_it(packed, damage):
    branch = packed.folder / "readable.git/refs/heads/main"
    branch.write_bytes(damage(branch.read_bytes()))
    with pytest.raises(ArchiveDamaged, match="points to no commit"):
        packed.store(packed.entry("rtr-9", "new\n", night=9), run="run-9")

    mend(next(f.message for f in packed.reader().verify().faults if "update-ref" in f.message))

    assert packed.reader().verify().faults == ()


def test_what_is_said_of_a_damaged_pack_index_mends_it(packed):
    index = only(packed.folder, "readable.git/objects/pack/*.idx")
    flip(index, 0.0)
    message = next(f.message for f in packed.reader().verify().faults if "index-pack" in f.message)

    index.unlink()
    mend(message)

    assert packed.reader().verify().faults == ()


def test_a_damaged_tip_is_written_anew_by_the_next_backup(packed):
    (packed.folder / "tip").write_text("rotten\n")
    assert any("tip is damaged" in fault.message for fault in packed.reader().verify().faults)

    packed.store(packed.entry("rtr-9", "new\n", night=9), run="run-9")

    assert packed.reader().verify().faults == ()


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", ["pack", "pack index", "commit-graph", "HEAD", "branch"])
def test_a_bit_flipped_at_many_places_is_never_taken_for_well(packed, kind):
    file = only(packed.folder, FILES[kind][0])
    good = file.read_bytes()
    carrying = len(good.rstrip(b"\n")) if kind in ("HEAD", "branch") else len(good)
    for place in random.Random(kind).sample(range(carrying), min(60, carrying)):
        content = bytearray(good)
        content[place] ^= 1 << random.Random(place).randrange(8)
        if kind == "branch" and content.lower() == good:
            # The name of the same commit in capitals.
            continue
        file.chmod(0o600)
        file.write_bytes(content)
        assert packed.reader().verify().faults, place


def test_a_flipped_bit_in_a_holders_key_is_refused_before_anything_is_sealed_for_nobody(tmp_path, site):
    file = tmp_path / "holders.txt"
    good = "".join(f"# {holder.name}\n{holder.recipient}\n" for holder in site.holders).encode()
    start = good.index(b"age1")
    for place in range(start, start + len(site.holders[0].recipient)):
        content = bytearray(good)
        content[place] ^= 1
        file.write_bytes(content)
        with pytest.raises(InvalidInput, match=r"holders\.txt:2: "):
            load_holders(tmp_path)


@pytest.fixture
def remembered(tmp_path, site):
    """What a host remembers of its second store."""
    file = tmp_path / "copy.json"
    Memory("/dr", "ab" * 20, 40, site.clock(), site.clock(), True, ("cd" * 32,)).save(file)
    return file


def test_a_flipped_bit_in_what_is_remembered_of_the_copy_is_noticed(remembered):
    good = remembered.read_bytes()
    right = Memory.load(remembered, "/dr")
    assert not right.lost
    for place in range(0, len(good), 7):
        content = bytearray(good)
        content[place] ^= 1
        remembered.write_bytes(content)
        found = Memory.load(remembered, "/dr")
        # White space carries nothing.
        assert found.lost or found == right, place
        assert not (found.lost and found.sound)


def test_a_memory_of_an_earlier_release_is_read(remembered):
    import json

    value = json.loads(remembered.read_text())
    del value["check"]
    remembered.write_text(json.dumps(value))

    assert Memory.load(remembered, "/dr").sealed_files == 40


def test_a_place_that_is_empty_is_not_filled_while_the_memory_of_it_is_damaged(site, tmp_path):
    from tests.archive.copies.conftest import Stores

    (tmp_path / "keys").mkdir()
    stores = Stores(site, tmp_path / "dr")
    site.store(site.entry())
    stores.copy()
    memory = tmp_path / "copy.json"
    memory.write_bytes(memory.read_bytes()[:-9])
    assert any("copy.json was damaged" in note for note in stores.copy().notes)
    assert not any("copy.json" in note for note in stores.copy().notes)
    memory.write_bytes(memory.read_bytes()[:-9])
    shutil.rmtree(stores.place)
    stores.place.mkdir()

    with pytest.raises(CannotRun, match="the file that remembers it is damaged"):
        stores.copy()

    assert list(stores.place.iterdir()) == []
    assert stores.copy(start_over=True).comparison.equal
