"""The cycles that read samples: of whole objects, of their parts, and of what was done to machines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from dcops.exporters.vsphere import operations, performance
from dcops.exporters.vsphere.parts import Parts
from dcops.exporters.vsphere.performance import Freshness
from dcops.exporters.vsphere.standins import StandIns
from dcops.vsphere.mirror import CLUSTER
from dcops.vsphere.samples import Samples, Wish

if TYPE_CHECKING:
    from dcops.exporters.vsphere.problems import Problems
    from dcops.exporters.vsphere.roster import Manner
    from dcops.exporters.vsphere.section import Section
    from dcops.vsphere.mirror import Mirror
    from dcops.vsphere.vcenter import Vcenter

Cycle: TypeAlias = Callable[[], int]
PERFORMANCE, INSTANCES, OPERATIONS = "performance", "instances", "operations"


class Sampling:
    """Makes the cycles; what those of parts read fills what those of whole objects have no value for."""

    def __init__(self, vcenter: Vcenter, mirror: Mirror, problems: Problems, manner: Manner) -> None:
        self._name = vcenter.target.name
        self._vcenter = vcenter
        self._mirror = mirror
        self._problems = problems
        self._counters = manner.counters
        self._rows = manner.instances
        self._limits = manner.settings
        self._stand_ins = StandIns(manner.settings.instances_limit_seconds)
        self._unknown: dict[str, tuple[str, ...]] = {}

    @property
    def unknown_counters(self) -> int:
        """How many were asked for that the vCenter does not know."""
        return len({name for names in list(self._unknown.values()) for name in names})

    def performance(self, section: Section) -> Cycle:
        """The newest sample of hosts and machines."""
        source = self._vcenter.performance(self._counters.names())
        freshness = Freshness(self._limits.performance_limit_seconds)

        def cycle() -> int:
            samples = source.read(performance.entities(self._mirror))
            self._note(PERFORMANCE, samples)
            fresh = freshness.fresh(samples)
            stand_ins = self._stand_ins.now()
            section.replace(performance.texts(self._name, samples, self._mirror, self._counters, fresh, stand_ins))
            return len(fresh)

        return cycle

    def instances(self, section: Section) -> Cycle:
        """The newest sample of their disks, datastores, LUNs and NICs."""
        rows = self._rows.rows
        source = self._vcenter.performance(self._rows.names(), Wish(parts=True), INSTANCES, in_flight=1)
        freshness = Freshness(self._limits.instances_limit_seconds)
        of_whole = {counter.metric for counters in self._counters.of.values() for counter in counters}

        def cycle() -> int:
            samples = source.read(performance.entities(self._mirror))
            self._note(INSTANCES, samples)
            fresh = freshness.fresh(samples)
            parts = Parts(self._name, samples, self._mirror, rows, fresh)
            section.replace(parts.texts(leave_out=of_whole))
            self._stand_ins.replace(parts.wholes(of_whole))
            return len(fresh)

        return cycle

    def operations(self, section: Section) -> Cycle:
        """The newest count of what was done to machines of clusters."""
        source = self._vcenter.performance(operations.COUNTERS, operations.WISH, OPERATIONS, in_flight=1)
        freshness = Freshness(self._limits.details_limit_seconds)

        def cycle() -> int:
            samples = source.read([(CLUSTER, one.moid) for one in self._mirror.of(CLUSTER)])
            self._note(OPERATIONS, samples)
            fresh = freshness.fresh(samples)
            section.replace(operations.texts(self._name, samples, self._mirror, fresh))
            return len(fresh)

        return cycle

    def _note(self, cycle: str, samples: Samples) -> None:
        self._unknown = {**self._unknown, cycle: samples.unknown or self._unknown.get(cycle, ())}
        self._problems.replace(cycle, samples.problems)
