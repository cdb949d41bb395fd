"""What the inventory states of devices and sensors, as series that are always 1: to be joined with what they tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily, Metric

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.model.device import Device

_DEVICE = (
    "site",
    "device",
    "role",
    "room",
    "rack",
    "unit",
    "vendor",
    "model",
    "os_version",
    "serial",
    "backup",
)
_SENSOR = ("site", "device", "room", "rack", "position", "sensor", "kind")


def families(inventory: Inventory) -> Iterator[Metric]:
    """One series for each of our devices, and one for each thing that a sensor of theirs tells."""
    info = GaugeMetricFamily("dcops_device_info", "What the inventory states of a device, always 1.", labels=_DEVICE)
    sensors = GaugeMetricFamily(
        "dcops_sensor_info", "A sensor that is expected, and its place, always 1.", labels=_SENSOR
    )
    for device in inventory.devices:
        if device.foreign:
            continue
        info.add_metric(_of_device(inventory, device), 1)
        for sensor in inventory.sensors_of(device.name):
            place = [inventory.room_of(sensor), sensor.rack, sensor.position and sensor.position.value, sensor.name]
            for kind in sensor.kinds:
                sensors.add_metric([device.site, device.name, *(text or "" for text in place), kind.value], 1)
    yield from (info, sensors)


def _of_device(inventory: Inventory, device: Device) -> list[str]:
    unit = device.place.unit if device.place else None
    return [
        device.site,
        device.name,
        device.role,
        inventory.room_of(device) or "",
        device.place.rack if device.place else "",
        "" if unit is None else str(unit),
        device.vendor,
        device.model,
        device.software or "",
        device.serial or "",
        "yes" if device.drop or (device.platform and not device.only_watched) else "no",
    ]
