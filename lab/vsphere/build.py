"""vCenters for a lab."""

from __future__ import annotations

from lab import addresses
from lab.device import Device
from lab.platform import Entry, Ground, Platform
from lab.vsphere import holdings
from lab.vsphere.appliance import Appliance
from lab.vsphere.process import sign
from lab.vsphere.program import why_not


def build(ground: Ground, entry: Entry, address: str) -> Device:
    """A vCenter with the hosts that the inventory ties to it."""
    name, account = entry["name"], ground.account(entry)
    folder = ground.folder(name)
    folder.mkdir(parents=True, exist_ok=True)
    hosts = [other for other in ground.neighbours(entry) if other.get("vcenter") == name]
    return Appliance(
        name,
        address,
        addresses.TLS_PORT,
        ground.clock,
        folder=folder,
        estate=holdings.holdings(name, hosts),
        signed=sign(ground.authority, name, address, folder),
        user=account.username,
        password=account.password,
        delay_seconds=ground.delay_seconds,
    )


VCENTER = Platform(
    "vcenter",
    models=(("VMware", "vCenter Server"),),
    small=(),
    build=build,
    why_not=why_not,
)
