"""What may go from the second store: what its own history calls pruned, or sealed anew into files that are there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dcops.archive import fates
from dcops.archive.copies.comparison import Comparison
from dcops.archive.copies.home import Home
from dcops.archive.copies.place import Listing, Place
from dcops.archive.copies.standing import Standing
from dcops.archive.fates import Fates
from dcops.errors import CannotRun


@dataclass(frozen=True, slots=True)
class Prunable:
    """What may go, and what may not go yet."""

    place: str
    resealed: tuple[str, ...]
    """Names of files whose successors are there, and were recomputed there just now."""
    pruned: tuple[str, ...]
    """Names of files that retention let go."""
    bytes: int
    waiting: tuple[str, ...]
    """Names of files whose successors are missing or damaged there."""

    @property
    def names(self) -> tuple[str, ...]:
        """All that may go."""
        return self.resealed + self.pruned


def prunable(home: Home, place: Place, standing: Standing, there: Listing, found: Comparison) -> Prunable:
    """What may go, after `found` recomputed everything there."""
    if not found.recomputed:
        raise ValueError("nothing is pruned at a place that was not recomputed")
    if found.history:
        raise CannotRun(
            f"git finds the history at {place.where} damaged: {found.history[0]}",
            next_step="Nothing was removed there. See: dcops archive verify --copy",
        )
    known = known_there(home, place, standing)
    well = set(there.sizes) - {lack.name for lack in found.damaged}
    gone = sorted(name for name in there.sizes if name in known.gone and name not in home.today)
    resealed = [name for name in gone if known.where(name) in well]
    pruned = [name for name in gone if not known.where(name)]
    return Prunable(
        place.where,
        tuple(resealed),
        tuple(pruned),
        sum(there.sizes[name] for name in (*resealed, *pruned)),
        tuple(name for name in gone if known.where(name) and known.where(name) not in well),
    )


def still(agreed: Collection[str], home: Home, place: Place, standing: Standing, there: Listing) -> tuple[str, ...]:
    """Of those that somebody agreed to, the ones that may go a moment later, with the lock held."""
    known = known_there(home, place, standing)
    return tuple(
        name
        for name in agreed
        if name in there.sizes
        and name in known.gone
        and name not in home.today
        and (not known.where(name) or known.where(name) in there.sizes)
    )


def known_there(home: Home, place: Place, standing: Standing) -> Fates:
    """The fates as the history at the place knows them; it must know them as ours does at that commit."""
    if standing.revision is None:
        return Fates()
    name = f"{standing.revision}:{fates.FILE_NAME}"
    (ours,) = home.git.contents([name])
    if ours is None:
        return Fates()
    said = place.git("cat-file", "blob", name)
    if said.code or said.out.encode() != ours:
        raise CannotRun(
            f"the history at {place.where} does not give {fates.FILE_NAME} of commit {standing.revision[:8]}",
            next_step="Nothing was removed there. See: dcops archive verify --copy",
        )
    return fates.parse(ours)
