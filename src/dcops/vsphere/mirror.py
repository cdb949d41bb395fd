"""What a vCenter holds, as of the last change that it told, and how its objects hang together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dcops.vsphere.managed import Changes, Managed
from dcops.vsphere.values import text_at

MACHINE = "VirtualMachine"
HOST = "HostSystem"
DATASTORE = "Datastore"
CLUSTER = "ClusterComputeResource"
DATACENTER = "Datacenter"
FOLDER = "Folder"
POOLS = ("ResourcePool", "VirtualApp")
LEAVES = (MACHINE, DATASTORE)
DEEPEST = 40
"""So many steps up are enough for any tree; a ring is none."""


class Mirror:
    """For one writer. Objects are never changed, only replaced: whoever holds one may read on."""

    def __init__(self) -> None:
        self._objects: dict[str, Managed] = {}
        self._kinds: dict[str, dict[str, Managed]] = {}

    def apply(self, changes: Changes) -> bool:
        """Take them over; gives whether others have to be described anew: nothing lies in a machine, or a datastore."""
        moved = False
        for one in changes.changed:
            before = self._objects.get(one.moid)
            moved |= one.kind not in LEAVES and (before is None or _place(before) != _place(one))
            if before is not None and before.kind != one.kind:
                self._kinds[before.kind].pop(one.moid, None)
            self._objects[one.moid] = one
            self._kinds.setdefault(one.kind, {})[one.moid] = one
        for moid in changes.left:
            gone = self._objects.pop(moid, None)
            if gone is not None:
                moved |= gone.kind not in LEAVES
                self._kinds[gone.kind].pop(moid, None)
        return moved

    def __len__(self) -> int:
        return len(self._objects)

    def __contains__(self, moid: object) -> bool:
        return moid in self._objects

    def get(self, moid: str) -> Managed | None:
        """One object; None when it is not there, or not to be seen."""
        return self._objects.get(moid)

    def of(self, *kinds: str) -> list[Managed]:
        """All objects of these kinds, as they are now."""
        return [one for kind in kinds for one in list(self._kinds.get(kind, {}).values())]

    def counts(self) -> Mapping[str, int]:
        """How many there are of each kind."""
        return {kind: len(found) for kind, found in list(self._kinds.items()) if found}

    def name(self, moid: str) -> str:
        """What an object is called; empty when nobody knows."""
        found = self._objects.get(moid)
        return text_at(found.properties, "name") if found else ""

    def above(self, moid: str) -> Iterator[Managed]:
        """The object, and what it lies in, up to the root."""
        for _ in range(DEEPEST):
            found = self._objects.get(moid)
            if found is None:
                return
            yield found
            moid = text_at(found.properties, "parent")

    def first_above(self, moid: str, kinds: Iterable[str]) -> Managed | None:
        """The nearest of these kinds that an object lies in, itself included."""
        return next((one for one in self.above(moid) if one.kind in kinds), None)

    def host_of(self, machine: Managed) -> Managed | None:
        """The host that a machine is on."""
        return self._objects.get(text_at(machine.properties, "runtime.host"))

    def cluster_of(self, thing: Managed) -> Managed | None:
        """The cluster of a host, or of the host of a machine."""
        start = self.host_of(thing) if thing.kind == MACHINE else thing
        return self.first_above(start.moid, (CLUSTER,)) if start else None

    def datacenter_of(self, thing: Managed) -> Managed | None:
        """The datacenter that something lies in. A machine that a host has registered by itself lies in no folder."""
        found = self.first_above(thing.moid, (DATACENTER,))
        if found is None and thing.kind == MACHINE and (host := self.host_of(thing)):
            found = self.first_above(host.moid, (DATACENTER,))
        return found


def _place(one: Managed) -> tuple[object, ...]:
    properties = one.properties
    return one.kind, properties.get("name"), properties.get("parent")
