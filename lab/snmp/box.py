"""A device that speaks nothing but SNMP: a UPS, a power strip, a cooling unit, a probe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lab.clock import Clock
from lab.device import BadChange, Device
from lab.faults import Kind
from lab.snmp.agent import FAULTS
from lab.snmp.door import Door


class Box(Device):
    """Has one door, and that is for datagrams."""

    platform = "snmp"
    faults: ClassVar[frozenset[Kind]] = FAULTS

    def __init__(self, name: str, address: str, clock: Clock, door: Door) -> None:
        super().__init__(name, address, door.port, clock)
        self.snmp = door

    def _settle_door(self) -> None:
        """There is none of TCP."""

    def change(self, _request: Mapping[str, Any]) -> Mapping[str, Any]:
        """It holds no configuration."""
        raise BadChange(f'it speaks SNMP alone: POST /devices/{self.name}/snmp {{"oid": …, "value": …}}')
