"""One vCenter, watched: its collectors in their lanes, and the page that tells what they have seen."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from threading import Event
from typing import TYPE_CHECKING

from dcops.exporters.vsphere import own, quick
from dcops.exporters.vsphere.collector import Collector, Pace, at_once, every
from dcops.exporters.vsphere.details import Slow
from dcops.exporters.vsphere.lane import Lane
from dcops.exporters.vsphere.objects import Objects
from dcops.exporters.vsphere.own import Health
from dcops.exporters.vsphere.page import Page
from dcops.exporters.vsphere.placed import Placed
from dcops.exporters.vsphere.problems import Problems
from dcops.exporters.vsphere.record import Record
from dcops.exporters.vsphere.sampling import INSTANCES, OPERATIONS, PERFORMANCE, Sampling
from dcops.exporters.vsphere.section import Section

if TYPE_CHECKING:
    from dcops.exporters.vsphere.roster import Manner
    from dcops.exporters.vsphere.stated import Stated
    from dcops.model.placement import Placement
    from dcops.vsphere.vcenter import Vcenter

LONG_POLL_SECONDS = 30.0
ALARMS_SECONDS = 60.0
SAMPLES_BEHIND_SECONDS = 5.0
"""After the grid: until a vCenter has the samples of its hosts."""
END_SECONDS = 2.0

Tell = Callable[[], Mapping[str, str]]


class Watcher:
    """Asks in lanes of its own; answers from memory, and never waits for a lane."""

    def __init__(self, vcenter: Vcenter, stated: Stated, manner: Manner, offer: Callable[[Placement], object]) -> None:
        self.name = vcenter.target.name
        self._vcenter = vcenter
        self._manner = manner
        told, names = Section(own.INVENTORY), Section(own.INVENTORY)
        self._sections = [names, told]
        self._collectors: list[Collector] = []
        self._problems = Problems(self.name)
        self._objects = Objects(self.name, stated, told, names)
        self._placed = Placed(self.name, self._objects.mirror, self._problems, offer)
        self._known = Event()
        self._sampling = Sampling(vcenter, self._objects.mirror, self._problems, manner)
        wanted = manner.settings
        self._lanes = [
            Lane(f"{self.name} inventory", [self._inventory(wanted.inventory_limit_seconds)]),
            Lane(f"{self.name} quick", [self._quick(wanted.quick_seconds, wanted.quick_limit_seconds)], self._known),
            Lane(f"{self.name} performance", [self._performance()], self._known),
            Lane(f"{self.name} instances", self._parts(), self._known),
            Lane(f"{self.name} details", self._details(), self._known),
        ]
        self._page = Page(manner.catalogue, self._sections)

    def start(self) -> None:
        """Begin to ask."""
        for lane in self._lanes:
            lane.start()

    def stop(self) -> None:
        """Break off, log out, end; takes some seconds at most."""
        for lane in self._lanes:
            lane.stop()
        self._vcenter.close()
        for lane in self._lanes:
            lane.join(END_SECONDS)

    @property
    def collectors(self) -> Mapping[str, Collector]:
        """By name; for who runs their cycles by hand instead of starting the lanes."""
        return {one.record.name: one for one in self._collectors}

    def restate(self, stated: Stated) -> None:
        """The inventory's files state something else now."""
        self._objects.restate(stated)

    def page(self, *, squeezed: bool) -> list[bytes]:
        """The parts of the page as of now; asks nobody."""
        standings = [one.record.standing() for one in self._collectors]
        stale = [one.name for one in standings if one.stale]
        known = self._known.is_set()
        health = Health(
            vcenter=self.name,
            collectors=standings,
            calls=self._vcenter.calls.now(),
            lanes={name: calls.now() for name, calls in dict(self._vcenter.calls_of).items()},
            objects=self._objects.mirror.counts(),
            problems=self._problems.all() if known else None,
            unknown_counters=self._sampling.unknown_counters if known else None,
        )
        head = own.text(health, self._manner.catalogue).encode("utf-8", "replace")
        return self._page.gzip(stale, head) if squeezed else self._page.plain(stale, head)

    # ---- collectors --------------------------------------------------------------------------------

    def _inventory(self, limit: float) -> Collector:
        source = self._vcenter.inventory()

        def cycle() -> int:
            changes = source.wait(LONG_POLL_SECONDS)
            self._problems.follow(changes)
            self._objects.take(changes)
            self._known.set()
            self._placed.look()
            return changes.updates

        return self._made(own.INVENTORY, cycle, at_once, limit)

    def _quick(self, seconds: float, limit: float) -> Collector:
        from dcops.vsphere.watched import QUICK

        source = self._vcenter.reader("quick")
        section = self._section("quick")

        def cycle() -> int:
            read = source.everything(QUICK)
            self._problems.replace("quick", read.problems)
            found = {one.moid: one.properties for one in read.objects}
            section.replace(quick.texts(self.name, self._objects.mirror, found))
            return len(found)

        return self._made("quick", cycle, self._every(seconds), limit)

    def _performance(self) -> Collector:
        wanted = self._manner.settings
        cycle = self._sampling.performance(self._section(PERFORMANCE))
        pace = every(wanted.performance_seconds, SAMPLES_BEHIND_SECONDS)
        return self._made(PERFORMANCE, cycle, pace, wanted.performance_limit_seconds)

    def _parts(self) -> list[Collector]:
        wanted, sampling = self._manner.settings, self._sampling
        seconds = wanted.instances_seconds
        # Half a round away from the quick statistics: so no 20 s see the questions of both.
        pace = every(seconds, (self._offset(seconds) + seconds / 2) % seconds)
        return [
            self._made(INSTANCES, sampling.instances(self._section(INSTANCES)), pace, wanted.instances_limit_seconds),
            self._made(
                OPERATIONS,
                sampling.operations(self._section(OPERATIONS)),
                self._every(wanted.details_seconds),
                wanted.details_limit_seconds,
            ),
        ]

    def _details(self) -> list[Collector]:
        wanted = self._manner.settings
        slow = Slow(
            self.name,
            self._vcenter.details(),
            self._objects.mirror,
            self._problems,
            tags=wanted.tags,
            attributes=wanted.attributes,
        )
        often = wanted.details_seconds, wanted.details_limit_seconds
        seldom = wanted.slow_seconds, wanted.slow_limit_seconds
        found: dict[str, tuple[Tell, float, float]] = {
            "clock": (slow.clock, *often),
            "alarms": (slow.alarms, ALARMS_SECONDS, wanted.details_limit_seconds),
            "links": (slow.links, *often),
            "sessions": (slow.sessions, *often),
            "snapshots": (slow.snapshots, *often),
            "settings": (slow.settings, *seldom),
            "licences": (slow.licences, *seldom),
        }
        if wanted.tags:
            found["tags"] = (slow.tags, *seldom)
        if wanted.attributes:
            found["attributes"] = (slow.attributes, *seldom)
        return [self._telling(name, tell, seconds, limit) for name, (tell, seconds, limit) in found.items()]

    def _telling(self, name: str, tell: Tell, seconds: float, limit: float) -> Collector:
        section = self._section(name)

        def cycle() -> int:
            texts = tell()
            section.replace(texts)
            return sum(text.count("\n") for text in texts.values())

        return self._made(name, cycle, self._every(seconds), limit)

    def _every(self, seconds: float) -> Pace:
        # Not all vCenters at the same second.
        return every(seconds, self._offset(seconds))

    def _offset(self, seconds: float) -> int:
        return zlib.crc32(self.name.encode()) % max(1, int(seconds))

    def _section(self, collector: str) -> Section:
        made = Section(collector)
        self._sections.append(made)
        return made

    def _made(self, name: str, cycle: Callable[[], int], pace: Pace, limit: float) -> Collector:
        made = Collector(self.name, Record(name, limit), cycle, pace)
        self._collectors.append(made)
        return made
