"""Where sensors are: the inventory knows, the device does not (R-ENV-1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dcops.snmp import oid

UNPLACED = {"room": "", "rack": "", "position": ""}


@dataclass(frozen=True, slots=True)
class Spot:
    """The place of one sensor."""

    sensor: str
    room: str = ""
    rack: str = ""
    position: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """The sensors of one device that the inventory places."""

    by_index: Mapping[tuple[str, str], Spot] = field(default_factory=dict)
    """By table (OID of its entry) and index; the table may be empty."""
    by_name: Mapping[str, Spot] = field(default_factory=dict)
    """By the name that the device gives it."""

    def of(self, entry: bytes, row: bytes, labels: Mapping[str, str]) -> dict[str, str]:
        """The labels of a sensor with its place. Stable numbers count before names, which people change.

        One that nobody placed keeps the name its device gives it and has an empty room: it is seen, and seen to be
        unplaced.
        """
        index = oid.index(row)
        spot = (
            self.by_index.get((oid.dotted(entry), index))
            or self.by_index.get(("", index))
            or self.by_name.get(labels.get("sensor", ""))
        )
        if spot is None:
            return {**UNPLACED, **labels, "sensor": labels.get("sensor") or index}
        return {**labels, "sensor": spot.sensor, "room": spot.room, "rack": spot.rack, "position": spot.position}
