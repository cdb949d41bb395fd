"""From the tar that a server sent to the one that is kept: nothing excluded, nothing strange, always alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dcops.devices.linux.excluded import Excluded
from dcops.errors import DeviceError, ErrorKind
from dcops.model import tree
from dcops.model.tree import Kind, Member

_AGAIN = "Run the backup again; if it stays so, run the tar of docs/how-to/linux.md by hand"


@dataclass(frozen=True, slots=True)
class Harvest:
    """What is kept of a server's files, and what was left out though it was sent."""

    tar: bytes = field(repr=False)
    members: tuple[Member, ...]
    left_out: Mapping[str, str]
    """Path to the reason."""


def harvest(sent: bytes, excluded: Excluded) -> Harvest:
    """Open a tar, drop what must not be kept, and write it anew; raises DeviceError unless it is whole."""
    try:
        found = tree.read(sent)
    except tree.CutOff as error:
        raise DeviceError(ErrorKind.TRUNCATED, f"its files came cut off: {error}", next_step=_AGAIN) from None
    except tree.NotATree as error:
        if tree.looks_like_one(sent):
            raise DeviceError(ErrorKind.INVALID, f"its files came damaged: {error}", next_step=_AGAIN) from None
        raise DeviceError(
            ErrorKind.INVALID,
            "words came in place of its files" if sent.strip() else "nothing came in place of its files",
            next_step="Log in by hand: a login message, a restricted shell or an expired password answers first",
        ) from None
    left_out = {}
    kept = {}
    for member in found:
        if reason := excluded.reason(member.path, member.content) or _strange(member):
            left_out[member.path] = reason
        else:
            kept[member.path] = member
    members = tuple(_linked(kept, left_out))
    if not any(member.kind is Kind.FILE for member in members):
        raise DeviceError(
            ErrorKind.INVALID,
            "it gave no file at all",
            next_step="Check [linux] paths and root in dcops.toml, and what the account may read",
        )
    return Harvest(tree.write(members), members, left_out)


def _strange(member: Member) -> str:
    return "no plain file" if member.kind is Kind.OTHER else ""


def _linked(kept: Mapping[str, Member], left_out: dict[str, str]) -> list[Member]:
    """The members by path, of files with several names the first one with the content.

    Which of the names comes first in a tar is up to the file system; it must not look like a change.
    """
    names: dict[str, list[str]] = {}
    for member in kept.values():
        if member.kind is Kind.HARD_LINK:
            source = kept.get(member.target)
            if source is None or source.kind is not Kind.FILE:
                left_out[member.path] = "another name of a file that is not kept"
            else:
                names.setdefault(source.path, [source.path]).append(member.path)
    members = {path: member for path, member in kept.items() if path not in left_out}
    for original, paths in names.items():
        first, *others = sorted(paths)
        whole = kept[original]
        members[first] = replace(whole, path=first)
        for other in others:
            members[other] = replace(whole, path=other, kind=Kind.HARD_LINK, target=first, content=b"")
    return [members[path] for path in sorted(members)]


def names(paths: Sequence[str], most: int = 5) -> str:
    """Some paths of a server for a sentence, with nothing in them that would act on a screen."""
    shown = ["".join(sign if sign.isprintable() else "?" for sign in path)[:120] for path in paths[:most]]
    return ", ".join(shown) + (f" and {len(paths) - most} more" if len(paths) > most else "")
