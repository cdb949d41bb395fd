"""`exporters/vsphere/instances.yaml`: counters of disks, datastores, LUNs and NICs, and the metrics made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from dcops.exporters.catalogue import Catalogue, folders
from dcops.exporters.vsphere.counters import IDENTITY, NAME, factor
from dcops.vsphere.mirror import HOST, MACHINE

if TYPE_CHECKING:
    from dcops.yamlfile.sections import Section

FILE = "vsphere/instances.yaml"
DATASTORE = "datastore"
HOST_MOID = "host_moid"
PARTS: Mapping[str, Collection[str]] = {"disk": (MACHINE,), "lun": (HOST,), "nic": (HOST,), DATASTORE: (HOST,)}
"""What a counter may be kept for, and of which kinds of object."""
LONGEST_WAIT_SECONDS = 3600.0
"""vCenter 6.5 has been seen to tell of reads that take thousands of years; no disk is waited for that long."""


class Take(StrEnum):
    """What is made of the values of all parts."""

    EACH = "each"
    WORST = "worst"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Row:
    """One metric."""

    metric: str
    kind: str
    """Of the object that has the counters."""
    counters: tuple[str, ...]
    part: str
    take: Take
    factor: float
    extended: bool

    @property
    def most(self) -> float:
        """What is more than this cannot be, in the unit of the metric."""
        return LONGEST_WAIT_SECONDS if self.metric.endswith("_latency_seconds") else inf

    @property
    def labels(self) -> frozenset[str]:
        """Those of its series."""
        if self.take is not Take.EACH:
            return IDENTITY
        return IDENTITY | {HOST_MOID if self.part == DATASTORE else self.part}


@dataclass(frozen=True, slots=True)
class Instances:
    """All of them."""

    rows: tuple[Row, ...] = ()

    def names(self) -> Mapping[str, tuple[str, ...]]:
        """The counters that are asked of each kind."""
        found: dict[str, dict[str, None]] = {MACHINE: {}, HOST: {}}
        for row in self.rows:
            found[row.kind].update(dict.fromkeys(row.counters))
        return {kind: tuple(names) for kind, names in found.items()}


def load(root: Path | None, catalogue: Catalogue, *, extended: bool) -> Instances:
    """Read the file of the site or, where it has none, the one that ships; InvalidInput names every mistake."""
    from dcops.yamlfile.sections import Mistakes, read, refuse

    file = next(file for place in folders(root) if (file := place / FILE).is_file())
    mistakes = Mistakes(file)
    rows: list[Row] = []
    if top := read(file, mistakes):
        for metric in tuple(top.keys()):
            if section := top.section(metric, must=True):
                rows.append(_row(metric, section, catalogue))
    refuse(mistakes.found, "the counters of disks and datastores")
    return Instances(tuple(row for row in rows if extended or not row.extended))


def _row(metric: str, section: Section, catalogue: Catalogue) -> Row:
    part = section.choice("part", tuple(PARTS))
    row = Row(
        metric=metric,
        kind=section.choice("of", PARTS[part]),
        counters=section.texts("counter", None),
        part=part,
        take=Take(section.choice("take", tuple(Take))),
        factor=factor(section),
        extended=section.flag("extended", False),
    )
    _check(row, section)
    for mistake in catalogue.mistakes(metric, row.labels):
        section.mistake(section.line, mistake)
    section.finish()
    return row


def _check(row: Row, section: Section) -> None:
    line = section.line_of("counter")
    for name in row.counters:
        if not NAME.fullmatch(name):
            section.mistake(line, f"{name} is no counter: group.name.rollup, as in virtualDisk.read.average")
    if len(row.counters) > 1 and row.take is not Take.WORST:
        section.mistake(line, f"several counters have a worst value, but no {row.take}")
