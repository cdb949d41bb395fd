"""What the inventory says about the sensors of a device, as probes use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dcops.exporters.snmp.places import Places, Spot

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.model.device import Device
    from dcops.model.sensor import Sensor


def places_of(inventory: Inventory, device: Device) -> Places:
    """Where the sensors of a device are, by the number and by the name that the device knows them by."""
    by_index: dict[tuple[str, str], Spot] = {}
    by_name: dict[str, Spot] = {}
    for sensor in inventory.sensors_of(device.name):
        spot = spot_of(inventory, sensor)
        if sensor.index:
            by_index[sensor.table or "", sensor.index] = spot
        if sensor.label:
            by_name[sensor.label] = spot
    return Places(by_index, by_name)


def spot_of(inventory: Inventory, sensor: Sensor) -> Spot:
    """The labels of one sensor."""
    return Spot(
        sensor=sensor.name,
        room=inventory.room_of(sensor) or "",
        rack=sensor.rack or "",
        position=sensor.position.value if sensor.position else "",
    )
