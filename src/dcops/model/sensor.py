"""A sensor and its place: the device that it hangs on knows its reading, and only we know where it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SensorKind(StrEnum):
    """What a sensor tells."""

    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    AIRFLOW = "airflow"
    LEAK = "leak"
    DOOR = "door"
    SMOKE = "smoke"
    MOTION = "motion"
    CONTACT = "contact"
    """A dry contact of something else: a generator, a fire panel."""

    @property
    def of_the_air(self) -> bool:
        """Its reading means something only when one knows where in the stream of air it is."""
        return self in (SensorKind.TEMPERATURE, SensorKind.HUMIDITY, SensorKind.AIRFLOW)


class Position(StrEnum):
    """Where in the stream of air a sensor is."""

    INLET_TOP = "inlet_top"
    INLET_MIDDLE = "inlet_middle"
    INLET_BOTTOM = "inlet_bottom"
    EXHAUST_TOP = "exhaust_top"
    EXHAUST_MIDDLE = "exhaust_middle"
    EXHAUST_BOTTOM = "exhaust_bottom"
    SUPPLY = "supply"
    """What a cooling unit blows out."""
    RETURN = "return"
    """What a cooling unit draws in."""
    ROOM = "room"

    @property
    def of_a_rack(self) -> bool:
        """It is a side of a rack."""
        return self.value.startswith(("inlet", "exhaust"))


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor: which one of its device it is, and where it is in the room (R-ENV-1)."""

    name: str
    device: str
    """The device that it hangs on."""
    kinds: tuple[SensorKind, ...]
    """What it tells: one probe may tell temperature and humidity."""
    rack: str | None = None
    room: str | None = None
    """Needed where there is no rack: a rack says its room itself."""
    position: Position | None = None
    index: str | None = None
    """Its number at the device: the index of its row, in quotes. It counts before `label`, which people change."""
    table: str | None = None
    """OID of the table's entry, where a device has several tables in which the index occurs."""
    label: str | None = None
    """The name that the device gives it, where its number is not known or moves."""
    notes: str | None = None
