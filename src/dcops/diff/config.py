"""What changed between two readable configurations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dcops.diff.lines import matching
from dcops.diff.redact import masked

_CONTEXT = 3


@dataclass(frozen=True, slots=True)
class ConfigDiff:
    """The difference as a unified diff. It has no truth value: ask `changed`."""

    lines: tuple[str, ...]
    added: int
    removed: int
    key_rotated: bool
    """The texts are the same but for tokens made under another key."""

    @property
    def changed(self) -> bool:
        """Some line was added or removed; a rotated key alone is no change."""
        return bool(self.added or self.removed)

    def __bool__(self) -> bool:
        raise TypeError("a diff has no truth value: ask diff.changed")


def compare(
    old: str, new: str, *, old_key: str, new_key: str, names: tuple[str, str] = ("before", "after")
) -> ConfigDiff:
    """Compare two readable texts made under the keys of these ids.

    Tokens of different keys say nothing about each other, so such texts are compared with the hashes dropped:
    whether a secret changed together with the key cannot be told from them.
    """
    rotated = False
    if old_key != new_key and old != new:
        old, new = masked(old), masked(new)
        rotated = old == new
    if old == new:
        return ConfigDiff((), 0, 0, key_rotated=rotated)
    lines = tuple(_unified(_lines(old), _lines(new), names))
    body = lines[2:]
    added = sum(line.startswith("+") for line in body)
    removed = sum(line.startswith("-") for line in body)
    return ConfigDiff(lines, added, removed, key_rotated=False)


@dataclass(frozen=True, slots=True)
class _Edit:
    """Lines old[a:b] that gave way to lines new[c:d]."""

    a: int
    b: int
    c: int
    d: int


def _unified(old: Sequence[str], new: Sequence[str], names: tuple[str, str]) -> Iterator[str]:
    hunks = list(_hunks(old, new))
    if hunks:
        yield f"--- {names[0]}"
        yield f"+++ {names[1]}"
    for hunk in hunks:
        start, stop = max(hunk[0].a - _CONTEXT, 0), min(hunk[-1].b + _CONTEXT, len(old))
        new_start, new_stop = hunk[0].c - (hunk[0].a - start), hunk[-1].d + (stop - hunk[-1].b)
        yield f"@@ -{_range(start, stop)} +{_range(new_start, new_stop)} @@"
        at = start
        for edit in hunk:
            yield from (f" {line}" for line in old[at : edit.a])
            yield from (f"-{line}" for line in old[edit.a : edit.b])
            yield from (f"+{line}" for line in new[edit.c : edit.d])
            at = edit.b
        yield from (f" {line}" for line in old[at:stop])


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[list[_Edit]]:
    """Edits in groups that stand near enough to share their context."""
    group: list[_Edit] = []
    for edit in _edits(old, new):
        if group and edit.a - group[-1].b > 2 * _CONTEXT:
            yield group
            group = []
        group.append(edit)
    if group:
        yield group


def _edits(old: Sequence[str], new: Sequence[str]) -> Iterator[_Edit]:
    at_old = at_new = 0
    for same in matching(old, new):
        if same.old > at_old or same.new > at_new:
            yield _Edit(at_old, same.old, at_new, same.new)
        at_old, at_new = same.old + same.length, same.new + same.length
    if at_old < len(old) or at_new < len(new):
        yield _Edit(at_old, len(old), at_new, len(new))


def _range(start: int, stop: int) -> str:
    """Line numbers as a unified diff counts them: from 1, and the line before when there are none."""
    length = stop - start
    first = start + 1 if length else start
    return f"{first}" if length == 1 else f"{first},{length}"


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines
