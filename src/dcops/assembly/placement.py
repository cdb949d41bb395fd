"""From the settings to what is known of where things run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dcops.errors import CannotRun, UsageError

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.jobs.placement import Known
    from dcops.placement.world import HostSpot, World
    from dcops.settings import Settings


def known_of(settings: Settings, inventory: Inventory, *, fresh: bool) -> Known:
    """What the exporter last wrote of our vCenters, or, fresh, what they say now."""
    from dcops.jobs import placement

    vcenters = placement.vcenters_of(inventory.devices)
    if fresh:
        from dcops.assembly.vsphere import placement_now

        return placement.fresh(vcenters, lambda device: placement_now(settings, device))
    return placement.stored(settings.paths.state, [device.name for device in vcenters])


def world_of(inventory: Inventory, known: Known) -> World:
    """What is known, beside what the inventory says."""
    from dcops.placement.world import World

    return World(known.placements, inventory.devices, inventory.systems, lacking=known.lacking)


def nothing_known(known: Known) -> CannotRun:
    """Why nobody can say what runs where."""
    why = "; ".join(f"{name}: {reason}" for name, reason in known.lacking.items()) or "the inventory has no vCenter"
    if not known.lacking:
        step = "Add one to the inventory: role: vcenter, platform: vcenter, with its address and credential"
    elif known.fresh:
        step = f"Try step by step what hinders it: dcops device test {' '.join(known.lacking)}"
    else:
        step = "The exporter writes it down (dcops exporter --help); to ask the vCenters now, add --fresh"
    return CannotRun(f"it is not known what runs where: {why}", next_step=step)


def hosts_called(inventory: Inventory, world: World, known: Known, words: Sequence[str]) -> tuple[HostSpot, ...]:
    """The hosts that words after `--without` mean, each once."""
    found = [host for word in words for host in _hosts(inventory, world, known, word)]
    return tuple({(host.placement.vcenter, host.host.moid): host for host in found}.values())


def _hosts(inventory: Inventory, world: World, known: Known, name: str) -> Sequence[HostSpot]:
    """A host of the inventory or of a vCenter, or all of a rack."""
    from dcops.inventory.inventory import sentence
    from dcops.inventory.words import did_you_mean, shown
    from dcops.model.placement import bare

    if not world.placements:
        raise nothing_known(known)
    found = [host for host in world.hosts if name in (host.name, host.host.name, bare(host.host.name))]
    if found := found or [host for host in world.hosts if host.rack == name]:
        return found
    if any(rack.name == name for rack in inventory.racks):
        raise UsageError(f"no host that is known stands in rack {name}")
    if any(device.name == name for device in world.esxi):
        raise CannotRun(
            f"{name} is in the inventory, and no vCenter that is known has it",
            next_step="See what does not fit: dcops inventory placement",
        )
    raise UsageError(
        f"no host is called {shown(name)}",
        next_step=sentence(did_you_mean(name, {host.name for host in world.hosts})),
    )
