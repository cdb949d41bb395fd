"""The devices as targets for Prometheus (`file_sd_configs`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dcops.model.device import Device


def targets(devices: Iterable[Device]) -> list[dict[str, Any]]:
    """One group for each device that has an address, with labels from the inventory and from nowhere else.

    The target is the bare address: which port is scraped, or which exporter asks it, is the business of the scrape
    configuration.
    """
    return [
        {"targets": [device.management.address], "labels": _labels(device)}
        for device in devices
        if not device.foreign and device.management and device.management.address
    ]


def _labels(device: Device) -> dict[str, str]:
    labels = {
        "device": device.name,
        "site": device.site,
        "rack": device.place.rack if device.place else "",
        "role": device.role,
        "platform": device.platform or "",
        "vendor": device.vendor,
        "model": device.model,
        "criticality": device.criticality.value,
    }
    # Prometheus takes an empty label for one that is not there.
    return {name: value for name, value in labels.items() if value}
