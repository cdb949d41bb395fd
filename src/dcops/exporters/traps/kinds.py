"""Kinds of notifications, from `exporters/traps.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dcops.snmp import oid
from dcops.yamlfile.sections import Mistakes, Section, read, refuse

FILE = "traps.yaml"
NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
STATE = re.compile(r"dcops_[a-z0-9_]+_by_trap")
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notification, and what follows from it."""

    name: str
    title: str
    oids: frozenset[str] = frozenset()
    """Without a 0 before their last number."""
    below: tuple[str, ...] = ()
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tell: bool = False
    state: str = ""
    """The metric of a state that it begins or ends."""
    begins: bool = False

    def fits(self, name: str, variables: Mapping[str, str]) -> bool:
        """Whether a notification is of this kind."""
        if plain(name) not in self.oids and not any(name.startswith(f"{start}.") for start in self.below):
            return False
        return not self.where or any(
            text in values
            for start, values in self.where.items()
            for variable, text in variables.items()
            if variable == start or variable.startswith(f"{start}.")
        )


@dataclass(frozen=True, slots=True)
class Kinds:
    """All of them, the first that fits first."""

    known: Sequence[Kind]

    def of(self, name: str, variables: Mapping[str, str]) -> Kind:
        """The kind of a notification."""
        return next((kind for kind in self.known if kind.fits(name, variables)), Kind(OTHER, "A notification"))

    @property
    def states(self) -> frozenset[str]:
        """The metrics of states."""
        return frozenset(kind.state for kind in self.known if kind.state)

    def by_name(self) -> Mapping[str, Kind]:
        """Each by its name."""
        return {kind.name: kind for kind in self.known}


def plain(name: str) -> str:
    """Without the 0 that SNMPv1 and newer MIBs have before the last number, and older MIBs have not."""
    head, _, last = name.rpartition(".")
    return f"{head.removesuffix('.0')}.{last}" if head else name


def load(files: Sequence[Path]) -> Kinds:
    """Read them, the site's own first: a kind of that name there wins. InvalidInput names every mistake."""
    kinds: dict[str, Kind] = {}
    found: list[str] = []
    for file in files:
        mistakes = Mistakes(file)
        top = read(file, mistakes)
        for name in top.keys() if top else ():
            section = top.section(name, must=True) if top else None
            if section is not None:
                kinds.setdefault(name, _kind(name, section))
        found += mistakes.found
    refuse(found, "the kinds of traps", next_step="docs/how-to/traps.md has examples")
    return Kinds(tuple(kinds.values()))


def _kind(name: str, section: Section) -> Kind:
    if not NAME.fullmatch(name) or name == OTHER:
        section.mistake(section.line, f"{name!r} is no name of a kind: small letters, digits and _, and not {OTHER!r}")
    where = section.section("where")
    sets = section.section("sets")
    state = next(iter(sets.keys()), "") if sets else ""
    if state and not STATE.fullmatch(state):
        section.mistake(section.line_of("sets"), f"{state!r} is no name of a state: dcops_…_by_trap")
    kind = Kind(
        name=name,
        title=section.text("title"),
        oids=frozenset(plain(text) for text in _oids(section, "oid")),
        below=_oids(section, "below"),
        where={key: frozenset(where.texts(key)) for key in where.keys()} if where else {},  # noqa: SIM118
        tell=section.flag("tell", False),
        state=state,
        begins=sets is not None and bool(state) and sets.number(state, 1, 0, 1) == 1,
    )
    if not kind.oids and not kind.below:
        section.mistake(section.line, "one of oid and below must say which notifications it is")
    section.finish()
    return kind


def _oids(section: Section, key: str) -> tuple[str, ...]:
    found = []
    for text in section.texts(key):
        try:
            found.append(oid.dotted(oid.encode(text)))
        except ValueError as error:
            section.mistake(section.line_of(key), str(error))
    return tuple(found)
