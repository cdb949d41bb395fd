"""The files of a server as one text: each under a heading with its path, mode and owner.

Times are noise: a package that is installed again changes them all. A file that is no text is told by size and hash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from dcops.diff.linux.secrets import hidden
from dcops.diff.readable import Readable
from dcops.diff.redact import Conceal
from dcops.diff.visible import decoded, visible
from dcops.model import tree
from dcops.model.tree import Kind, Member

_HEADING = "==="
_LOOKS_LIKE_HEADING = re.compile(r"^=(?=== )", re.MULTILINE)
_NO_NEWLINE = "\\ no newline at the end"


def readable(members: Sequence[Member], conceal: Conceal) -> Readable:
    """Every member by its path."""
    parts = []
    secrets = 0
    for member in sorted(members, key=lambda each: each.path):
        parts.append(f"{_heading(member)}\n")
        if member.kind is Kind.FILE:
            text, count = _body(member, conceal)
            parts.append(text)
            secrets += count
    return Readable("".join(parts), {}, secrets)


def redacted(tar: bytes, conceal: Conceal) -> bytes:
    """A tar of the same members, its texts without secrets; what is no text is emptied, for nobody can look into it."""
    try:
        members = tree.read(tar)
    except tree.NotATree:
        # Whatever it is, it is not fit to be shown.
        return b""
    return tree.write(replace(member, content=_redacted(member, conceal)) for member in members)


def _redacted(member: Member, conceal: Conceal) -> bytes:
    if not _is_text(member.content):
        return b""
    text, _ = hidden(decoded(member.content), member.path, conceal)
    return text.encode("utf-8", "surrogateescape")


def _heading(member: Member) -> str:
    path = _name(member.path)
    match member.kind:
        case Kind.SYMLINK:
            return f"{_HEADING} {path} -> {_name(member.target)}"
        case Kind.HARD_LINK:
            return f"{_HEADING} {path} is {_name(member.target)}"
        case Kind.FOLDER:
            path += "/"
    owner = f"{_name(member.user) or member.uid}:{_name(member.group) or member.gid}"
    return f"{_HEADING} {path} {member.mode:04o} {owner}"


def _name(text: str) -> str:
    """A name in one line."""
    return visible(text).replace("\n", "\\x0a").replace("\t", "\\x09")


def _body(member: Member, conceal: Conceal) -> tuple[str, int]:
    content = member.content
    if not content:
        return "", 0
    if not _is_text(content):
        return f"no text: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}\n", 0
    text, count = hidden(visible(decoded(content)), member.path, conceal)
    # A file cannot pose as another one.
    text = _LOOKS_LIKE_HEADING.sub(r"\\x3d", text)
    return (text, count) if text.endswith("\n") else (f"{text}\n{_NO_NEWLINE}\n", count)


def _is_text(content: bytes) -> bool:
    return b"\0" not in content
