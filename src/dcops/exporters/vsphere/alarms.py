"""Alarms that vCenter has raised: how many of each colour an object has, and which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dcops.exporters.vsphere.block import Block
from dcops.vsphere.managed import Managed
from dcops.vsphere.values import at, records_at

COLOURS = ("yellow", "red")
MOST_NAMED = 5
"""Of one object."""
MOST_OF_ALL = 500
"""Of one vCenter: a storm of alarms must not become a storm of series."""
INFO = "dcops_vsphere_alarm_info"


def count(block: Block, metric: str, thing: Managed) -> None:
    """Count those of one object. Where vCenter does not show them there is no zero either."""
    if not isinstance(at(thing.properties, "triggeredAlarmState"), list | tuple):
        return
    found = [one["overallStatus"] for one in raised(thing)]
    for colour in COLOURS:
        block.number(metric, found.count(colour), status=colour)


def raised(thing: Managed) -> Iterator[Mapping[str, Any]]:
    """What is raised on the object itself; a folder or a datacenter also lists what is raised below it."""
    for one in records_at(thing.properties, "triggeredAlarmState"):
        if one.get("overallStatus") in COLOURS and one.get("entity", thing.moid) == thing.moid:
            yield one


def named(vcenter: str, thing: Managed, names: Mapping[str, str]) -> Block:
    """Which they are; one whose name is not known goes by its moid."""
    block = Block(vcenter, thing.moid)
    seen: set[str] = set()
    for one in raised(thing):
        moid = str(one.get("alarm", ""))
        alarm = names.get(moid, moid)
        if alarm in seen or len(seen) >= MOST_NAMED:
            continue
        seen.add(alarm)
        block.info(
            INFO,
            {
                "alarm": alarm,
                "status": one["overallStatus"],
                "acknowledged": "yes" if one.get("acknowledged") is True else "no",
            },
        )
    return block
