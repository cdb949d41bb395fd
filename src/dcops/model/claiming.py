"""Which information system a virtual machine belongs to, by the words of the inventory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property, lru_cache
from unicodedata import normalize

from dcops.model.facility import InformationSystem

_SIGNS = frozenset("*?[")
_MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a system's `virtual_machines`: `portal-db-01`, `portal-*`, `vc-main/portal-*`."""

    vcenter: str | None
    """None: of every vCenter."""
    name: str
    """A name, or a pattern of names."""

    @classmethod
    def of(cls, text: str) -> Word:
        """The word that somebody wrote. vCenter writes a slash of a name as %2f, so it can only end the vCenter."""
        vcenter, slash, name = text.partition("/")
        return cls(vcenter, name) if slash else cls(None, text)

    @property
    def literal(self) -> bool:
        """It names one machine."""
        return _SIGNS.isdisjoint(self.name)

    @property
    def rank(self) -> int:
        """The lowest counts: a name before a pattern, and of those the one that names its vCenter."""
        return 2 * (not self.literal) + (self.vcenter is None)

    def meets(self, other: Word) -> bool:
        """Both name the same machines, letter by letter."""
        return alike(self.name) == alike(other.name) and (
            self.vcenter == other.vcenter or None in (self.vcenter, other.vcenter)
        )


def alike(name: str) -> str:
    """A name as it is compared: `Portal-DB` and `portal-db` are one to vCenter, and letters have several spellings."""
    return normalize("NFC", name).casefold()


def words_of(systems: Iterable[InformationSystem]) -> Iterator[tuple[str, Word]]:
    """Every word of every system, with the system's name."""
    for system in systems:
        for text in system.virtual_machines:
            yield system.name, Word.of(text)


class Claims:
    """What all systems claim. It answers the same question again without thinking twice."""

    def __init__(self, systems: Iterable[InformationSystem]) -> None:
        self._words = tuple(words_of(systems))
        self.systems_of = lru_cache(_MOST_REMEMBERED)(self._systems_of)

    def _systems_of(self, vcenter: str, machine: str) -> tuple[str, ...]:
        """The systems that a machine belongs to: mostly one, none when nobody claims it.

        Where a name and a pattern both fit, the name counts; where equals of several systems do, it is shared.
        """
        fitting = [*self._by_name.get(alike(machine), ()), *self._by_pattern(machine)]
        fitting = [(system, word) for system, word in fitting if word.vcenter in (None, vcenter)]
        best = min((word.rank for _, word in fitting), default=0)
        return tuple(sorted({system for system, word in fitting if word.rank == best}))

    def _by_pattern(self, machine: str) -> Iterator[tuple[str, Word]]:
        spelt = alike(machine)
        for pattern, system, word in self._patterns:
            if pattern.match(spelt):
                yield system, word

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[str, Word]]]:
        found: dict[str, list[tuple[str, Word]]] = {}
        for system, word in self._words:
            if word.literal:
                found.setdefault(alike(word.name), []).append((system, word))
        return found

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str, Word], ...]:
        return tuple(
            (re.compile(translate(alike(word.name))), system, word) for system, word in self._words if not word.literal
        )
