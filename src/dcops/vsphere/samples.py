"""Samples of performance counters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dcops.vsphere.managed import Problem


@dataclass(frozen=True, slots=True)
class Wish:
    """Which samples."""

    parts: bool = False
    """Those of disks, NICs and datastores too, which most counters of storage have no others than."""
    interval_seconds: int = 20
    """The grid on which hosts take samples; the last hour of it can be asked for. Others have figures of 300 s."""
    back_seconds: int = 0
    """How far to look back for the newest: of what it keeps for longer than an hour, vCenter tells all since then."""


NEWEST = Wish()


@dataclass(frozen=True, slots=True)
class Samples:
    """The newest sample of each counter of each object. What has no value is not there; never a zero in its place."""

    values: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By moid, by counter: `cpu.ready.summation`; the number as vSphere gives it, percent in hundredths."""
    parts: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    """By moid, by counter, by what vSphere calls the disk, NIC or datastore; only where parts were asked for."""
    at: Mapping[str, float] = field(default_factory=dict)
    """By moid, when its newest sample was taken, in seconds since 1970 by the clock of its host."""
    unknown: tuple[str, ...] = ()
    """Counters that this vCenter does not know; told once, with the first samples."""
    gone: tuple[str, ...] = ()
    """Moids that were asked for and are no longer there."""
    problems: tuple[Problem, ...] = ()
    """Objects whose samples this account is not shown."""
