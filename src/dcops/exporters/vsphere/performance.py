"""Samples of performance counters as lines, each metric in one text: with every sample all of them are new."""

from __future__ import annotations

import time
from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType

from dcops.exporters.text import quoted
from dcops.exporters.vsphere.block import UNKNOWN
from dcops.exporters.vsphere.counters import STATE, Counter, Counters
from dcops.exporters.vsphere.standins import Values
from dcops.vsphere.facts import CPUS, is_connected, is_on
from dcops.vsphere.managed import Managed
from dcops.vsphere.mirror import HOST, MACHINE, Mirror
from dcops.vsphere.samples import Samples
from dcops.vsphere.values import at

NOTHING: Values = MappingProxyType({})
_CPUS = {MACHINE: CPUS, HOST: "summary.hardware.numCpuThreads"}


def entities(mirror: Mirror) -> list[tuple[str, str]]:
    """Kind and moid of what has samples: hosts that are reached, and machines that run on one."""
    hosts = {one.moid for one in mirror.of(HOST) if is_connected(one)}
    found = [(HOST, moid) for moid in hosts]
    for one in mirror.of(MACHINE):
        where = at(one.properties, "runtime.host")
        # A machine whose host nobody may see can still have samples.
        if is_on(one) and (where in hosts or where not in mirror):
            found.append((MACHINE, one.moid))
    return sorted(found)


class Freshness:
    """Knows samples that do not move any more. Only whether they move is looked at: clocks of hosts may be wrong."""

    def __init__(self, limit_seconds: float) -> None:
        self._limit = limit_seconds
        self._moved: dict[str, tuple[float, float]] = {}

    def fresh(self, samples: Samples, now: float | None = None) -> set[str]:
        """Moids of those whose newest sample has come within the limit; `now` is monotonic."""
        now = time.monotonic() if now is None else now
        moved: dict[str, tuple[float, float]] = {}
        for moid, taken in samples.at.items():
            before = self._moved.get(moid)
            moved[moid] = before if before is not None and before[0] == taken else (taken, now)
        self._moved = moved
        return {moid for moid, (_, since) in moved.items() if now - since <= self._limit}


def texts(
    vcenter: str,
    samples: Samples,
    mirror: Mirror,
    counters: Counters,
    fresh: Container[str],
    stand_ins: Values = NOTHING,
) -> dict[str, str]:
    """The lines by metric, of the objects whose samples are fresh.

    `stand_ins` are values, by metric and moid and in the unit of the metric, for counters that have none.
    """
    found: dict[str, str] = {}
    for kind, of_kind in counters.of.items():
        shown = [
            (one, values) for one in mirror.of(kind) if (values := samples.values.get(one.moid)) and one.moid in fresh
        ]
        heads = [f"{{vcenter={quoted(vcenter)},moid={quoted(one.moid)}" for one, _ in shown]
        cpus = [at(one.properties, _CPUS[kind]) for one, _ in shown]
        for counter in of_kind:
            lines = _lines(counter, shown, heads, cpus)
            if others := stand_ins.get(counter.metric):
                lines += [
                    f"{counter.metric}{head}}} {others[one.moid]:.15g}\n"
                    for (one, values), head in zip(shown, heads, strict=True)
                    if counter.name not in values and one.moid in others
                ]
            if lines:
                found[counter.metric] = "".join(lines)
    return found


def _lines(
    counter: Counter,
    shown: Sequence[tuple[Managed, Mapping[str, float]]],
    heads: Sequence[str],
    cpus: Sequence[object],
) -> list[str]:
    metric, name, factor = counter.metric, counter.name, counter.factor
    if counter.states:
        return [
            f'{metric}{head},{STATE}="{state}"}} {1 if state == now else 0}\n'
            for (_, values), head in zip(shown, heads, strict=True)
            if (value := values.get(name)) is not None
            for now in (counter.states.get(int(value), UNKNOWN),)
            for state in dict.fromkeys((*counter.states.values(), now))
        ]
    if counter.per_cpu:
        return [
            f"{metric}{head}}} {value * factor / count:.15g}\n"
            for (_, values), head, count in zip(shown, heads, cpus, strict=True)
            if (value := values.get(name)) is not None and isinstance(count, int) and count > 0
        ]
    return [
        f"{metric}{head}}} {value * factor:.15g}\n"
        for (_, values), head in zip(shown, heads, strict=True)
        if (value := values.get(name)) is not None
    ]
