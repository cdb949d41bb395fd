"""The few files by which git finds its way, and the tip beside it: what is wrong with them, and how they are mended.

They hold nothing that is not known elsewhere, so nobody needs a copy of the archive for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dcops.archive import durable
from dcops.archive.git import BRANCH
from dcops.archive.history import History
from dcops.errors import ArchiveDamaged

_HEAD = f"ref: {BRANCH}\n"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_CONFIG = (
    re.compile(r"^\[core\]$", re.MULTILINE),
    re.compile(r"^\s*repositoryformatversion = [01]$", re.MULTILINE),
    re.compile(r"^\s*bare = true$", re.MULTILINE),
)
_PACK_INDEX = re.compile(r"(?:non-monotonic index|[Pp]ackfile index for|index file) (\S+?\.(?:idx|pack))\b")


def problems(history: History) -> Iterator[str]:
    """What is wrong with them, a sentence each, with what mends it."""
    folder = history.git.folder
    if _read(history, "HEAD") != _HEAD:
        yield f"{folder / 'HEAD'} is damaged: write `{_HEAD.strip()}` into it, as its only line"
    config = _read(history, "config")
    if not all(pattern.search(config) for pattern in _CONFIG):
        yield (
            f"{folder / 'config'} is damaged: write `[core]`, `repositoryformatversion = 0` and `bare = true` into it,"
            " a line each"
        )
    yield from _branch_and_tip(history)


def hint(said: str) -> str:
    """What mends a file that git names and that it can make anew; empty when only a copy helps."""
    for name in ("commit-graph", "multi-pack-index"):
        if name in said:
            return f" (the {name} only makes git faster: remove it)"
    if found := _PACK_INDEX.search(said):
        pack = re.sub(r"\.idx$", ".pack", found[1])
        return f" (while the pack is whole its index can be made anew: remove the .idx, then: git index-pack {pack})"
    return ""


def _branch_and_tip(history: History) -> Iterator[str]:
    tip = history.git.folder.with_name("tip")
    try:
        known = history.last_known()
    except ArchiveDamaged as error:
        yield error.message
        return
    named = known or ""
    is_name = bool(_COMMIT.fullmatch(named))
    if known and not is_name:
        yield f"{tip} is damaged, it names no commit: the next backup writes it anew"
    try:
        newest = history.revision()
    except ArchiveDamaged as error:
        can_be_mended = is_name and history.git.commit_named(named) == named
        yield f"{error.message}{_way_back(history, named) if can_be_mended else ''}"
        return
    if newest and is_name and not history.git.is_ancestor(named, newest):
        yield (
            f"commit {named} was made, and is no longer part of the history: it was set back, unless it is"
            f" {tip} itself that is damaged; a copy of the archive tells which (dcops archive copy --check-only)"
        )


def _way_back(history: History, commit: str) -> str:
    # Git replaces a branch file that names a wrong commit, and refuses one whose content is no name at all.
    branch = history.git.folder / BRANCH
    return (
        f". The last one that was made is there: remove {branch},"
        f" then: git --git-dir={history.git.folder} update-ref {BRANCH} {commit}"
    )


def _read(history: History, name: str) -> str:
    with durable.explained(history.git.folder / name, "read"):
        try:
            return (history.git.folder / name).read_bytes().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""
