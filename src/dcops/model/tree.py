"""Files of a server, and the tar that carries them.

What a server sends is hostile until proven otherwise, so the reader is small and strict: GNU and plain ustar members,
checksums, bounds, no pax headers (their numbers and names rule over what the plain header says, and Python's own
reader has had endless loops in them). Nothing is ever unpacked onto a disk.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

BLOCK = 512
MOST_MEMBERS = 20_000
LONGEST_PATH = 4096


class Kind(StrEnum):
    """What a member is."""

    FILE = "file"
    FOLDER = "folder"
    SYMLINK = "symlink"
    HARD_LINK = "hard link"
    OTHER = "other"
    """A device node, a pipe, a sparse file: nothing of it is kept."""


_KINDS = {b"0": Kind.FILE, b"\0": Kind.FILE, b"1": Kind.HARD_LINK, b"2": Kind.SYMLINK, b"5": Kind.FOLDER}
_OTHERS = (b"3", b"4", b"6", b"7", b"S", b"V", b"M", b"D", b"N")
_LONG_PATH, _LONG_TARGET = b"L", b"K"
_WRITTEN = {Kind.FILE: tarfile.REGTYPE, Kind.HARD_LINK: tarfile.LNKTYPE, Kind.SYMLINK: tarfile.SYMTYPE}


class NotATree(ValueError):
    """It is no tar, or one that no honest tar program makes."""


class CutOff(NotATree):
    """The end of the tar is missing."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file, folder or link. Bytes of names that are no UTF-8 are lone surrogates."""

    path: str
    """Relative to the root of the tree, without `.` and `..`."""
    kind: Kind
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    user: str = ""
    group: str = ""
    modified: int = 0
    """Seconds since 1970."""
    target: str = ""
    """Where a link leads; of a hard link the path of another member."""
    content: bytes = field(default=b"", repr=False)


def read(tar: bytes) -> tuple[Member, ...]:
    """The members of a whole tar, in its order; raises CutOff or NotATree."""
    members = []
    paths = set()
    for member in _members(tar):
        if member.path in paths:
            raise NotATree("it names one path twice")
        paths.add(member.path)
        members.append(member)
        if len(members) > MOST_MEMBERS:
            raise NotATree(f"it holds more than {MOST_MEMBERS} members")
    return tuple(members)


def write(members: Iterable[Member]) -> bytes:
    """The tar of these members, by path, hard links last: the same members always give the same bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:", format=tarfile.GNU_FORMAT, errors="surrogateescape") as tar:
        for member in sorted(members, key=lambda each: (each.kind is Kind.HARD_LINK, each.path)):
            info = tarfile.TarInfo(member.path)
            info.type = _WRITTEN.get(member.kind, tarfile.DIRTYPE)
            info.mode, info.uid, info.gid = member.mode, member.uid, member.gid
            info.uname, info.gname = member.user, member.group
            info.mtime = member.modified
            info.linkname = member.target
            info.size = len(member.content)
            tar.addfile(info, io.BytesIO(member.content))
    return buffer.getvalue()


def looks_like_one(content: bytes) -> bool:
    """Whether this begins as a tar does."""
    return content[257:262] == b"ustar"


def _members(tar: bytes) -> Iterator[Member]:
    place = 0
    long_path = long_target = ""
    while True:
        header = tar[place : place + BLOCK]
        if len(header) < BLOCK:
            raise _ended_early(tar)
        if not any(header):
            break
        _check(header, place)
        size = _number(header[124:136])
        start = place + BLOCK
        place = start + -(-size // BLOCK) * BLOCK
        if place > len(tar):
            raise _ended_early(tar)
        content = tar[start : start + size]
        mark = header[156:157]
        if mark == _LONG_PATH:
            long_path = _long(content)
        elif mark == _LONG_TARGET:
            long_target = _long(content)
        elif mark in _KINDS or mark in _OTHERS:
            yield _member(header, mark, content, long_path, long_target)
            long_path = long_target = ""
        else:
            raise NotATree("it holds a kind of member that was not asked for")
    if len(tar) < place + 2 * BLOCK:
        raise _ended_early(tar)
    if tar[place:].strip(b"\0"):
        raise NotATree("something follows its end")


def _ended_early(tar: bytes) -> NotATree:
    return CutOff("the end of the tar is missing") if looks_like_one(tar) else NotATree("it is no tar")


def _check(header: bytes, place: int) -> None:
    if not looks_like_one(header):
        raise NotATree("it is no tar" if place == 0 else "it is damaged in the middle")
    told = _number(header[148:156])
    if told != sum(header[:148]) + sum(header[156:]) + 8 * ord(" "):
        raise NotATree("a checksum in it is wrong")


def _member(header: bytes, mark: bytes, content: bytes, long_path: str, long_target: str) -> Member:
    path = long_path or _text(header[:100])
    # Only the plain form has a prefix; GNU keeps times of incremental archives there.
    if not long_path and header[257:263] == b"ustar\0" and (prefix := _text(header[345:500])):
        path = f"{prefix}/{path}"
    kind = _KINDS.get(mark, Kind.OTHER)
    # Programs older than POSIX mark a folder by the slash only.
    if kind is Kind.FILE and path.endswith("/"):
        kind = Kind.FOLDER
    target = long_target or _text(header[157:257])
    return Member(
        path=_relative(path),
        kind=kind,
        mode=_number(header[100:108]) & 0o7777,
        uid=_number(header[108:116]),
        gid=_number(header[116:124]),
        modified=_number(header[136:148]),
        user=_text(header[265:297]),
        group=_text(header[297:329]),
        target=_relative(target) if kind is Kind.HARD_LINK else target if kind is Kind.SYMLINK else "",
        content=content if kind is Kind.FILE else b"",
    )


def _relative(path: str) -> str:
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or ".." in parts:
        raise NotATree("it names a path outside of its tree")
    if not parts and path not in (".", "./"):
        raise NotATree("it holds a member without a name")
    return "/".join(parts) or "."


def _number(digits: bytes) -> int:
    """Octal digits, or GNU's binary form for what is too large for them; never below zero."""
    if digits[:1] == b"\x80":
        return int.from_bytes(digits[1:], "big")
    text = digits.strip(b" \0")
    if not text.strip(b"01234567"):
        return int(text or b"0", 8)
    raise NotATree("a number in it is none")


def _text(name: bytes) -> str:
    return name.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _long(content: bytes) -> str:
    if len(content) > LONGEST_PATH + 1:
        raise NotATree("a path in it is too long")
    return _text(content)
