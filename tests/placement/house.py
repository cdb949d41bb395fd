"""A small vCenter to lose hosts of."""

from datetime import UTC, datetime, timedelta

from dcops.model.device import Device, Place
from dcops.model.facility import InformationSystem
from dcops.model.placement import Cluster, Datastore, HostSystem, Machine, Placement, Power
from dcops.placement.world import World

NOW = datetime(2026, 1, 15, 1, 0, tzinfo=UTC)
GIB = 1024**3


def host(number, cluster="c1", **other):
    told = {"state": "connected", "maintenance": False, "memory_bytes": 64 * GIB, "datastores": ("ds1", "ds2")}
    return HostSystem(f"h{number}", f"esx-{number:02d}.example.test", cluster, **{**told, **other})


def machine(name, on=1, **other):
    told = {"power": Power.ON, "datastores": ("ds1",), "memory_bytes": 8 * GIB, "protected": True}
    told |= {"moid": f"vm-{name}-{on}", "name": name, "host": f"h{on}" if on else None}
    return Machine(**{**told, **other})


def vcenter(*machines, name="vc-main", hosts=None, clusters=None, seen=NOW - timedelta(seconds=40), **other):
    return Placement(
        name,
        seen,
        tuple(machines),
        tuple([host(1), host(2), host(3)] if hosts is None else hosts),
        tuple([Cluster("c1", "compute", ha=True, admission=True, failover_hosts=1)] if clusters is None else clusters),
        (Datastore("ds1", "vmfs-1", "VMFS", True), Datastore("ds2", "vmfs-2", "VMFS", True)),
        **other,
    )


def esxi(number, vcenter="vc-main", rack="A03"):
    place = Place(rack, number)
    return Device(f"esx-{number:02d}", "main", "host", "Dell", "R750", platform="esxi", vcenter=vcenter, place=place)


def system(name, *machines, **other):
    return InformationSystem(name, name.title(), virtual_machines=machines or (f"{name}-*",), **other)


def world(*placements, systems=None, devices=None, lacking=()):
    systems = [system("portal"), system("mail")] if systems is None else systems
    devices = [esxi(1), esxi(2), esxi(3)] if devices is None else devices
    return World(placements, devices, systems, lacking=lacking)
