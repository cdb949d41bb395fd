"""`dcops restore`: from the archive back to a running device."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcops.cli.options import format_option, load_settings
from dcops.cli.restore_drill import drill, history

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.jobs.restore_plan import Rooms
    from dcops.model.platform import CliPlatform
    from dcops.settings import Settings

SOURCES = ("running", "startup", "candidate", "state", "file")
CASES = ("replacement", "repair")


@click.group()
def command() -> None:
    """From the archive back to a running device.

    Nothing here touches a device: `plan` says what a person does, step by step.
    """


command.add_command(drill)
command.add_command(history)


@command.command()
@click.argument("device")
@click.option(
    "--at",
    metavar="REV|DATE",
    help="Version in force then: a revision, a day (2026-01-15) or a time (RFC 3339). Default: the newest.",
)
@click.option(
    "--source",
    type=click.Choice(SOURCES),
    help="Which document to send. Default: the first that restores: running, startup, candidate, file.",
)
@click.option(
    "--case",
    type=click.Choice(CASES),
    help="Only this way: replacement (it is dead) or repair (it runs, its configuration is wrong). Default: both.",
)
@format_option
@click.pass_context
def plan(ctx: click.Context, device: str, at: str | None, source: str | None, case: str | None, output: str) -> None:
    """How DEVICE comes back: what is sent, each step, and what no archive brings back.

    The sealed file is read and checked; the device is not touched, nobody logs in anywhere. Works without network,
    ledger and keys, and on a copy of the archive: dcops -C PLACE restore plan DEVICE. Exit code 1 when the sealed
    file is damaged or missing, or nothing that is archived can restore the device; the ways out are named.

    \b
    dcops restore plan fw-main-1 --case replacement    it is dead, and a blank box takes its place
    dcops restore plan fw-main-1 --at 2026-01-15       as it was on that day
    """
    from dataclasses import replace

    from dcops.cli.output import print_json
    from dcops.cli.restore_output import plan_json, show_plan
    from dcops.jobs import restore_plan
    from dcops.model.snapshot import ConfigSource

    settings = load_settings(ctx)
    made = restore_plan.plan(
        _rooms(ctx, settings, device), device, at=at, source=ConfigSource(source) if source else None
    )
    if case:
        made = replace(made, ways=tuple(way for way in made.ways if way.case == case))
    if output == "json":
        print_json(plan_json(made))
    else:
        show_plan(made)
    ctx.exit(0 if made.stands else 1)


def _rooms(ctx: click.Context, settings: Settings, device: str) -> Rooms:
    from dcops.assembly.here import now
    from dcops.assembly.stores import archive_of
    from dcops.jobs.restore_plan import Rooms

    inventory = _inventory(settings)
    stated = next((one for one in inventory.devices if one.name == device), None) if inventory else None
    return Rooms(
        archive=archive_of(settings),
        device=stated,
        lab=bool(inventory and inventory.lab),
        description_of=lambda platform: _description(settings, platform),
        command=_command(ctx, settings),
        second_store=_second_store(settings),
        clock=now,
    )


def _inventory(settings: Settings) -> Inventory | None:
    """The inventory; None on a copy of the archive, which has none, and when it has mistakes: that must stop nobody."""
    from dcops.assembly.stores import inventory_of
    from dcops.cli.direct import warn
    from dcops.errors import DcopsError

    if not settings.paths.inventory.is_dir():
        return None
    try:
        return inventory_of(settings)
    except DcopsError as error:
        warn(f"the plan is made without the inventory: {error.message.splitlines()[0]} (dcops inventory check)")
        return None


def _description(settings: Settings, platform: str) -> CliPlatform | None:
    """The description of a platform; what ships with dcops where the site's own has mistakes or says no way back."""
    from dataclasses import replace

    from dcops.assembly.reach import described_platforms_of
    from dcops.cli.direct import warn
    from dcops.devices.described.shelf import Described
    from dcops.errors import InvalidInput
    from dcops.templates.find import data_folder

    shipped = Described([data_folder("platforms")])
    try:
        own = described_platforms_of(settings).get(platform)
    except InvalidInput as error:
        warn(f"the plan is made without this site's own description of {platform}: {error.message.splitlines()[0]}")
        return shipped.get(platform)
    ours = shipped.get(platform) if own and own.restore is None else None
    return replace(own, restore=ours.restore) if own and ours else own


def _command(ctx: click.Context, settings: Settings) -> str:
    """How the commands of the plan call dcops: with the site root that this call was given, if it was."""
    given = ctx.find_root().obj or os.environ.get("DCOPS_ROOT")
    return f"dcops -C {shlex.quote(str(settings.root))}" if given else "dcops"


def _second_store(settings: Settings) -> Path | str:
    """The folder or the address that `[copy]` names; empty when it names none that can be used."""
    from dcops.archive.copies.address import parse
    from dcops.errors import InvalidInput

    if not settings.copy.to:
        return ""
    try:
        place = parse(settings.copy.to, settings.root)
    except InvalidInput:
        return ""
    return place if isinstance(place, Path) else str(place)
