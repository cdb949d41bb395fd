"""`dcops archive items`: what was declared about backups, and what of it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dcops.cli.options import format_option, load_settings, selection_options
from dcops.cli.output import harmless, print_json, table

if TYPE_CHECKING:
    from dcops.inventory.select import Selection
    from dcops.model.backup_item import BackupItem
    from dcops.policy.promises import ItemStanding, Promises

NOT_OBSERVED = "not observed by dcops yet"
_MOST_FINDINGS = 60


@click.command()
@selection_options
@format_option
@click.pass_context
def items(ctx: click.Context, selection: Selection, output: str) -> None:
    """What is declared about backups, and what of it holds.

    The inventory declares in backup_items how secret a backup is, how often it is made, where it is kept and for how
    long, and how often a restore is tried. What other products back up is listed, and dcops does not observe it yet.
    Sealed files are read and their hashes recomputed; the second store is judged by what was seen there last.

    Exit code 1 when something is not as declared, could not be looked at, or a device is declared by no item.

    \b
    dcops archive items
    dcops archive items --role firewall --format json
    """
    found = _look(ctx, selection)
    if output == "json":
        print_json(_json(found))
    else:
        _show(found)
    ctx.exit(1 if found.findings else 0)


def _look(ctx: click.Context, selection: Selection) -> Promises:
    """How everything stands; of a selection only the items with a device in it."""
    from dcops.assembly.here import now
    from dcops.assembly.stores import archive_of, inventory_of, ledger_of, second_store_of
    from dcops.inventory.select import select
    from dcops.jobs import promises

    settings = load_settings(ctx)
    inventory = inventory_of(settings)
    chosen = select(inventory.devices, selection)
    with ledger_of(settings) as ledger:
        return promises.look(
            inventory=inventory,
            ledger=ledger,
            archive=archive_of(settings),
            now=now(),
            has_copy=bool(settings.copy.to),
            second_store=lambda: second_store_of(settings),
            devices=None if selection.everything else chosen,
        )


def _show(found: Promises) -> None:
    from dcops.cli.findings_output import show_findings
    from dcops.model.finding import Status

    shown = found.items
    rows = [
        (
            one.item.name,
            one.item.title,
            one.item.classification.value,
            f"{one.item.every_hours} h",
            ", ".join(one.item.places),
            str(one.item.retention),
            f"{one.item.restore_test_days} days",
            _standing(one),
        )
        for one in shown
    ]
    if rows:
        headings = ("Item", "Title", "Class", "Every", "Places", "Kept", "Restore test", "Devices")
        table(headings, rows, styles=[_style(one) for one in shown])
    else:
        click.echo("Nothing is declared: see docs/how-to/declared-backups.md")
    for one in shown:
        if not one.item.observed:
            proof = f"; proof: {one.item.proof}" if one.item.proof else ""
            click.echo(harmless(f"{one.item.name}: {NOT_OBSERVED}, made by {one.item.product}{proof}"))
    if found.undeclared:
        names = ", ".join(finding.device for finding in found.undeclared)
        click.echo(harmless(f"\nDeclared by no item ({len(found.undeclared)}): {names}"))
    open_ones = [finding for finding in found.findings if finding not in found.undeclared]
    if open_ones:
        click.echo("")
        show_findings(open_ones[:_MOST_FINDINGS])
    if len(open_ones) > _MOST_FINDINGS:
        click.echo(f"and {len(open_ones) - _MOST_FINDINGS} more: see --format json")
    unknown = sum(finding.status is Status.COULD_NOT_CHECK for finding in found.findings)
    counts = f"{_counted(len(shown), 'item')}, {_counted(sum(len(one.devices) for one in shown), 'device')}"
    words = f"{_counted(len(found.findings), 'finding')}" if found.findings else "all as declared"
    click.echo(f"\n{counts}: {words}{f', {unknown} of them could not be checked' if unknown else ''}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _standing(one: ItemStanding) -> str:
    """How many devices it has, and how many of them stand how."""
    from dcops.policy.promises import Standing

    if not one.item.observed:
        return NOT_OBSERVED
    if not one.devices:
        return "none"
    counts = ((one.count(standing), standing) for standing in Standing)
    return f"{len(one.devices)}: " + ", ".join(f"{number} {standing}" for number, standing in counts if number)


def _style(one: ItemStanding) -> str:
    from dcops.policy.promises import Standing

    if one.count(Standing.BROKEN) or one.own:
        return "bold red"
    if one.count(Standing.UNKNOWN):
        return "yellow"
    return "" if one.devices else "dim"


def _json(found: Promises) -> dict[str, Any]:
    from dcops.jobs.runs.result import finding_json
    from dcops.policy.promises import Standing

    shown = found.items

    def total(standing: Standing) -> int:
        return sum(one.count(standing) for one in shown)

    return {
        "command": "archive items",
        "summary": {
            "items": len(shown),
            "not_observed": sum(not one.item.observed for one in shown),
            "devices": sum(len(one.devices) for one in shown),
            "as_declared": total(Standing.KEPT),
            "not_as_declared": total(Standing.BROKEN),
            "could_not_check": total(Standing.UNKNOWN),
            "undeclared": len(found.undeclared),
            "findings": len(found.findings),
        },
        "items": [_item(one) for one in shown],
        "undeclared": [finding.device for finding in found.undeclared],
        "findings": [finding_json(finding) for finding in found.findings],
    }


def _item(one: ItemStanding) -> dict[str, Any]:
    item: BackupItem = one.item
    offline = item.offline
    return {
        "item": item.name,
        "title": item.title,
        "what": item.what,
        "observed": item.observed,
        "classification": item.classification,
        "every_hours": item.every_hours,
        "places": item.places,
        "offline": {
            "medium": offline.medium,
            "encrypted": offline.encrypted,
            "confirmed": offline.confirmed,
            "max_age_days": offline.max_age_days,
        }
        if offline
        else None,
        "retention": {
            "all_days": item.retention.all_days,
            "monthly": item.retention.monthly,
            "yearly": item.retention.yearly,
        },
        "restore_test_days": item.restore_test_days,
        "product": item.product,
        "proof": item.proof,
        "systems": item.systems,
        "devices": [{"device": name, "standing": one.standing(name)} for name in one.devices],
    }
