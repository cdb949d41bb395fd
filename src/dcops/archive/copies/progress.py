"""How far a long work is, for whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A work, and how much of it is done."""

    what: str
    """`copying`, `recomputing`."""
    files: int
    of_files: int
    bytes: int = 0
    of_bytes: int = 0


Tell = Callable[[Step], None]


def nobody(_step: Step) -> None:
    """Tell nobody."""
