"""`dcops snmp`: asks agents, finds out which profiles fit them, and records them for the lab. It only reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dcops.cli.options import format_option, load_settings, quiet_option, selection_options

if TYPE_CHECKING:
    from dcops.inventory.select import Selection

WHOLE_TREE = "1.3.6.1"


@click.group()
def command() -> None:
    """Ask agents over SNMP. Nothing is ever set.

    \b
    dcops snmp identify ups-1            which profiles fit it, and what to write into the inventory
    dcops snmp profiles ups-mib          what a profile gives
    dcops snmp get ups-1 1.3.6.1.2.1.1.1.0
    dcops snmp walk ups-1 --to ups-1.snmprec
    """


@command.command()
@click.argument("device", metavar="DEVICE")
@click.argument("oids", metavar="OID…", nargs=-1, required=True)
@format_option
@click.pass_context
def get(ctx: click.Context, device: str, oids: tuple[str, ...], output: str) -> None:
    """Ask an agent for single values, by their numbers.

    Exit code 1 when the device does not answer, or has not all of them.

    \b
    dcops snmp get ups-1 1.3.6.1.2.1.1.1.0 1.3.6.1.2.1.33.1.4.1.0
    dcops snmp get ups-1 1.3.6.1.2.1.1.3.0 --format json
    """
    from dcops.cli import snmp_values

    names = snmp_values.encoded(oids)
    settings = load_settings(ctx)
    ctx.exit(snmp_values.get(settings, device, oids, names, as_json=output == "json"))


@command.command()
@click.argument("device", metavar="DEVICE")
@click.argument("oids", metavar="[OID]…", nargs=-1)
@click.option("--to", "file", metavar="FILE.snmprec", help="Write a recording that the lab can serve, a new file.")
@click.option(
    "--anonymous",
    is_flag=True,
    help="In the recording, replace addresses and serial numbers, and leave out tables that addresses number.",
)
@click.option(
    "--seconds", type=click.FloatRange(1, 3600), default=300.0, show_default=True, help="How long it may take."
)
@format_option
@quiet_option
@click.pass_context
def walk(
    ctx: click.Context,
    device: str,
    oids: tuple[str, ...],
    file: str | None,
    anonymous: bool,
    seconds: float,
    output: str,
    quiet: bool,
) -> None:
    """Ask an agent for all that lies below some numbers; without any, for all that it has.

    A recording holds neither the login that was used nor the tables in which agents keep communities and users. Read
    it before you give it away: other makers' tables may hold passwords, and names, places and, unless you say
    --anonymous, addresses and serial numbers stay in it.

    \b
    dcops snmp walk ups-1 1.3.6.1.2.1.33
    dcops snmp walk ups-1 --to ups-1.snmprec --anonymous
    """
    from pathlib import Path

    from dcops.cli import snmp_values
    from dcops.errors import UsageError

    if anonymous and not file:
        raise UsageError("--anonymous is about a recording", next_step="Say where to write it with --to FILE.snmprec")
    target = Path(file) if file else None
    if target and target.exists():
        raise UsageError(f"{target} is there already", next_step="Give another name with --to, or move it away")
    names = snmp_values.encoded(oids or (WHOLE_TREE,))
    asked = snmp_values.Walk(names, seconds, target, anonymous, as_json=output == "json", quiet=quiet)
    ctx.exit(snmp_values.walk(load_settings(ctx), device, asked))


@command.command()
@click.argument("names", metavar="[DEVICE]…", nargs=-1)
@selection_options
@format_option
@quiet_option
@click.pass_context
def identify(ctx: click.Context, names: tuple[str, ...], selection: Selection, output: str, quiet: bool) -> None:
    """Ask agents for what each profile is recognised by, and propose those that fit.

    Exit code 1 when the inventory says otherwise, or a device does not answer.

    \b
    dcops snmp identify ups-1
    dcops snmp identify --role ups --format json
    """
    from dataclasses import replace

    from dcops.cli import snmp_identify

    chosen = replace(selection, devices=(*selection.devices, *names))
    ctx.exit(snmp_identify.identify(load_settings(ctx), chosen, as_json=output == "json", quiet=quiet))


@command.command()
@click.argument("name", metavar="[NAME]", required=False)
@format_option
@click.pass_context
def profiles(ctx: click.Context, name: str | None, output: str) -> None:
    """Which families of devices dcops understands, and what each of them gives.

    With a NAME its metrics, their labels and what they mean, and how such a device is recognised.

    \b
    dcops snmp profiles
    dcops snmp profiles ups-mib
    """
    from dcops.cli import snmp_profiles
    from dcops.errors import UsageError

    try:
        root = load_settings(ctx).paths.inventory.parent
    except UsageError:
        # Without a site root there is nothing of its own to add to what ships.
        if ctx.find_root().obj:
            raise
        root = None
    snmp_profiles.profiles(root, name, as_json=output == "json")
