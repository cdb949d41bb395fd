"""`dcops inventory show`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.options import format_option, load_settings

if TYPE_CHECKING:
    from dcops.cli.whereabouts import Whereabouts
    from dcops.inventory.inventory import Inventory
    from dcops.inventory.mentions import Mention


@click.command()
@click.argument("name")
@click.option(
    "--without", "lost", multiple=True, metavar="HOST", help="What falls if this host, or a rack, is lost. Repeatable."
)
@click.option("--fresh", is_flag=True, help="Ask the vCenters now where things run, instead of what was last written.")
@format_option
@click.pass_context
def show(ctx: click.Context, name: str, lost: tuple[str, ...], fresh: bool, output: str) -> None:
    """Everything about one thing, who refers to it, and where it runs.

    NAME is a device, sensor, system, rack, site, circuit, credential, backup item or virtual machine. Of a system, an
    ESXi host and a machine it tells where they run, and always as of when: the exporter writes that down as it changes.

    \b
    dcops inventory show sso
    dcops inventory show sso --without esx-07     what of it falls with this host, and what HA does about it
    dcops inventory show esx-07 --without esx-07  all that falls with it
    dcops inventory show vc-main/sso-db-1         a machine, of one vCenter
    """
    from dcops.assembly.stores import inventory_of
    from dcops.cli.output import print_json
    from dcops.cli.whereabouts import Whereabouts

    settings = load_settings(ctx)
    inventory = inventory_of(settings)
    found = list(_found(inventory, name))
    where = Whereabouts(settings, inventory, lost=lost, fresh=fresh)
    found += where.machines_called(name, found)
    if not found:
        raise _unknown(inventory, name, where)
    where.refuse_in_vain(found)
    if output == "json":
        things = [{**item, "mentions": [*map(plain, item["mentions"])], **where.as_json(item)} for item in found]
        for thing in things:
            thing.pop("spot", None)
        print_json({"command": "inventory show", "summary": {"things": len(things)}, "items": things})
        return
    for item in found:
        _print_thing(item)
        where.print(item)


def _found(inventory: Inventory, name: str) -> Iterator[dict[str, Any]]:
    from datetime import date

    from dcops.inventory.mentions import support_warning

    for noun, things, mentions in _kinds(inventory):
        for thing in things:
            if thing.name == name:
                support = getattr(thing, "support", None)
                warning = support_warning(support, date.today()) if support else ""
                about = {"kind": noun, "name": name, "values": plain(thing), "warning": warning}
                yield {**about, "mentions": list(mentions(inventory, name))}


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


def _unknown(inventory: Inventory, name: str, where: Whereabouts) -> Exception:
    from dcops.errors import UsageError
    from dcops.inventory.inventory import sentence
    from dcops.inventory.words import did_you_mean, shown

    known = {thing.name for _, things, _ in _kinds(inventory) for thing in things}
    steps = [sentence(did_you_mean(name, known | where.machine_names)), where.unseen]
    return UsageError(
        f"the inventory has nothing called {shown(name)}, and no machine is known by that name",
        next_step=". ".join(filter(None, steps)),
    )


def _print_thing(item: dict[str, Any]) -> None:
    from dcops.cli.output import harmless, table

    click.echo(harmless(f"{item['kind']} {item['name']}"))
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


def plain(thing: Any) -> Any:
    """A thing of the model as JSON knows it."""
    from dataclasses import fields, is_dataclass
    from enum import Enum

    if is_dataclass(thing):
        return {item.name: plain(getattr(thing, item.name)) for item in fields(thing)}
    if isinstance(thing, tuple | list):
        return [plain(item) for item in thing]
    if isinstance(thing, Enum):
        return thing.value
    return thing if thing is None or isinstance(thing, bool | int | str) else str(thing)
