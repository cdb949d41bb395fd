"""Scenarios: things that happen to several devices at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lab.clock import Clock
from lab.device import Device

Deed = dict[str, Any]


def calm(devices: Mapping[str, Device], clock: Clock) -> list[Deed]:
    """All faults end and the timers run as fast as our clock. What was changed stays changed."""
    healed = [{"device": device.name, "healed": device.fault.kind.value} for device in devices.values() if device.fault]
    for device in devices.values():
        device.clear_fault()
    clock.set_rate(1.0)
    return healed


def rogue_change(devices: Mapping[str, Device], _clock: Clock) -> list[Deed]:
    """Somebody changes one router and one firewall and tells nobody."""
    done = []
    for platform in ("ios", "panos"):
        device = next((item for item in devices.values() if item.platform == platform), None)
        if device is not None:
            done.append({"device": device.name, **device.rogue_change()})
    return done


SCENARIOS: Mapping[str, Callable[[Mapping[str, Device], Clock], list[Deed]]] = {
    "calm": calm,
    "rogue-change": rogue_change,
}
