"""`dcops inventory`: check and look at what we own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dcops.cli.discover import discover
from dcops.cli.inventory_export import export
from dcops.cli.inventory_import import import_file
from dcops.cli.inventory_placement import placement
from dcops.cli.inventory_show import plain, show
from dcops.cli.options import format_option, load_settings, selection_options

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.inventory.select import Selection


@click.group()
def command() -> None:
    """Check and look at what we own."""


command.add_command(show)
command.add_command(placement)
command.add_command(discover)
command.add_command(import_file)
command.add_command(export)


@command.command()
@format_option
@click.pass_context
def check(ctx: click.Context, output: str) -> None:
    """Find every mistake in the inventory, with its file and line.

    Exit code 1 when there is one.
    """
    from dcops.cli.output import harmless, print_json
    from dcops.inventory.load import check as check_folder
    from dcops.templates.find import shipped_names

    folder = load_settings(ctx).paths.inventory
    inventory, mistakes = check_folder(folder, profiles=shipped_names("exporters/snmp"))
    if output == "json":
        print_json(
            {
                "command": "inventory check",
                "summary": {"mistakes": len(mistakes), **(_counts(inventory) if inventory else {})},
                "items": [
                    {"file": item.file, "line": item.line, "message": item.message, "hint": item.hint}
                    for item in mistakes
                ],
            }
        )
    elif inventory is None:
        for mistake in mistakes:
            click.echo(harmless(str(mistake)))
    else:
        click.echo(f"{_counted(inventory)}: no mistakes")
    ctx.exit(1 if mistakes else 0)


@command.command(name="list")
@selection_options
@format_option
@click.pass_context
def list_devices(
    ctx: click.Context,
    selection: Selection,
    output: str,
) -> None:
    """List devices, those of other organisations too (dim, marked `foreign`).

    \b
    dcops inventory list
    dcops inventory list --site dr --role firewall
    """
    from dcops.assembly.stores import inventory_of
    from dcops.cli.output import print_json, table
    from dcops.inventory.select import select

    inventory = inventory_of(load_settings(ctx))
    chosen = select(inventory.devices, selection, include_foreign=True)
    if output == "json":
        print_json({"command": "inventory list", "summary": {"devices": len(chosen)}, "items": [*map(plain, chosen)]})
        return
    table(
        ("DEVICE", "SITE", "ROLE", "PLATFORM", "MODEL", "ADDRESS", "CRITICALITY"),
        [
            (
                device.name,
                device.site,
                device.role,
                "foreign" if device.foreign else device.platform or "-",
                f"{device.vendor} {device.model}",
                (device.management.address if device.management else None) or "-",
                device.criticality.value,
            )
            for device in chosen
        ],
        styles=["dim" if device.foreign else "" for device in chosen],
    )
    click.echo(f"{len(chosen)} of {len(inventory.devices)} devices")


@command.command()
def schema() -> None:
    """Print the JSON Schema of an inventory file, for editors.

    \b
    dcops inventory schema > inventory.schema.json
    Then write as the first line of a file, for editors with the YAML language server:
    # yaml-language-server: $schema=../inventory.schema.json
    """
    from dcops.cli.output import print_json
    from dcops.inventory.schema import json_schema

    print_json(json_schema())


def _counts(inventory: Inventory) -> dict[str, int]:
    return {
        "devices": len(inventory.devices),
        "sensors": len(inventory.sensors),
        "sites": len(inventory.sites),
        "racks": len(inventory.racks),
        "circuits": len(inventory.circuits),
        "prefixes": len(inventory.prefixes),
        "systems": len(inventory.systems),
        "dr_pairs": len(inventory.dr_pairs),
        "credentials": len(inventory.credentials),
        "backup_items": len(inventory.backup_items),
    }


def _counted(inventory: Inventory) -> str:
    """`40 devices, 2 sites, 1 rack`."""
    one = {"dr_pairs": "DR pair", "prefixes": "prefix", "backup_items": "backup item"}
    many = {"dr_pairs": "DR pairs", "backup_items": "backup items"}
    parts = []
    for key, number in _counts(inventory).items():
        word = one.get(key, key[:-1]) if number == 1 else many.get(key, key)
        parts.append(f"{number} {word}")
    return ", ".join(parts)
