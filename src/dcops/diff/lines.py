"""What stayed the same between two lists of lines, in bounded time.

`difflib` alone is quadratic and worse: on a firewall's 20 MB it would never end. So common ends are cut off,
lines that occur once on both sides are matched first (patience diff), and `difflib` sees only the small gaps
between them, as long as its budget lasts. A gap that is too large is given as wholly replaced: coarse, still true.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_LARGEST_GAP = 250_000
_BUDGET = 10_000_000
_DEEPEST = 12


class Same(NamedTuple):
    """A run of lines that both sides share."""

    old: int
    new: int
    length: int


def matching(old: Sequence[str], new: Sequence[str]) -> list[Same]:
    """The runs that both sides share, in order, neighbours joined."""
    joined: list[Same] = []
    for run in _Matcher(old, new).between(0, len(old), 0, len(new), 0):
        last = joined[-1] if joined else None
        if last and last.old + last.length == run.old and last.new + last.length == run.new:
            joined[-1] = Same(last.old, last.new, last.length + run.length)
        else:
            joined.append(run)
    return joined


class _Matcher:
    """Carries the two sides and what is left of the budget through the recursion."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self.old = old
        self.new = new
        self.budget = _BUDGET

    def between(self, low: int, high: int, left: int, right: int, depth: int) -> Iterator[Same]:
        """The runs shared by old[low:high] and new[left:right]."""
        head = 0
        while low + head < high and left + head < right and self.old[low + head] == self.new[left + head]:
            head += 1
        if head:
            yield Same(low, left, head)
            low, left = low + head, left + head
        tail = 0
        while low < high - tail and left < right - tail and self.old[high - tail - 1] == self.new[right - tail - 1]:
            tail += 1
        high, right = high - tail, right - tail
        if low < high and left < right:
            yield from self._inside(low, high, left, right, depth)
        if tail:
            yield Same(high, right, tail)

    def _inside(self, low: int, high: int, left: int, right: int, depth: int) -> Iterator[Same]:
        anchors = self._anchors(low, high, left, right) if depth < _DEEPEST else []
        if not anchors:
            yield from self._gap(low, high, left, right)
            return
        for at_old, at_new in anchors:
            yield from self.between(low, at_old, left, at_new, depth + 1)
            yield Same(at_old, at_new, 1)
            low, left = at_old + 1, at_new + 1
        yield from self.between(low, high, left, right, depth + 1)

    def _anchors(self, low: int, high: int, left: int, right: int) -> list[tuple[int, int]]:
        """Lines that occur once on both sides, as many as keep their order."""
        old_count = Counter(self.old[low:high])
        new_count = Counter(self.new[left:right])
        place = {self.new[at]: at for at in range(left, right) if new_count[self.new[at]] == 1}
        pairs = [
            (at, place[self.old[at]])
            for at in range(low, high)
            if old_count[self.old[at]] == 1 and self.old[at] in place
        ]
        return _longest_rising(pairs)

    def _gap(self, low: int, high: int, left: int, right: int) -> Iterator[Same]:
        cost = (high - low) * (right - left)
        if cost > min(_LARGEST_GAP, self.budget):
            return
        self.budget -= cost
        matcher = SequenceMatcher(None, self.old[low:high], self.new[left:right], autojunk=False)
        for block in matcher.get_matching_blocks():
            if block.size:
                yield Same(low + block.a, left + block.b, block.size)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest selection of pairs whose second number rises, found by patience sorting."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for at, (_, value) in enumerate(pairs):
        pile = bisect_left(tops, value)
        before.append(ends[pile - 1] if pile else None)
        if pile == len(tops):
            tops.append(value)
            ends.append(at)
        else:
            tops[pile] = value
            ends[pile] = at
    rising = []
    step = ends[-1] if ends else None
    while step is not None:
        rising.append(pairs[step])
        step = before[step]
    return rising[::-1]
