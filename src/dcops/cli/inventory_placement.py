"""`dcops inventory placement`."""

from __future__ import annotations

import click

from dcops.cli.options import format_option, load_settings


@click.command()
@click.option(
    "--without", "lost", multiple=True, metavar="HOST", help="What falls if this host, or a rack, is lost. Repeatable."
)
@click.option("--fresh", is_flag=True, help="Ask the vCenters now, instead of what was last written.")
@format_option
@click.pass_context
def placement(ctx: click.Context, lost: tuple[str, ...], fresh: bool, output: str) -> None:
    """What runs where, and where that does not fit the inventory.

    Found are machines of no system or of several, systems without machines, hosts that only the vCenter or only the
    inventory has, and machines that stand in for each other on one host. What could not be seen is found as well.

    With --without it tells what falls with a host: systems, machines, and what HA does about each.

    Exit code 1 when something was found, with --without when anything does not come back by itself.

    \b
    dcops inventory placement
    dcops inventory placement --without esx-07
    dcops inventory placement --without A03            all hosts of a rack at once
    """
    from dcops.assembly.here import now
    from dcops.assembly.placement import hosts_called, known_of, nothing_known, world_of
    from dcops.assembly.stores import inventory_of
    from dcops.cli import placement_output
    from dcops.cli.findings_output import show_findings
    from dcops.cli.output import harmless, print_json
    from dcops.cli.placement_json import ages_as_json, loss_as_json, summary_as_json
    from dcops.jobs.runs.result import finding_json
    from dcops.placement.gaps import findings, not_seen
    from dcops.placement.loss import without

    settings = load_settings(ctx)
    inventory = inventory_of(settings)
    known = known_of(settings, inventory, fresh=fresh)
    if not known.placements:
        raise nothing_known(known)
    world = world_of(inventory, known)
    moment = now()
    if lost:
        loss = without(world, hosts_called(inventory, world, known, lost))
        if output == "json":
            told = {"as_of": ages_as_json(known, moment), "summary": summary_as_json(world.spots)}
            print_json({"command": "inventory placement", **told, "without": loss_as_json(loss)})
        else:
            placement_output.print_ages(known, moment)
            placement_output.print_loss(loss)
        ctx.exit(1 if loss.lasting or known.lacking else 0)
    found = (*(not_seen(name, why) for name, why in known.lacking.items()), *findings(world, moment))
    if output == "json":
        print_json(
            {
                "command": "inventory placement",
                "as_of": ages_as_json(known, moment),
                "summary": {**summary_as_json(world.spots), "findings": len(found)},
                "findings": [finding_json(finding) for finding in found],
            }
        )
    else:
        click.echo(harmless(f"{placement_output.carries(world.spots)}:".removeprefix("Carries ")))
        placement_output.print_ages(known, moment)
        show_findings(found)
    ctx.exit(1 if found else 0)
