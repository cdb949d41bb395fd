"""What the API of a Peplink balancer shows: which firmware runs, and which lines there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dcops.audit.check import check
from dcops.audit.look import Look
from dcops.audit.said import Said, Unknown
from dcops.audit.version import parsed
from dcops.model.finding import Severity

FIRMWARE = "info.firmware"
LINES = "status.wan.connection"


@check("PEP-001", severity=Severity.HIGH, platforms=["peplink"], parameters=["peplink_oldest_firmware"])
def current_firmware(look: Look) -> Iterator[Said]:
    """The firmware that runs is one that is still mended."""
    (oldest,) = look.values.each("peplink_oldest_firmware")
    running = [slot for slot in _table(look, FIRMWARE).values() if slot.get("inUse") is True]
    if not running:
        raise Unknown(Said("told nothing", f"{FIRMWARE}/*/inUse"))
    for slot in running:
        version = str(slot.get("version") or "")
        if not version:
            raise Unknown(Said("told nothing", f"{FIRMWARE}/*/version"))
        # `8.3.0 build 5229`: builds count up through all releases and say nothing here.
        if not parsed(f">={oldest}").holds(version.partition(" build")[0]):
            yield Said("older", oldest, version)


@check("PEP-002", severity=Severity.LOW, platforms=["peplink"])
def second_firmware(look: Look) -> Iterator[Said]:
    """There is a second firmware to go back to."""
    others = [slot for slot in _table(look, FIRMWARE).values() if slot.get("inUse") is not True]
    if not any(slot.get("bootable") is True for slot in others):
        yield Said("missing", f"{FIRMWARE}/*/bootable")


@check("PEP-003", severity=Severity.HIGH, platforms=["peplink"])
def two_lines(look: Look) -> Iterator[Said]:
    """At least two lines of different ports are switched on."""
    ports = {
        str(line.get("portId", number))
        for number, line in _table(look, LINES).items()
        if line.get("enable") is True and line.get("virtual") is not True
    }
    if len(ports) < 2:
        yield Said("count", ">= 2", str(len(ports)))


def _table(look: Look, function: str) -> Mapping[str, Mapping[str, Any]]:
    """The entries of a table by their number; raises Unknown when the device gave none."""
    table = look.facts().get(function)
    entries = (
        {str(key): value for key, value in table.items() if str(key).isdecimal() and isinstance(value, Mapping)}
        if isinstance(table, Mapping)
        else {}
    )
    if not entries:
        raise Unknown(Said("told nothing", function))
    return entries
