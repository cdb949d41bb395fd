"""`dcops secrets`: which credentials are named, and which are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dcops.cli.options import format_option, load_settings

if TYPE_CHECKING:
    from dcops.credentials import Credentials
    from dcops.inventory.inventory import Inventory


@click.group()
def command() -> None:
    """Which credentials are named, and which are found."""


@command.command()
@format_option
@click.pass_context
def check(ctx: click.Context, output: str) -> None:
    """Say for every credential of the inventory where it is found and which parts it has, never its values.

    Exit code 1 when one is missing, not complete for what it is used for, has an SSH key that is not there or open to
    others, or a password too short for SNMP version 3.
    """
    from dcops.assembly.stores import inventory_of
    from dcops.cli.output import print_json
    from dcops.credentials import Credentials

    settings = load_settings(ctx)
    inventory = inventory_of(settings)
    credentials = Credentials.of(settings.credentials.providers, settings.credentials.file)
    items = _items(inventory, credentials)
    wanting = [item for item in items if item["result"] != "found"]
    if output == "json":
        summary = {"credentials": len(items), "found": len(items) - len(wanting), "wanting": len(wanting)}
        print_json({"command": "secrets check", "summary": summary, "items": items})
    else:
        _print(items, wanting)
    ctx.exit(1 if wanting else 0)


def _items(inventory: Inventory, credentials: Credentials) -> list[dict[str, Any]]:
    from dcops.credentials.fitness import fitness
    from dcops.credentials.provider import LOGIN, parts_of
    from dcops.inventory.logins import UNUSED, uses_of

    uses = uses_of(inventory.devices)
    items = []
    for named in inventory.credentials:
        found = credentials.find(named.name)
        use = uses.get(named.name, UNUSED)
        logs_in = bool(use.opens) or not use.asks
        state = fitness(found, logs_in=logs_in, parts=use.parts, v3=use.v3)
        result, next_step = "found", ""
        if found is None:
            wanted = tuple(dict.fromkeys((*(LOGIN if logs_in else ()), *use.parts)))
            result, next_step = "missing", credentials.how_to_add(named.name, wanted)
        elif state.missing:
            result, next_step = "incomplete", f"add {' and '.join(state.missing)}"
        elif state.flaw:
            result, next_step = "unusable", ". ".join(state.flaw)
        items.append(
            {
                "credential": named.name,
                "result": result,
                "source": found.source if found else None,
                "parts": list(parts_of(found)) if found else [],
                "devices": sorted(use.devices),
                "next_step": next_step,
            }
        )
    return items


def _print(items: list[dict[str, Any]], wanting: list[dict[str, Any]]) -> None:
    from dcops.cli.output import harmless, table

    table(
        ("CREDENTIAL", "RESULT", "FOUND IN", "PARTS", "DEVICES"),
        [
            (
                item["credential"],
                item["result"],
                item["source"] or "-",
                ", ".join(item["parts"]) or "-",
                _some(item["devices"]),
            )
            for item in items
        ],
        styles=["" if item["result"] == "found" else "red" for item in items],
    )
    for item in wanting:
        click.echo(harmless(f"{item['credential']}: {item['next_step']}"))
    click.echo(f"{len(items) - len(wanting)} of {len(items)} credentials found")


def _some(names: list[str], most: int = 4) -> str:
    if not names:
        return "none"
    return ", ".join(names) if len(names) <= most else f"{', '.join(names[:most])} and {len(names) - most} more"
