"""How it is told to people what runs where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from dcops.jobs.placement import Known
    from dcops.placement.loss import Loss, LostMachine, SystemLoss
    from dcops.placement.world import Spot

_FATES = {"DOWN": "left down", "UNSURE": "not known", "RESTARTED": "restarted by HA", "IDLE": "not running before"}


def print_ages(known: Known, now: datetime) -> None:
    """Say of when it is, always: what is old must not pass for now."""
    from dcops.cli.output import harmless
    from dcops.placement.age import is_old, told

    for placement in known.placements:
        old = is_old(placement.seen, now)
        click.secho(harmless(f"  {told(placement.vcenter, placement.seen, now)}"), fg="yellow" if old else None)
    for name, why in known.lacking.items():
        click.secho(harmless(f"  {name} is not known: {why}"), fg="yellow")


def runs_on(spots: Sequence[Spot]) -> str:
    """`Runs on 8 machines, 6 at work on 5 hosts, 2 datastores, 1 cluster; 2 replicas`."""
    from dcops.placement.summary import summary

    told = summary(spots)
    rests = (counted(told.hosts, "host"), counted(told.datastores, "datastore"), counted(told.clusters, "cluster"))
    replicas = f"; {counted(told.replicas, 'replica')}" if told.replicas else ""
    return f"Runs on {counted(told.machines, 'machine')}, {told.at_work} at work on {', '.join(rests)}{replicas}"


def carries(spots: Sequence[Spot]) -> str:
    """`Carries 7 machines, 6 at work, of 5 systems`."""
    from dcops.placement.summary import summary

    told = summary(spots)
    return f"Carries {counted(told.machines, 'machine')}, {told.at_work} at work, of {counted(told.systems, 'system')}"


def print_machines(spots: Sequence[Spot]) -> None:
    """Machines, those at work first."""
    from dcops.cli.output import table

    ordered = sorted(spots, key=lambda spot: not spot.at_work)
    styles = ["" if spot.at_work else "dim" for spot in ordered]
    heads = ("machine", "power", "host", "rack", "cluster", "datastores", "vcenter")
    table(heads, [_row(spot) for spot in ordered], styles=styles if any(styles) else None)


def _row(spot: Spot) -> tuple[str, ...]:
    machine, host = spot.machine, spot.host
    kind = " (replica)" if machine.replica else " (template)" if machine.template else ""
    return (
        one_line(machine.name),
        f"{machine.power.value if machine.power else 'not known'}{kind}",
        one_line(host.name) if host else "not known",
        (host.rack if host else "") or "-",
        one_line(host.cluster.name) if host and host.cluster else "-",
        one_line(", ".join(spot.datastores)) or "-",
        spot.vcenter,
    )


def print_loss(loss: Loss, whose: str = "") -> None:
    """What falls, system by system and machine by machine."""
    from dcops.cli.output import harmless, table
    from dcops.placement.failover import Fate

    click.echo(harmless(f"\nWithout {', '.join(host.name for host in loss.hosts)}:"))
    if not loss.machines:
        click.echo(harmless(f"  {f'{whose} loses nothing' if whose else 'nothing is lost'}: no such machine is there"))
        return
    counts = [(name, loss.count(Fate[name])) for name in _FATES]
    fates = ", ".join(f"{number} {_FATES[name]}" for name, number in counts if number)
    click.echo(f"  {counted(loss.machines, 'machine')}: {fates}")
    if loss.systems:
        table(
            ("system", "loses", "of", "then", "replicas elsewhere"),
            [_system(one) for one in loss.systems],
            styles=["bold red" if one.all_at_once else "" for one in loss.systems],
        )
    click.echo()
    table(("machine", "system", "host", "then", "why"), [_lost(one) for one in loss.machines])


def _system(one: SystemLoss) -> tuple[str, ...]:
    elsewhere = ", ".join(sorted({spot.vcenter for spot in one.replicas}))
    return (
        one.system,
        "all" if one.all_at_once else str(len(one.lost)),
        str(one.running),
        one.fate.value,
        f"{len(one.replicas)} in {elsewhere}" if one.replicas else "-",
    )


def _lost(one: LostMachine) -> tuple[str, ...]:
    return (
        one_line(one.spot.machine.name),
        ", ".join(one.spot.systems) or "-",
        one_line(one.spot.host.name) if one.spot.host else "-",
        one.verdict.fate.value,
        one_line(one.verdict.why) or "-",
    )


def one_line(text: str) -> str:
    """A name as a cell can hold it: some have line breaks in them."""
    return " ".join(text.split())


def counted(things: int | Sequence[object], noun: str) -> str:
    """`1 host`, `2 hosts`."""
    number = things if isinstance(things, int) else len(things)
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
