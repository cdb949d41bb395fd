"""What a scenario plays on: the devices, their clock, the rooms, and who hears the traps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lab.clock import Clock
from lab.device import Device
from lab.platform import Entry
from lab.snmp.door import Receiver


@dataclass(slots=True)
class Stage:
    """One lab, as scenarios see it."""

    devices: Mapping[str, Device]
    clock: Clock
    receiver: Receiver
    sensors: Sequence[Entry] = field(default_factory=tuple)
    """Sensors and their places, as the inventory has them."""
