"""A tar from a server is read strictly, and written so that the same files always give the same bytes."""

import io
import os
import subprocess
import tarfile

import pytest

from dcops.model import tree
from dcops.model.tree import CutOff, Kind, Member, NotATree

FILES = (
    Member("etc", Kind.FOLDER, mode=0o755, user="root", group="root", modified=1_700_000_000),
    Member("etc/hosts", Kind.FILE, mode=0o644, user="root", group="root", content=b"127.0.0.1 localhost\n"),
    Member("etc/zone", Kind.SYMLINK, target="/usr/share/zoneinfo/UTC"),
    Member("etc/names", Kind.HARD_LINK, target="etc/hosts"),
    Member("etc/" + "long-" * 40, Kind.FILE, uid=3_000_000, content=b"x" * 1025),
    Member("etc/caf\udce9", Kind.FILE, content=b"latin-1 name"),
)


def packed(*infos):
    """A tar as Python writes it: `(name, type, content)`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:", format=tarfile.GNU_FORMAT) as tar:
        for name, kind, content in infos:
            info = tarfile.TarInfo(name)
            info.type, info.size = kind, len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def with_field(tar, start, value, member=0):
    """A tar with one field of a header changed, and its checksum made right again."""
    header = bytearray(tar[member : member + 512])
    header[start : start + len(value)] = value
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    return tar[:member] + bytes(header) + tar[member + 512 :]


def test_what_is_written_is_read_again():
    assert set(tree.read(tree.write(FILES))) == set(FILES)


def test_the_order_of_the_members_does_not_matter():
    assert tree.write(FILES) == tree.write(reversed(FILES))


def test_a_tar_of_gnu_tar_is_read_and_what_we_write_is_read_by_gnu_tar(tmp_path):
    folder = tmp_path / "from"
    folder.mkdir()
    (folder / "plain").write_bytes(b"text\n")
    (folder / ("n" * 200)).write_bytes(b"long name")
    (folder / "sub").mkdir()
    (folder / "sub/link").symlink_to("../plain")
    os.link(folder / "plain", folder / "second")
    sent = subprocess.run(
        ["tar", "--create", "--file=-", "--format=gnu", f"--directory={tmp_path}", "from"],
        capture_output=True,
        check=True,
    ).stdout

    members = {member.path: member for member in tree.read(sent)}
    (tmp_path / "to").mkdir()
    subprocess.run(["tar", "-x", "-C", str(tmp_path / "to")], input=tree.write(members.values()), check=True)

    assert {path: member.kind for path, member in members.items() if member.kind is not Kind.FILE} == {
        "from": Kind.FOLDER,
        "from/sub": Kind.FOLDER,
        "from/sub/link": Kind.SYMLINK,
        **{path: Kind.HARD_LINK for path in ("from/plain", "from/second") if members[path].kind is Kind.HARD_LINK},
    }
    assert (tmp_path / "to/from/sub/link").resolve().read_bytes() == b"text\n"
    assert (tmp_path / "to/from" / ("n" * 200)).read_bytes() == b"long name"
    assert (tmp_path / "to/from/second").stat().st_ino == (tmp_path / "to/from/plain").stat().st_ino


def test_every_cut_is_noticed():
    tar = packed(("etc/a", tarfile.REGTYPE, b"x" * 700), ("etc/b", tarfile.REGTYPE, b"y" * 10))
    whole = 512 + 1024 + 512 + 512 + 1024

    for length in range(263, whole, 97):
        with pytest.raises(CutOff):
            tree.read(tar[:length])
    assert len(tree.read(tar[:whole])) == 2


@pytest.mark.parametrize(
    ("tar", "why"),
    [
        (b"", "no tar"),
        (b"Your password has expired\n", "no tar"),
        (b"Welcome\n" * 200, "no tar"),
        (packed(("/etc/shadow", tarfile.REGTYPE, b"x")), "outside"),
        (packed(("etc/../../root/x", tarfile.REGTYPE, b"x")), "outside"),
        (packed(("..", tarfile.DIRTYPE, b"")), "outside"),
        (packed(("etc/a", tarfile.REGTYPE, b"1"), ("etc/a", tarfile.REGTYPE, b"2")), "twice"),
        (packed(("etc/a", tarfile.REGTYPE, b"1"), ("./etc//a", tarfile.REGTYPE, b"2")), "twice"),
        (packed(("pax", tarfile.XHDTYPE, b"30 path=../../root/.ssh/keys\n")), "not asked for"),
        (packed(("pax", tarfile.XGLTYPE, b"20 mtime=1\n")), "not asked for"),
        (packed(("long", tarfile.GNUTYPE_LONGNAME, b"a" * 5000)), "too long"),
        (packed(("etc/a", tarfile.REGTYPE, b"x")) + b"more", "follows its end"),
        (packed(("etc/a", tarfile.REGTYPE, b"x")).replace(b"etc/a", b"etc/b"), "checksum"),
        (with_field(packed(("etc/a", tarfile.REGTYPE, b"x")), 124, b"\xff" * 12), "number"),
        (with_field(packed(("etc/a", tarfile.REGTYPE, b"x")), 124, b"-0000000001 "), "number"),
    ],
)
def test_what_no_honest_program_sends_is_refused(tar, why):
    with pytest.raises(NotATree, match=why):
        tree.read(tar)


def test_a_size_beyond_the_end_is_a_cut():
    with pytest.raises(CutOff):
        tree.read(with_field(packed(("etc/a", tarfile.REGTYPE, b"x")), 124, b"\x80" + b"\x00" * 3 + b"\xff" * 8))


def test_a_flood_of_members_is_refused(monkeypatch):
    monkeypatch.setattr(tree, "MOST_MEMBERS", 10)
    with pytest.raises(NotATree, match="more than 10"):
        tree.read(packed(*((f"etc/{number}", tarfile.REGTYPE, b"") for number in range(11))))


def test_links_may_lead_anywhere_and_are_never_followed():
    tar = packed(("etc/x", tarfile.SYMTYPE, b""))
    tar = with_field(tar, 157, b"/etc/shadow\0")

    (member,) = tree.read(tar)

    assert (member.kind, member.target, member.content) == (Kind.SYMLINK, "/etc/shadow", b"")


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE])
def test_what_is_no_plain_file_has_no_content(kind):
    (member,) = tree.read(packed(("etc/x", kind, b"")))

    assert (member.kind, member.content) == (Kind.OTHER, b"")
