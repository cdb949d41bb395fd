"""`dcops archive keys`: the holders who can open what is sealed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcops.cli.options import format_option, load_settings

if TYPE_CHECKING:
    from dcops.archive.holders import Holder


@click.group()
def keys() -> None:
    """The holders: who can open what is sealed.

    Two or more, kept apart: at the main site, at the DR site, offline. The host that backs up keeps none of the
    private keys.
    """


@keys.command("list")
@format_option
@click.pass_context
def list_keys(ctx: click.Context, output: str) -> None:
    """Every holder and their public key."""
    from dcops.archive.holders import FEWEST, load_holders
    from dcops.archive.site_key import SiteKey
    from dcops.cli.output import print_json, table

    paths = load_settings(ctx).paths
    holders = load_holders(paths.keys)
    site_key = SiteKey.load(paths.state)
    if output == "json":
        listed = [{"name": holder.name, "recipient": holder.recipient} for holder in holders]
        print_json(
            {
                "command": "archive keys list",
                "holders": listed,
                "enough": len(holders) >= FEWEST,
                "site_key": site_key.id if site_key else None,
            }
        )
        return
    table(("Holder", "Public key"), [(holder.name, holder.recipient) for holder in holders])
    click.echo(f"Site key: {site_key.id if site_key else 'none yet'}")
    if len(holders) < FEWEST:
        click.echo(f"dcops backup needs {FEWEST} holders: dcops archive keys create NAME --identity FILE")


@keys.command("create")
@click.argument("name")
@click.option("--identity", required=True, metavar="FILE", help="New file for the private key.")
@format_option
@click.pass_context
def create_key(ctx: click.Context, name: str, identity: str, output: str) -> None:
    """Make a key pair for a new holder.

    The private part goes into FILE, which must not exist; the public part is added to the holders. What was sealed
    before stays as it is: a new holder opens what is sealed from now on.
    """
    from dcops.archive.holders import create_holder

    paths = load_settings(ctx).paths
    holders = create_holder(paths.keys, name, Path(identity))
    _after_change(ctx, holders, output, "archive keys create", name)
    if output == "table":
        click.echo(f"The private key of {name} is in {click.format_filename(identity)}.")
        click.echo(
            f"Move it off this host now, to where {name} is kept (a stick in a safe, a password store), and keep no"
            " copy here: this host needs only the public part. Who loses it cannot open anything with it again."
        )


@keys.command("add")
@click.argument("name")
@click.argument("recipient")
@format_option
@click.pass_context
def add_key(ctx: click.Context, name: str, recipient: str, output: str) -> None:
    """Add a holder who made the key elsewhere: RECIPIENT is the public key, age1…"""
    from dcops.archive.holders import add_holder

    paths = load_settings(ctx).paths
    _after_change(ctx, add_holder(paths.keys, name, recipient), output, "archive keys add", name)


def _after_change(ctx: click.Context, holders: tuple[Holder, ...], output: str, name: str, holder: str) -> None:
    """Renew the sealed copy of the site key, and say who the holders are now."""
    from dcops.archive.holders import FEWEST
    from dcops.archive.site_key import SiteKey
    from dcops.cli.audit import record
    from dcops.cli.output import print_json

    settings = load_settings(ctx)
    SiteKey.load_or_create(settings.paths.state, settings.paths.keys, holders)
    record(settings, name, result=f"holder {holder}")
    if output == "json":
        listed = [{"name": one.name, "recipient": one.recipient} for one in holders]
        print_json({"command": name, "holders": listed, "enough": len(holders) >= FEWEST})
        return
    click.echo(f"Holders now: {', '.join(one.name for one in holders)}.")
    if len(holders) < FEWEST:
        click.echo("One more is needed before dcops backup can run.")
