"""One probe of one device: all its profiles together, within the time that Prometheus leaves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dcops.errors import DeviceError, ErrorKind
from dcops.exporters.snmp import lines
from dcops.exporters.snmp.gathered import Gathered
from dcops.exporters.snmp.places import Places
from dcops.exporters.snmp.plan import Plan, Stretch, plan, stretches
from dcops.exporters.snmp.profile import Profile
from dcops.exporters.snmp.samples import Samples
from dcops.snmp.client import Client
from dcops.snmp.session import Session
from dcops.snmp.target import Target
from dcops.snmp.walk import Columns

NOTHING = DeviceError(
    ErrorKind.UNSUPPORTED,
    "the device answers and tells nothing of what its profiles ask",
    next_step="May this login see it (its view)? Do the profiles fit: dcops snmp identify",
)


@dataclass(frozen=True, slots=True)
class Collector:
    """A profile and its questions."""

    profile: Profile
    plan: Plan

    @classmethod
    def of(cls, profile: Profile) -> Collector:
        """Work out the questions once."""
        return cls(profile, plan(profile))


@dataclass(slots=True)
class Probe:
    """What came of it."""

    samples: Samples
    failures: dict[str, DeviceError] = field(default_factory=dict)
    """By collector: why it could not tell everything."""
    collectors: tuple[str, ...] = ()
    seconds: float = 0.0
    empty: tuple[str, ...] = ()
    """Collectors of which the device has nothing: the wrong profile, or nothing is plugged in. No failure."""

    @classmethod
    def failed(cls, collectors: tuple[str, ...], error: DeviceError, seconds: float = 0.0) -> Probe:
        """All of it failed for one reason."""
        return cls(Samples(), dict.fromkeys(collectors, error), collectors, seconds)

    @property
    def success(self) -> bool:
        """Something answered, and all that was asked was told."""
        return not self.failures


async def probe(
    client: Client,
    target: Target,
    collectors: Sequence[Collector],
    places: Places,
    *,
    seconds: float,
    clock: Callable[[], float] = time.time,
) -> Probe:
    """Ask for everything that the collectors want, each thing once; one that fails takes nothing from the others."""
    began = time.perf_counter()
    found = Probe(Samples(), collectors=tuple(one.profile.name for one in collectors))
    try:
        async with client.session(target, seconds=seconds) as session:
            answers = _Answers(session, collectors)
            await answers.settle()
    except DeviceError as error:
        return Probe.failed(found.collectors, error, time.perf_counter() - began)
    now = clock()
    for collector in collectors:
        name = collector.profile.name
        gathered, failure = answers.of(collector)
        if failure:
            found.failures[name] = failure
        told = _write(collector.profile, gathered, places, now, found)
        if not told and name not in found.failures:
            found.empty += (name,)
    if collectors and len(found.empty) == len(collectors):
        # It answers, and yet nobody could say that it is well.
        found.empty = ()
        found.failures = dict.fromkeys(found.collectors, NOTHING)
    found.seconds = time.perf_counter() - began
    return found


def _write(profile: Profile, gathered: Gathered, places: Places, now: float, found: Probe) -> bool:
    """Add what one profile tells; gives whether that is anything."""
    samples = Samples()
    try:
        lines.write(profile, gathered, places, now, samples)
    except Exception as error:  # noqa: BLE001 a value that no profile foresaw must not take the others away
        found.failures[profile.name] = DeviceError(
            ErrorKind.INTERNAL, f"its answers could not be made into metrics ({type(error).__name__})"
        )
        return False
    found.samples.merge(samples)
    return bool(samples.lines)


class _Answers:
    """The questions of all collectors, asked once each."""

    def __init__(self, session: Session, collectors: Sequence[Collector]) -> None:
        self._session = session
        self._collectors = collectors
        self._names = list(dict.fromkeys(name for one in collectors for name in sorted(one.plan.values)))
        self._values = session.get(self._names)
        self._walks = self._walk(one.plan for one in collectors)
        self._gathered = Gathered()

    async def settle(self) -> None:
        """Wait until each question is answered or has failed, and sort what came. What did not end is not used."""
        waiting: list[asyncio.Future[Any]] = [self._values, *self._walks.values()]
        await asyncio.wait(waiting)
        if _error(self._values) is None:
            self._gathered.values = {
                name: (row[1], row[2]) if row else None
                for name, row in zip(self._names, self._values.result(), strict=True)
            }
        self._gather(self._walks)
        rest = self._walk(one.plan.rest(self._gathered) for one in self._collectors)
        if rest:
            await asyncio.wait(rest.values())
            self._gather(rest)
            self._walks |= rest

    def _walk(self, plans: Iterable[Plan]) -> dict[Stretch, asyncio.Future[Columns]]:
        return {
            stretch: self._session.table(stretch.entry, first=stretch.first, before=stretch.before)
            for stretch in stretches(plans)
        }

    def _gather(self, walks: Mapping[Stretch, asyncio.Future[Columns]]) -> None:
        for stretch, walk in walks.items():
            if _error(walk) is None:
                # A column between two others may have been walked along before.
                there = self._gathered.tables.get(stretch.entry, {})
                self._gathered.tables[stretch.entry] = walk.result() | there

    def of(self, collector: Collector) -> tuple[Gathered, DeviceError | None]:
        """The answers, and why this collector does not get everything."""
        failures = [_error(self._values)] if collector.plan.values else []
        failures += [_error(walk) for stretch, walk in self._walks.items() if collector.plan.wants(stretch)]
        return self._gathered, next((error for error in failures if error), None)


def _error(future: asyncio.Future[Any]) -> DeviceError | None:
    error = future.exception()
    if error is None or isinstance(error, DeviceError):
        return error
    raise error
