"""Switches with a command line for a lab."""

from __future__ import annotations

from lab import addresses
from lab.cli.box import Box
from lab.cli.dialect import Dialect
from lab.cli.fos import FosDialect
from lab.cli.nxos import NxosDialect
from lab.cli.procurve import ProcurveDialect
from lab.device import Device
from lab.platform import Entry, Ground, Platform
from lab.topology import surroundings


def _build(dialect: Dialect, ground: Ground, entry: Entry, address: str) -> Device:
    name = entry["name"]
    management = ground.management(entry)
    box = Box(
        name,
        address,
        addresses.SSH_PORT,
        ground.clock,
        dialect=dialect,
        entry=entry,
        management=management,
        login=ground.account(entry),
        host_key=ground.host_key(name, address, addresses.SSH_PORT),
    )
    others = ground.neighbours(entry) if management.get("ipv4") else []
    box.surroundings = surroundings({**entry, "management": management}, others)
    box.command_delay_seconds = ground.delay_seconds
    return box


def _platform(dialect: Dialect, models: tuple[tuple[str, str], ...], small: tuple[tuple[str, str], ...]) -> Platform:
    return Platform(
        dialect.platform,
        models=models,
        small=small,
        build=lambda ground, entry, address: _build(dialect, ground, entry, address),
    )


NXOS = _platform(NxosDialect(), (("Cisco", "Nexus 3048"),), (("Cisco", "Nexus 3048"),))
PROCURVE = _platform(ProcurveDialect(), (("Aruba", "2530-48G"),), (("Aruba", "2530-48G"),))
FOS = _platform(
    FosDialect(), (("Broadcom", "Brocade G620"), ("Broadcom", "Brocade 6505")), (("Broadcom", "Brocade G620"),)
)
