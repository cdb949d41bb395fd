"""`dcops backup`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dcops.cli.options import format_option, load_settings, quiet_option, selection_options

if TYPE_CHECKING:
    from dcops.inventory.select import Selection


@click.command()
@selection_options
@format_option
@quiet_option
@click.option(
    "--accept-smaller",
    is_flag=True,
    help="Archive a configuration even when it is much smaller than the last one.",
)
@click.option("--json", "file", metavar="FILE", help="Write the result to this file as JSON as well.")
@click.pass_context
def command(
    ctx: click.Context,
    selection: Selection,
    output: str,
    quiet: bool,
    accept_smaller: bool,
    file: str | None,
) -> None:
    """Read, validate and archive the configuration of every device.

    A configuration is archived only when it is complete; when nothing changed nothing is written. What is stored has
    two forms: a readable one without secrets, under git, and the exact bytes, sealed for the key holders.

    Exit code 1 when a device failed: the others are archived all the same.

    \b
    dcops backup                          every device of the inventory
    dcops backup --site dr --role firewall
    dcops backup --device rtr-edge-1 --format json
    """
    from dcops.assembly.reach import context_of
    from dcops.assembly.stores import inventory_of
    from dcops.cli.audit import record_run
    from dcops.cli.direct import direct
    from dcops.cli.progress import progress
    from dcops.cli.run_output import show_run, write_run
    from dcops.inventory.select import configured, select
    from dcops.jobs import backup, catalog
    from dcops.jobs.context import Call

    settings = load_settings(ctx)
    inventory = inventory_of(settings)
    chosen = configured(select(inventory.devices, selection), selection)
    share = 0.0 if accept_smaller else settings.backup.smallest_share
    with progress(quiet=quiet) as told:
        context = context_of(settings, Call(told))
        run = direct(settings, inventory).run(
            catalog.find(backup.NAME), chosen, lambda free: backup.run(context, free, smallest_share=share)
        )
    record_run(settings, run)
    if file:
        write_run(run, file)
    ctx.exit(show_run(run, output))
