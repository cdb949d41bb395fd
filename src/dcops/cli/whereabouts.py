"""What `dcops inventory show` tells of where a thing runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.jobs.placement import Known
    from dcops.placement.loss import Loss
    from dcops.placement.world import HostSpot, Spot, World
    from dcops.settings import Settings

MACHINE = "virtual machine"
Item = dict[str, Any]


class Whereabouts:
    """Looks only when something is asked that needs it."""

    def __init__(self, settings: Settings, inventory: Inventory, *, lost: Sequence[str], fresh: bool) -> None:
        self._settings = settings
        self._inventory = inventory
        self._lost = tuple(lost)
        self._fresh = fresh

    def machines_called(self, name: str, found: Sequence[Item]) -> list[Item]:
        """The machines of that name as things to show; not looked for when it is a thing that runs nowhere."""
        if found and not self._fresh and not any(map(self._runs, found)):
            return []
        from dcops.cli.placement_json import machine_as_json

        about = {"kind": MACHINE, "warning": "", "mentions": []}
        return [
            {**about, "name": spot.machine.name, "values": machine_as_json(spot), "spot": spot}
            for spot in self._world.called(name)
        ]

    @property
    def machine_names(self) -> set[str]:
        """Names of all machines that are known."""
        return {spot.machine.name for spot in self._world.spots}

    @property
    def unseen(self) -> str:
        """Why a machine may be there all the same, as a next step; empty when everything is known."""
        lacking = ", ".join(self._known.lacking)
        return f"Nobody knows what {lacking} holds: run the exporter, or add --fresh" if lacking else ""

    def refuse_in_vain(self, found: Sequence[Item]) -> None:
        """Raise when it was asked what falls, and nobody can say, or nothing of it can fall."""
        from dcops.assembly.placement import nothing_known
        from dcops.errors import UsageError

        if self._lost and not any(map(self._runs, found)):
            raise UsageError(
                "--without tells what falls of a system, a host or a machine, and this is none of them",
                next_step="All that falls: dcops inventory placement --without HOST",
            )
        if self._lost and not self._known.placements:
            raise nothing_known(self._known)

    def as_json(self, item: Item) -> dict[str, Any]:
        """The key `placement` of a thing that runs somewhere, or that others run on."""
        from dcops.assembly.here import now
        from dcops.cli.placement_json import ages_as_json, loss_as_json, machine_as_json, summary_as_json

        if not self._runs(item):
            return {}
        spots = self._spots(item)
        told: dict[str, Any] = {"as_of": ages_as_json(self._known_of(item), now())}
        told["summary"] = summary_as_json(spots) if self._known_of(item).placements else None
        told["machines"] = [machine_as_json(spot) for spot in spots]
        told["warnings"] = list(self._warnings(item))
        if self._lost:
            told["without"] = loss_as_json(self._loss(item))
        return {"placement": told}

    def print(self, item: Item) -> None:
        """What `as_json` tells, for people."""
        from dcops.assembly.here import now
        from dcops.cli import placement_output as output
        from dcops.cli.output import harmless

        if not self._runs(item):
            return
        spots = self._spots(item)
        click.echo("\n" + harmless(self._headline(item, spots)))
        output.print_ages(self._known_of(item), now())
        if spots and item["kind"] != MACHINE:
            output.print_machines(spots)
        for warning in self._warnings(item):
            click.secho(harmless(f"  ! {warning}"), fg="yellow")
        if self._known_of(item).lacking and not self._fresh:
            click.echo(harmless(f"  Next: run the exporter, or ask now: dcops inventory show {item['name']} --fresh"))
        if self._lost:
            output.print_loss(self._loss(item), item["name"])

    # ---- what it is about ------------------------------------------------------------------------

    def _runs(self, item: Item) -> bool:
        """The thing is a machine, runs on machines, or carries them."""
        values = item["values"]
        if item["kind"] == "device":
            return bool(_platform(item)) and not values["foreign"]
        if item["kind"] == "system":
            return bool(values["virtual_machines"])
        return bool(item["kind"] == MACHINE)

    def _spots(self, item: Item) -> Sequence[Spot]:
        if item["kind"] == MACHINE:
            return (item["spot"],)
        if item["kind"] == "system":
            return self._world.of_system(item["name"])
        if _platform(item) == "vcenter":
            return tuple(spot for spot in self._world.spots if spot.vcenter == item["name"])
        host = self._host(item)
        return self._world.on(host) if host else ()

    def _host(self, item: Item) -> HostSpot | None:
        if item["kind"] != "device" or _platform(item) != "esxi":
            return None
        return self._world.host_of(self._inventory.device(item["name"]))

    def _known_of(self, item: Item) -> Known:
        """What is known of the vCenters that may tell of it: of a system all, else the one."""
        values = item["values"]
        if item["kind"] == "system":
            return self._known
        if item["kind"] == "device" and _platform(item) == "vcenter":
            return self._known.of([item["name"]])
        host = self._host(item)
        name = host.placement.vcenter if host else values["vcenter"]
        return self._known.of([name]) if name else self._known

    def _loss(self, item: Item) -> Loss:
        """What falls of it; of a host or a vCenter all that falls."""
        if item["kind"] == "system":
            return self._all_lost.of_system(item["name"])
        return self._all_lost.of_machine(item["spot"]) if item["kind"] == MACHINE else self._all_lost

    # ---- what is said of it ----------------------------------------------------------------------

    def _headline(self, item: Item, spots: Sequence[Spot]) -> str:
        from dcops.cli.placement_output import carries, runs_on

        if not self._known_of(item).placements:
            return "Where it runs is not known:" if item["kind"] == "system" else "What runs on it is not known:"
        if item["kind"] == MACHINE:
            systems = ", ".join(item["spot"].systems)
            return f"It belongs to {systems}:" if systems else "It belongs to no system:"
        if item["kind"] == "system":
            return f"{runs_on(spots)}:" if spots else "No machine of it is known:"
        if _platform(item) == "esxi" and self._host(item) is None:
            return "No vCenter that is known has it:"
        return f"{carries(spots)}:"

    def _warnings(self, item: Item) -> Iterator[str]:
        from dcops.placement.together import together

        if item["kind"] == "system":
            for found in together(self._spots(item)):
                names = ", ".join(spot.machine.name for spot in found.spots)
                yield f"{names} stand in for each other, and all are on {found.host.name}"
        host = self._host(item)
        if host and host.host.state not in (None, "connected"):
            yield f"its vCenter says it is {host.host.state}"
        if host and host.host.maintenance:
            yield "it is in maintenance"

    # ---- what is known ---------------------------------------------------------------------------

    @cached_property
    def _known(self) -> Known:
        from dcops.assembly.placement import known_of

        return known_of(self._settings, self._inventory, fresh=self._fresh)

    @cached_property
    def _world(self) -> World:
        from dcops.assembly.placement import world_of

        return world_of(self._inventory, self._known)

    @cached_property
    def _all_lost(self) -> Loss:
        from dcops.assembly.placement import hosts_called
        from dcops.placement.loss import without

        return without(self._world, hosts_called(self._inventory, self._world, self._known, self._lost))


def _platform(item: Item) -> str:
    """`vcenter`, `esxi`, else nothing."""
    platform = item["values"]["platform"]
    return platform if platform in ("vcenter", "esxi") else ""
