"""`exporters/vsphere/counters.yaml`: the performance counters that are asked, and the metric that each becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.exporters.catalogue import Catalogue, folders
from dcops.vsphere.mirror import HOST, MACHINE

if TYPE_CHECKING:
    from dcops.yamlfile.sections import Section

FILE = "vsphere/counters.yaml"
KINDS = (MACHINE, HOST)
NAME = re.compile(r"[a-zA-Z]+\.[a-zA-Z0-9]+\.(average|summation|latest|maximum|minimum|none)")
IDENTITY = frozenset({"vcenter", "moid"})
STATE = "state"


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter of one kind of object."""

    name: str
    """As vSphere writes it: `cpu.ready.summation`."""
    metric: str
    factor: float
    per_cpu: bool
    extended: bool
    states: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counters:
    """By kind of object."""

    of: Mapping[str, tuple[Counter, ...]]

    def names(self) -> Mapping[str, tuple[str, ...]]:
        """What is asked of each kind."""
        return {kind: tuple(one.name for one in counters) for kind, counters in self.of.items()}


def load(root: Path | None, catalogue: Catalogue, *, extended: bool) -> Counters:
    """Read the file of the site or, where it has none, the one that ships; InvalidInput names every mistake."""
    from dcops.yamlfile.sections import Mistakes, read, refuse

    file = next(file for place in folders(root) if (file := place / FILE).is_file())
    mistakes = Mistakes(file)
    found: dict[str, tuple[Counter, ...]] = {}
    if top := read(file, mistakes):
        for kind in KINDS:
            section = top.section(kind)
            counters = _counters(section, kind, catalogue) if section else ()
            found[kind] = tuple(one for one in counters if extended or not one.extended)
        top.finish()
    refuse(mistakes.found, "the performance counters")
    return Counters(found)


def _counters(section: Section, kind: str, catalogue: Catalogue) -> Sequence[Counter]:
    counters: list[Counter] = []
    for name in tuple(section.keys()):
        one = section.section(name, must=True)
        if one is None:
            continue
        if not NAME.fullmatch(name):
            one.mistake(one.line, f"{name} is no counter: group.name.rollup, as in cpu.ready.summation")
        counter = _counter(name, one)
        if counter.metric in {other.metric for other in counters}:
            one.mistake(one.line, f"{counter.metric} is the metric of another counter of {kind} too")
        labels = {*IDENTITY, STATE} if counter.states else IDENTITY
        for mistake in catalogue.mistakes(counter.metric, labels):
            one.mistake(one.line_of("metric"), mistake)
        counters.append(counter)
    return counters


def _counter(name: str, section: Section) -> Counter:
    states = section.section("states")
    counter = Counter(
        name=name,
        metric=section.text("metric"),
        factor=factor(section),
        per_cpu=bool(section.choice("per", ("cpu",), "") if "per" in section else ""),
        extended=section.flag("extended", False),
        states={int(key): states.text(key) for key in tuple(states.keys()) if key.isdecimal()} if states else {},
    )
    section.finish()
    return counter


def factor(section: Section) -> float:
    """What makes a value one of the base unit: `1024`, `1/1000`."""
    from fractions import Fraction

    text = section.text("factor", "1")
    try:
        return float(Fraction(text))
    except (ValueError, ZeroDivisionError):
        section.mistake(section.line_of("factor"), f"factor {text!r} is no number such as 1024 or 1/1000")
        return 1.0
