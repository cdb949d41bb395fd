"""Hardware sensors of a host: every reading in its base unit, and whether the part is well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dcops.exporters.vsphere.block import Block
from dcops.exporters.vsphere.distinct import Distinct
from dcops.vsphere.values import at, records_at

HEALTH = "runtime.healthSystemRuntime"
READINGS = f"{HEALTH}.systemHealthInfo.numericSensorInfo"
PARTS = {"cpu": "cpuStatusInfo", "memory": "memoryStatusInfo", "storage": "storageStatusInfo"}
UNITS = {
    "degrees c": ("dcops_host_temperature_celsius", 1.0),
    "rpm": ("dcops_host_fan_speed_hertz", 1 / 60),
    "volts": ("dcops_host_voltage_volts", 1.0),
    "amps": ("dcops_host_current_amperes", 1.0),
    "watts": ("dcops_host_sensor_power_watts", 1.0),
}
WORST = ("green", "yellow", "red")
_STATE = " --- "
"""ESXi writes what a sensor says behind its name: `Power Supply 2 --- Presence detected`."""


class Sensor(NamedTuple):
    """One sensor."""

    name: str
    colour: str
    """`green`, `yellow`, `red`; anything else is unknown."""
    reading: float | None
    unit: str


def write(block: Block, properties: Mapping[str, Any]) -> None:
    """Add readings and states. An unknown state is absent, and neither well nor failed."""
    for sensor in sensors(records_at(properties, READINGS)):
        if sensor.reading is not None and sensor.unit in UNITS:
            metric, factor = UNITS[sensor.unit]
            block.number(metric, sensor.reading * factor, sensor=sensor.name)
        _health(block, "dcops_host_sensor", sensor.colour, sensor=sensor.name)
    for kind, name in PARTS.items():
        distinct = Distinct()
        for part in records_at(properties, f"{HEALTH}.hardwareStatusInfo.{name}"):
            component = distinct(str(part.get("name", "")))
            _health(block, "dcops_host_component", _colour(part.get("status")), kind=kind, component=component)


def _health(block: Block, what: str, colour: str, **labels: str) -> None:
    if colour in WORST:
        block.flag(f"{what}_healthy", colour == "green", **labels)
        block.flag(f"{what}_failed", colour == "red", **labels)


def sensors(found: list[Mapping[str, Any]]) -> Iterator[Sensor]:
    """Each sensor once. One that only has states may stand there once for each of them: the worst counts."""
    distinct = Distinct()
    states: dict[str, Sensor] = {}
    for one in found:
        name = str(one.get("name", "")).partition(_STATE)[0].strip()
        unit = str(one.get("baseUnits") or "").lower()
        colour = _colour(one.get("healthState"))
        if unit in UNITS:
            yield Sensor(distinct(name), colour, _reading(one), unit)
        elif (there := states.get(name)) is None or _rank(colour) > _rank(there.colour):
            states[name] = Sensor(name, colour, None, unit)
    for name, sensor in states.items():
        yield sensor._replace(name=distinct(name))


def _rank(colour: str) -> int:
    return WORST.index(colour) if colour in WORST else -1


def _colour(state: Any) -> str:
    return str(at(state, "key") or "").lower() if isinstance(state, dict) else ""


def _reading(one: Mapping[str, Any]) -> float | None:
    number, exponent = one.get("currentReading"), one.get("unitModifier")
    if not isinstance(number, int | float) or not isinstance(exponent, int):
        return None
    # Dividing by a power of ten is exact where multiplying by its inverse is not: 2150 x 10^-2 is 21.5.
    return number / 10.0**-exponent if exponent < 0 else number * 10.0**exponent
