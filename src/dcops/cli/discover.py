"""`dcops inventory discover`."""

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
@click.pass_context
def discover(ctx: click.Context, selection: Selection, output: str, quiet: bool) -> None:
    """Compare what stands on the network with the inventory, and the reverse.

    Devices are asked for their LLDP and CDP neighbours and their ARP and IPv6 neighbour tables. Found are neighbours
    that the inventory does not have, addresses in management and link networks that belong to no device, and devices
    of the inventory that nobody saw. Nothing is changed, on no device and in no file.

    Whether a device is missing is judged only when all devices of its site are asked.

    Exit code 1 when something was found or a device failed.

    \b
    dcops inventory discover
    dcops inventory discover --site dr --format json
    """
    from dcops.assembly.reach import context_of
    from dcops.assembly.stores import inventory_of
    from dcops.cli.audit import record_run
    from dcops.cli.direct import direct
    from dcops.cli.progress import progress
    from dcops.cli.run_output import show_run
    from dcops.inventory.select import configured, select
    from dcops.jobs import catalog, discovery
    from dcops.jobs.context import Call

    settings = load_settings(ctx)
    inventory = inventory_of(settings)
    chosen = configured(select(inventory.devices, selection), selection)
    with progress(quiet=quiet) as told:
        context = context_of(settings, Call(told))
        run = direct(settings).run(
            catalog.find(discovery.NAME), chosen, lambda free: discovery.run(context, inventory, free)
        )
    record_run(settings, run)
    ctx.exit(show_run(run, output))
