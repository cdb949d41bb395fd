"""`dcops inventory`: check and look at what we own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.discover import discover
from dcops.cli.inventory_export import export
from dcops.cli.inventory_import import import_file
from dcops.cli.options import format_option, load_settings, selection_options

if TYPE_CHECKING:
    from dcops.inventory.inventory import Inventory
    from dcops.inventory.mentions import Mention
    from dcops.inventory.select import Selection


@click.group()
def command() -> None:
    """Check and look at what we own."""


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
        print_json({"command": "inventory list", "summary": {"devices": len(chosen)}, "items": [*map(_plain, chosen)]})
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
@click.argument("name")
@format_option
@click.pass_context
def show(ctx: click.Context, name: str, output: str) -> None:
    """Everything about one thing, and who refers to it.

    NAME is a device, sensor, system, rack, site, circuit, credential or backup item.
    """
    from datetime import date

    from dcops.assembly.stores import inventory_of
    from dcops.cli.output import print_json
    from dcops.inventory.mentions import support_warning

    inventory = inventory_of(load_settings(ctx))
    found = [
        (noun, thing, list(mentions(inventory, name)))
        for noun, things, mentions in _kinds(inventory)
        for thing in things
        if thing.name == name
    ]
    if not found:
        raise _unknown(inventory, name)
    items = []
    for noun, thing, mentions in found:
        support = getattr(thing, "support", None)
        warning = support_warning(support, date.today()) if support else ""
        items.append({"kind": noun, "name": name, "values": _plain(thing), "warning": warning, "mentions": mentions})
    if output == "json":
        plain = [{**item, "mentions": [*map(_plain, item["mentions"])]} for item in items]
        print_json({"command": "inventory show", "summary": {"things": len(plain)}, "items": plain})
        return
    for item in items:
        _print_thing(item)


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


def _kinds(
    inventory: Inventory,
) -> tuple[tuple[str, tuple[Any, ...], Callable[[Inventory, str], Iterator[Mention]]], ...]:
    from dcops.inventory import mentions

    return (
        ("device", inventory.devices, mentions.of_device),
        ("sensor", inventory.sensors, lambda _inventory, _name: iter(())),
        ("system", inventory.systems, mentions.of_system),
        ("rack", inventory.racks, mentions.of_rack),
        ("site", inventory.sites, mentions.of_site),
        ("circuit", inventory.circuits, lambda _inventory, _name: iter(())),
        ("credential", inventory.credentials, mentions.of_credential),
        ("backup item", inventory.backup_items, mentions.of_backup_item),
    )


def _unknown(inventory: Inventory, name: str) -> Exception:
    from dcops.errors import UsageError
    from dcops.inventory.inventory import sentence
    from dcops.inventory.words import did_you_mean, shown

    known = {thing.name for _, things, _ in _kinds(inventory) for thing in things}
    return UsageError(f"the inventory has nothing called {shown(name)}", next_step=sentence(did_you_mean(name, known)))


def _print_thing(item: dict[str, Any]) -> None:
    from dcops.cli.output import harmless, table

    click.echo(f"{item['kind']} {item['name']}")
    for key, value in _lines(item["values"]):
        if key != "name":
            click.echo(harmless(f"  {key:<26} {value}"))
    if item["warning"]:
        click.secho(f"  ! {item['warning']}", fg="yellow")
    if item["mentions"]:
        click.echo()
        table(("REFERRED TO BY", "NAME", "HOW"), [(each.kind, each.name, each.how) for each in item["mentions"]])


def _lines(value: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Flat `key  value` lines of nested values, without those that say nothing."""
    for key, inner in value.items():
        name = f"{before}{key}"
        if isinstance(inner, dict):
            yield from _lines(inner, f"{name}.")
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            for index, part in enumerate(inner):
                yield from _lines(part, f"{name}[{index}].")
        elif inner not in (None, [], ""):
            yield name, ", ".join(map(str, inner)) if isinstance(inner, list) else _word(inner)


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _plain(thing: Any) -> Any:
    """A thing of the model as JSON knows it."""
    from dataclasses import fields, is_dataclass
    from enum import Enum

    if is_dataclass(thing):
        return {item.name: _plain(getattr(thing, item.name)) for item in fields(thing)}
    if isinstance(thing, tuple | list):
        return [_plain(item) for item in thing]
    if isinstance(thing, Enum):
        return thing.value
    return thing if thing is None or isinstance(thing, bool | int | str) else str(thing)


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
