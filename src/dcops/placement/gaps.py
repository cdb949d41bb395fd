"""What the inventory says of machines and hosts against what vCenters hold, both ways (R-VIR-5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dcops.model.finding import Finding, Severity, Status
from dcops.model.placement import Power
from dcops.placement.age import age_of, is_old
from dcops.placement.together import together
from dcops.placement.world import HostSpot, Spot, World

UNCLAIMED = "VIR-001"
WITHOUT_MACHINES = "VIR-002"
UNKNOWN_HOST = "VIR-003"
MISSING_HOST = "VIR-004"
SHARED = "VIR-005"
TOGETHER = "VIR-006"
NOT_SEEN = "VIR-007"
REFERENCE = "R-VIR-5"
REDUNDANCY = "R-INV-5"
_POWER = {Power.ON: "running", Power.OFF: "off", Power.SUSPENDED: "suspended", None: "power not known"}


def findings(world: World, now: datetime) -> tuple[Finding, ...]:
    """Everything that does not fit, worst first."""
    found = [*_machines(world), *_systems(world), *_hosts(world), *_together(world), *_old(world, now)]
    return tuple(sorted(found, key=lambda finding: finding.order))


def not_seen(vcenter: str, why: str) -> Finding:
    """What a vCenter holds is not known: nothing about it can be judged."""
    return Finding(
        NOT_SEEN,
        Status.COULD_NOT_CHECK,
        Severity.MEDIUM,
        vcenter,
        f"What {vcenter} holds is not known",
        why,
        f"See that the exporter runs and reaches it: dcops device test {vcenter}; or ask it now with --fresh",
        REFERENCE,
    )


def _machines(world: World) -> Iterator[Finding]:
    for spot in world.spots:
        machine = spot.machine
        if machine.template:
            continue
        if not spot.systems:
            yield Finding(
                UNCLAIMED,
                Status.FAIL,
                Severity.MEDIUM if machine.running else Severity.LOW,
                spot.vcenter,
                f"{_called(spot)} belongs to no system",
                f"{_where(spot)}, {_POWER[machine.power]}{', a replica' if machine.replica else ''}",
                "Name it under virtual_machines of its system in the inventory, or retire it when nobody knows it",
                REFERENCE,
            )
        elif len(spot.systems) > 1:
            yield Finding(
                SHARED,
                Status.FAIL,
                Severity.LOW,
                spot.vcenter,
                f"{_called(spot)} belongs to {len(spot.systems)} systems",
                f"{_where(spot)}; claimed by {', '.join(spot.systems)}",
                "Name it in full under virtual_machines of the one that it belongs to",
                REFERENCE,
            )


def _systems(world: World) -> Iterator[Finding]:
    # A vCenter that nobody has seen may hold what seems to be missing.
    hidden = f"; {', '.join(world.lacking)} may have it" if world.lacking else ""
    for system in world.systems:
        if world.of_system(system.name) or system.runs_elsewhere:
            continue
        said = system.virtual_machines
        yield Finding(
            WITHOUT_MACHINES,
            Status.COULD_NOT_CHECK if said and hidden else Status.FAIL,
            Severity.MEDIUM if said else Severity.LOW,
            "",
            f"{system.name} runs on no machine that is known",
            f"no machine is called {', '.join(said)}{hidden}" if said else "the inventory says nothing of its machines",
            "Mend virtual_machines of the system; where it runs on none of ours say runs_elsewhere: WHERE",
            REFERENCE,
        )


def _hosts(world: World) -> Iterator[Finding]:
    for spot in world.hosts:
        if spot.device is None:
            yield _unknown(spot)
        elif spot.device.vcenter != spot.placement.vcenter:
            yield Finding(
                UNKNOWN_HOST,
                Status.FAIL,
                Severity.LOW,
                spot.device.name,
                f"{spot.device.name} belongs to {spot.placement.vcenter}",
                f"its entry says {f'vcenter: {spot.device.vcenter}' if spot.device.vcenter else 'no vcenter'}",
                f"Write vcenter: {spot.placement.vcenter} in its entry",
                REFERENCE,
            )
    for device in world.esxi:
        if device.vcenter and world.known_to(device.vcenter) and world.host_of(device) is None:
            yield Finding(
                MISSING_HOST,
                Status.FAIL,
                Severity.MEDIUM,
                device.name,
                f"{device.name} is in the inventory and not in {device.vcenter}",
                f"{device.vcenter} has no host of that name, with or without a domain",
                "Take its entry out when it is gone; else mend its name, or see why it left its vCenter",
                REFERENCE,
            )


def _unknown(spot: HostSpot) -> Finding:
    cluster = f" of cluster {spot.cluster.name}" if spot.cluster else ", in no cluster"
    return Finding(
        UNKNOWN_HOST,
        Status.FAIL,
        Severity.MEDIUM,
        spot.placement.vcenter,
        f"{spot.host.name} is not in the inventory",
        f"a host{cluster} in {spot.placement.vcenter}",
        f"Add it: platform: esxi, vcenter: {spot.placement.vcenter}, and its rack",
        REFERENCE,
    )


def _together(world: World) -> Iterator[Finding]:
    for system in world.systems:
        for found in together(world.of_system(system.name)):
            names = ", ".join(map(_called, found.spots))
            yield Finding(
                TOGETHER,
                Status.FAIL,
                Severity.MEDIUM,
                found.host.device.name if found.host.device else found.host.placement.vcenter,
                f"{system.name}: machines that stand in for each other share {found.host.name}",
                names,
                "Let a DRS rule keep them apart: the loss of one host takes them all",
                REDUNDANCY,
            )


def _old(world: World, now: datetime) -> Iterator[Finding]:
    for placement in world.placements:
        if is_old(placement.seen, now):
            yield not_seen(
                placement.vcenter, f"it was last seen {age_of(placement.seen, now)} ago, and is judged by that"
            )
        if placement.unseen:
            yield not_seen(
                placement.vcenter, f"the account may not see {placement.unseen} of its objects: mend its role"
            )


def _called(spot: Spot) -> str:
    """Its name on one line: some have line breaks in them."""
    return " ".join(spot.machine.name.split())


def _where(spot: Spot) -> str:
    return f"in {spot.vcenter} on {spot.host.name}" if spot.host else f"in {spot.vcenter}, on no host that is known"
