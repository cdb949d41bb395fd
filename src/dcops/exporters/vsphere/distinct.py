"""Names that devices give twice, told apart by their number."""

from __future__ import annotations


class Distinct:
    """Gives every name once: `eth0`, `eth0 #2`. For one object and one kind of part."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def __call__(self, name: str) -> str:
        """The name, or the name with a number where it was given already."""
        wanted, number = name, 1
        while wanted in self._given:
            number += 1
            wanted = f"{name} #{number}"
        self._given.add(wanted)
        return wanted
