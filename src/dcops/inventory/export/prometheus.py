"""The devices as targets for Prometheus: for a file (`file_sd_configs`), and for what the exporter itself lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dcops.model.device import Device


def targets(devices: Iterable[Device]) -> list[dict[str, Any]]:
    """One group for each of our devices that has an address, with labels from the inventory and from nowhere else.

    The target is the device's name, which the exporter's `/probe` takes, and never its address. The labels are few:
    what else is known of a device is in `dcops_device_info`, and a room or a rack here would be mistaken for the place
    of the sensors that hang on it.
    """
    return [
        {"targets": [device.name], "labels": _labels(device, device.management.address)}
        for device in devices
        if not device.foreign and device.management and device.management.address
    ]


def _labels(device: Device, address: str) -> dict[str, str]:
    labels = {
        "site": device.site,
        "device": device.name,
        "role": device.role,
        # For relabelling only: Prometheus drops what begins so before it keeps a series.
        "__meta_dcops_address": address,
        "__meta_dcops_platform": device.platform or "",
        "__meta_dcops_snmp": device.snmp.version.value if device.snmp else "",
    }
    # Prometheus takes an empty label for one that is not there.
    return {name: value for name, value in labels.items() if value}
