"""Scenarios: things that happen to several devices at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lab.snmp import event, oid
from lab.stage import Stage

Deed = dict[str, Any]
Options = Mapping[str, Any]
HOTTER_BY = 14.0
"""Degrees: from a cold aisle to what the makers of servers do not allow."""


class CannotPlay(Exception):
    """The scenario needs what this lab does not have, or cannot use its options."""


def calm(stage: Stage, _options: Options) -> list[Deed]:
    """Faults and what happened are over, the timers run as fast as our clock. What was changed stays changed."""
    devices = stage.devices.values()
    done: list[Deed] = [
        {"device": device.name, "healed": device.fault.kind.value} for device in devices if device.fault
    ]
    for device in devices:
        device.clear_fault()
        if device.snmp and (count := device.snmp.calm(stage.receiver)):
            done.append({"device": device.name, "over": count})
    stage.clock.set_rate(1.0)
    return done


def rogue_change(stage: Stage, _options: Options) -> list[Deed]:
    """Somebody changes one router and one firewall and tells nobody."""
    done = []
    for platform in ("ios", "panos"):
        device = next((item for item in stage.devices.values() if item.platform == platform), None)
        if device is not None:
            done.append({"device": device.name, **device.rogue_change()})
    return done


def ups_on_battery(stage: Stage, options: Options) -> list[Deed]:
    """The mains of one UPS fail, of `device` or else of all: it runs on its battery, which drains, and says so."""
    done = []
    for name in _chosen(stage, options):
        door = stage.devices[name].snmp
        assert door
        cases = event.cases("on-battery", door.agent.table)
        changed = [
            each
            for case in cases
            for each in door.happen(event.Event(door.agent.table, stage.clock, case), stage.receiver)
        ]
        if changed:
            done.append({"device": name, "changed": changed})
    if not done:
        raise CannotPlay("no UPS of this lab answers over SNMP")
    return done


def hot_rack(stage: Stage, options: Options) -> list[Deed]:
    """The temperatures at one rack rise, those of `rack` or else of the first that has sensors, by `degrees`."""
    degrees = float(options.get("degrees", HOTTER_BY))
    racks = [str(sensor["rack"]) for sensor in stage.sensors if sensor.get("rack") and _rows(stage, sensor)]
    rack = str(options.get("rack", racks[0] if racks else ""))
    done = []
    for sensor in stage.sensors:
        rows = _rows(stage, sensor) if str(sensor.get("rack")) == rack else {}
        if rows:
            door = stage.devices[sensor["device"]].snmp
            assert door
            changed = door.happen(event.Rise(door.agent.table, stage.clock, rows, degrees), stage.receiver)
            done.append({"device": sensor["device"], "sensor": sensor["name"], "changed": changed})
    if not done:
        raise CannotPlay(f"no sensor at rack {rack!r}; there are some at {', '.join(dict.fromkeys(racks)) or 'none'}")
    return done


def _rows(stage: Stage, sensor: Options) -> dict[oid.Numbers, float]:
    """The temperatures that a sensor of the inventory stands for."""
    device = stage.devices.get(sensor["device"])
    if device is None or device.snmp is None or "temperature" not in sensor.get("kinds", ()) or "index" not in sensor:
        return {}
    entry = oid.numbers(sensor["table"]) if sensor.get("table") else ()
    return dict(event.temperatures(device.snmp.agent.table, _index(sensor["index"]), entry))


def _index(text: object) -> oid.Numbers:
    return tuple(int(part) for part in str(text).split("."))


def _chosen(stage: Stage, options: Options) -> list[str]:
    """The device that the options name, or every one with an agent."""
    name = options.get("device")
    if name is None:
        return [device.name for device in stage.devices.values() if device.snmp]
    device = stage.devices.get(str(name))
    if device is None or device.snmp is None:
        raise CannotPlay(f"no device {name!r} with an SNMP agent")
    return [device.name]


SCENARIOS: Mapping[str, Callable[[Stage, Options], list[Deed]]] = {
    "calm": calm,
    "rogue-change": rogue_change,
    "ups-on-battery": ups_on_battery,
    "hot-rack": hot_rack,
}
