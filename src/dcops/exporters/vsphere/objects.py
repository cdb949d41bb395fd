"""The objects of one vCenter and the lines that they tell, kept as they change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING

from dcops.exporters.vsphere import cluster, datastore, described, host, machine
from dcops.exporters.vsphere.section import Section
from dcops.vsphere.managed import Changes, Managed
from dcops.vsphere.mirror import CLUSTER, DATASTORE, HOST, MACHINE, Mirror

if TYPE_CHECKING:
    from dcops.exporters.vsphere.stated import Stated

_KINDS: Mapping[str, Callable[[str, Managed], Mapping[str, str]]] = {
    MACHINE: machine.lines,
    HOST: host.lines,
    DATASTORE: datastore.lines,
    CLUSTER: cluster.lines,
}


class Objects:
    """Two hands write: the collector that follows the vCenter, and who has read the inventory's files anew."""

    def __init__(self, vcenter: str, stated: Stated, told: Section, names: Section) -> None:
        self._vcenter = vcenter
        self._stated = stated
        self._told = told
        self._names = names
        self._lock = Lock()
        self.mirror = Mirror()

    def take(self, changes: Changes) -> None:
        """Take over what has changed."""
        with self._lock:
            moved = self.mirror.apply(changes)
            for one in changes.changed:
                if tell := _KINDS.get(one.kind):
                    self._told.put(one.moid, tell(self._vcenter, one))
            for moid in changes.left:
                self._told.drop(moid)
                self._names.drop(moid)
            # A host or a cluster that has another name is named by all machines on it.
            self._describe(self.mirror.of(*self.mirror.counts()) if moved else changes.changed)

    def restate(self, stated: Stated) -> None:
        """The inventory's files state something else."""
        with self._lock:
            self._stated = stated
            self._describe(self.mirror.of(*self.mirror.counts()))

    def _describe(self, things: Iterable[Managed]) -> None:
        for one in things:
            self._names.put(one.moid, described.lines(self._vcenter, one, self.mirror, self._stated))
