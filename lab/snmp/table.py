"""The variables of one agent, encoded once: found by name, followed by rank."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from lab.snmp import oid
from lab.snmp.ber import OBJECT_IDENTIFIER, SEQUENCE, element
from lab.snmp.oid import Numbers
from lab.snmp.record import Row

Motion = Callable[[], bytes]
"""Gives the element of a variable that moves, as it is now."""


class Kept(NamedTuple):
    """A variable as it was: its element, if it was there, and how it moved."""

    value: bytes | None
    motion: Motion | None


class Table:
    """Rows in the order in which an agent serves them, which is that of their names unless it is asked for another."""

    def __init__(self, rows: Iterable[Row], *, unsorted: bool = False) -> None:
        # A name that stands twice in a recording was recorded twice; what came last is what was there last.
        self._values = {row.name: row.value for row in rows}
        self._unsorted = unsorted
        self._motions: dict[Numbers, Motion] = {}
        self._index()

    def _index(self) -> None:
        self._sorted = sorted(self._values)
        self._order: Sequence[Numbers] = list(self._values) if self._unsorted else self._sorted
        self._names = [oid.encode(name) for name in self._order]
        self._heads = [element(OBJECT_IDENTIFIER, name) for name in self._names]
        self._rows = [
            element(SEQUENCE, head + self._values[name]) for head, name in zip(self._heads, self._order, strict=True)
        ]
        self._rank = {name: rank for rank, name in enumerate(self._order)}
        # A walk asks for names that it was just given: those are found without decoding them.
        self._rank_by_bytes = {name: rank for rank, name in enumerate(self._names)}
        self._keep_moving()

    def _keep_moving(self) -> None:
        self._moving = sorted(self._rank[name] for name in self._motions)

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, name: Numbers) -> bool:
        return name in self._values

    # ---- what a request looks for ----------------------------------------------------------------

    def rank(self, name: bytes) -> int | None:
        """Where the variable of this very name stands."""
        return self._rank_by_bytes.get(name)

    def rank_after(self, name: bytes) -> int:
        """Where the variable stands that follows this name; the number of variables when none does."""
        rank = self._rank_by_bytes.get(name)
        if rank is not None:
            return rank + 1
        place = bisect_right(self._sorted, oid.decode(name))
        if place == len(self._sorted):
            return len(self._sorted)
        return self._rank[self._sorted[place]] if self._unsorted else place

    def has_siblings(self, name: bytes) -> bool:
        """The object of this name is there, though not with this index."""
        parent = oid.decode(name)[:-1]
        place = bisect_left(self._sorted, parent)
        return place < len(self._sorted) and self._sorted[place][: len(parent)] == parent

    def row(self, rank: int) -> bytes:
        """The variable at a rank: a name and its value."""
        motion = self._motions.get(self._order[rank]) if self._motions else None
        return self._rows[rank] if motion is None else element(SEQUENCE, self._heads[rank] + motion())

    def rows(self, first: int, last: int) -> list[bytes]:
        """The variables from one rank up to another."""
        found = self._rows[first:last]
        moving = self._moving
        if moving:
            for place in range(bisect_left(moving, first), bisect_left(moving, last)):
                found[moving[place] - first] = self.row(moving[place])
        return found

    def name_bytes(self, rank: int) -> bytes:
        """The name at a rank."""
        return self._names[rank]

    def tag(self, rank: int) -> int:
        """The type of the variable at a rank."""
        return self._values[self._order[rank]][0]

    # ---- what changes ----------------------------------------------------------------------------

    def value(self, name: Numbers) -> bytes | None:
        """The element under a name, as it is now."""
        motion = self._motions.get(name)
        return motion() if motion else self._values.get(name)

    def below(self, prefix: Numbers) -> list[Numbers]:
        """The names that begin with these numbers."""
        first = bisect_left(self._sorted, prefix)
        last = bisect_left(self._sorted, (*prefix[:-1], prefix[-1] + 1))
        return self._sorted[first:last]

    def put(self, name: Numbers, value: bytes) -> None:
        """Set a variable, which stands still from now on; one that was not there appears."""
        known = name in self._values
        self._values[name] = value
        if not known:
            self._index()
            return
        if self._motions.pop(name, None):
            self._keep_moving()
        rank = self._rank[name]
        self._rows[rank] = element(SEQUENCE, self._heads[rank] + value)

    def remove(self, name: Numbers) -> None:
        """Take a variable away."""
        if self._values.pop(name, None) is not None:
            self._motions.pop(name, None)
            self._index()

    def move(self, motions: dict[Numbers, Motion]) -> None:
        """Let variables that are there move."""
        self._motions.update({name: motion for name, motion in motions.items() if name in self._values})
        self._keep_moving()

    def keep(self, name: Numbers) -> Kept:
        """How a variable is, to give it back later."""
        return Kept(self._values.get(name), self._motions.get(name))

    def give_back(self, name: Numbers, kept: Kept) -> None:
        """Let a variable be again as it was kept."""
        if kept.value is None:
            self.remove(name)
            return
        self.put(name, kept.value)
        if kept.motion:
            self.move({name: kept.motion})
