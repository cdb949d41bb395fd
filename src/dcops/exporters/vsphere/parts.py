"""Samples of disks, LUNs, NICs and datastores as lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import TypeAlias

from dcops.exporters.text import quoted
from dcops.exporters.vsphere.block import clean
from dcops.exporters.vsphere.instances import DATASTORE, HOST_MOID, Row, Take
from dcops.exporters.vsphere.volumes import Volumes, volumes
from dcops.vsphere.mirror import HOST, Mirror
from dcops.vsphere.samples import Samples

TOLD_BY = "dcops_datastore_reporting_hosts"

OfParts: TypeAlias = Mapping[str, float]
"""By what a part is called, or by the host of a datastore."""


class Parts:
    """What one reading tells, of the objects whose samples are fresh."""

    def __init__(self, vcenter: str, samples: Samples, mirror: Mirror, rows: Sequence[Row], fresh: Set[str]) -> None:
        self._vcenter = vcenter
        self._samples = samples
        self._mirror = mirror
        self._rows = rows
        self._fresh = fresh

    def texts(self, leave_out: Set[str] = frozenset()) -> dict[str, str]:
        """The lines by metric."""
        found = {row.metric: "".join(self._lines(row)) for row in self._rows if row.metric not in leave_out}
        if any(row.part == DATASTORE for row in self._rows):
            found[TOLD_BY] = "".join(
                f"{TOLD_BY}{{vcenter={quoted(self._vcenter)},moid={quoted(moid)}}} {len(hosts)}\n"
                for moid, hosts in self._telling.items()
            )
        return {metric: text for metric, text in found.items() if text}

    def wholes(self, metrics: Set[str]) -> dict[str, dict[str, float]]:
        """The worst or the sum of all parts, by metric and object, of these metrics."""
        return {
            row.metric: {moid: value for moid, parts in self._of(row) for value in self._whole(row, moid, parts)}
            for row in self._rows
            if row.metric in metrics
        }

    def _lines(self, row: Row) -> Iterator[str]:
        label = HOST_MOID if row.part == DATASTORE else row.part
        start = f"{row.metric}{{vcenter={quoted(self._vcenter)},moid="
        for moid, parts in self._of(row):
            head = start + quoted(moid)
            if row.take is Take.EACH:
                for part, value in parts.items():
                    yield f"{head},{label}={quoted(clean(part))}}} {value:.15g}\n"
            else:
                for value in self._whole(row, moid, parts):
                    yield f"{head}}} {value:.15g}\n"

    def _whole(self, row: Row, moid: str, parts: OfParts) -> Iterator[float]:
        if row.take is Take.WORST:
            # A lower bound is better than none: whoever is silent does not make it any smaller.
            yield max(parts.values())
        elif row.part != DATASTORE or self._is_complete(moid, parts):
            yield sum(parts.values())

    def _is_complete(self, moid: str, parts: OfParts) -> bool:
        """Half of a sum is none. A host that tells of other datastores and not of this one adds nothing to it; one
        that tells nothing at all might."""
        return self._volumes.users[moid] <= self._fresh and self._telling[moid] <= parts.keys()

    def _of(self, row: Row) -> Iterable[tuple[str, OfParts]]:
        """By object, the values of its parts; nothing of objects of which there are none."""
        return self._of_datastores(row) if row.part == DATASTORE else self._of_own(row)

    def _of_own(self, row: Row) -> Iterator[tuple[str, OfParts]]:
        factor, most = row.factor, row.most
        for one in self._mirror.of(row.kind):
            told = self._samples.parts.get(one.moid)
            if told is None or one.moid not in self._fresh:
                continue
            found: dict[str, float] = {}
            for counter in row.counters:
                for part, raw in told.get(counter, {}).items():
                    value = raw * factor
                    if found.get(part, value) <= value <= most:
                        found[part] = value
            if found:
                yield one.moid, found

    def _of_datastores(self, row: Row) -> Iterable[tuple[str, OfParts]]:
        datastores = self._volumes.datastores
        found: dict[str, dict[str, float]] = {}
        for host, parts in self._of_own(row):
            for name, value in parts.items():
                if moid := datastores.get((host, name)):
                    found.setdefault(moid, {})[host] = value
        return found.items()

    @cached_property
    def _volumes(self) -> Volumes:
        return volumes(self._mirror)

    @cached_property
    def _telling(self) -> Mapping[str, Set[str]]:
        """By datastore, the hosts that tell anything of it."""
        counters = {counter for row in self._rows if row.part == DATASTORE for counter in row.counters}
        found: dict[str, set[str]] = {moid: set() for moid in self._volumes.users}
        for host in self._mirror.of(HOST):
            if host.moid not in self._fresh:
                continue
            told = self._samples.parts.get(host.moid, {})
            for name in {name for counter in counters for name in told.get(counter, ())}:
                if moid := self._volumes.datastores.get((host.moid, name)):
                    found[moid].add(host.moid)
        return found
