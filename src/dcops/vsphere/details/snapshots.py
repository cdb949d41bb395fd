"""How much room snapshots take."""

from __future__ import annotations

from collections.abc import Iterable

from dcops.vsphere.managed import Managed
from dcops.vsphere.reading import Reader

_DISKS, _FILES, _SNAPSHOTS = "layoutEx.disk", "layoutEx.file", "layoutEx.snapshot"
_MACHINE = "VirtualMachine"


def read_snapshot_bytes(reader: Reader, moids: Iterable[str]) -> dict[str, int]:
    """Bytes by the moid of the machine, of those that told; raises DeviceError."""
    read = reader.single(((_MACHINE, moid) for moid in moids), {_MACHINE: (_DISKS, _FILES, _SNAPSHOTS)})
    return {one.moid: size for one in read.objects if (size := _bytes(one)) is not None}


def _bytes(machine: Managed) -> int | None:
    """What would come free: disks that grow since the first snapshot, and what the snapshots keep themselves."""
    properties = machine.properties
    if _FILES not in properties or _DISKS not in properties:
        return None
    sizes: dict[int, int] = {one["key"]: one.get("size", 0) for one in properties[_FILES] if "key" in one}
    files: set[int] = set()
    for disk in properties[_DISKS]:
        # The first of a chain is the disk as it was; each snapshot adds one that holds what changed after it.
        for link in disk.get("chain", ())[1:]:
            files.update(link.get("fileKey", ()))
    for snapshot in properties.get(_SNAPSHOTS, ()):
        files.update(key for name in ("dataKey", "memoryKey") if (key := snapshot.get(name, -1)) >= 0)
    return sum(sizes.get(key, 0) for key in files)
