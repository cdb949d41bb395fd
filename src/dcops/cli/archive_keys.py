"""`dcops archive keys`: the holders who can open what is sealed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcops.cli.archive_access import check_keys, seen_by
from dcops.cli.archive_reseal import reseal
from dcops.cli.options import format_option, load_settings
from dcops.errors import UsageError

if TYPE_CHECKING:
    from dcops.archive.access import Access, Reach
    from dcops.archive.holders import Holder


@click.group()
def keys() -> None:
    """The holders: who can open what is sealed.

    Two or more, kept apart: at the main site, at the DR site, offline. The host that backs up keeps none of the
    private keys, and cannot open what it sealed.

    \b
    once a year            dcops archive keys check, then with each stick: check --identity KEY
    a new key for one      dcops archive keys rotate NAME --identity NEWFILE, then reseal
    a key was lost         the same: with another holder's key
    somebody leaves        dcops archive keys remove NAME, then reseal, then archive copy --prune

    The whole way for each of these: docs/how-to/keys.md
    """


keys.add_command(check_keys)
keys.add_command(reseal)
keys.add_command(seen_by)


@keys.command("list")
@format_option
@click.pass_context
def list_keys(ctx: click.Context, output: str) -> None:
    """Every holder, their public key, and how much of what is archived it opens."""
    from dcops.archive.holders import FEWEST, load_holders
    from dcops.archive.site_key import SiteKey
    from dcops.cli.archive_access import access_of
    from dcops.cli.output import print_json, table

    settings = load_settings(ctx)
    holders = load_holders(settings.paths.keys)
    site_key = SiteKey.load(settings.paths.state)
    found = access_of(settings, holders)
    if output == "json":
        listed = [
            {"name": one.name, "recipient": one.recipient, "opens": len(one.opens), "devices": len(one.devices)}
            for one in found.holders
        ]
        print_json(
            {
                "command": "archive keys list",
                "holders": listed,
                "enough": len(holders) >= FEWEST,
                "site_key": site_key.id if site_key else None,
                "sealed_files": found.files,
            }
        )
        return
    rows = [(one.name, one.recipient, f"{len(one.opens)} of {found.files} files") for one in found.holders]
    table(("Holder", "Public key", "Opens"), rows)
    click.echo(f"Site key: {site_key.id if site_key else 'none yet'}")
    if len(holders) < FEWEST:
        click.echo(f"dcops backup needs {FEWEST} holders: dcops archive keys create NAME --identity FILE")
    if found.to_reseal or found.former:
        click.echo("Not everything is sealed for exactly these: dcops archive keys check")


@keys.command("create")
@click.argument("name")
@click.option("--identity", required=True, metavar="FILE", help="New file for the private key.")
@format_option
@click.pass_context
def create_key(ctx: click.Context, name: str, identity: str, output: str) -> None:
    """Make a key pair for a new holder.

    The private part goes into FILE, which must not exist; the public part is added to the holders. What was sealed
    before stays as it is: a new holder opens what is sealed from now on, and the past after `keys reseal`.
    """
    from dcops.archive.holders import create_holder

    paths = load_settings(ctx).paths
    holders = create_holder(paths.keys, name, Path(identity))
    _after_change(ctx, holders, output, "archive keys create", name)
    if output == "table":
        _tell_of_private_key(name, identity)


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


@keys.command("remove")
@click.argument("name")
@format_option
@click.pass_context
def remove_key(ctx: click.Context, name: str, output: str) -> None:
    """Seal nothing for a holder from now on.

    Two holders must stay. What was sealed before still opens with the key that leaves, until it is sealed anew:

    \b
    dcops archive keys remove NAME
    dcops archive keys reseal --identity KEY      with the key of a holder who stays
    dcops archive copy --prune                    the same at the second store
    dcops archive keys seen NAME                  secrets on devices that NAME could have read: change them
    dcops archive keys rotate-site-key            so that guesses of secrets can no longer be tested
    """
    from dcops.archive.holders import remove_holder

    settings = load_settings(ctx)
    before, found = _reach(ctx, name)
    holders = remove_holder(settings.paths.keys, name)
    only = [one for one in before.opens if one.recipients.isdisjoint(other.recipient for other in holders)]
    reach = {**_opens(before), "opened_by_nobody_else": len(only)}
    _after_change(ctx, holders, output, "archive keys remove", name, {"removed": reach})
    if output == "json":
        return
    _tell_of_reach(f"The key of {name}", before, found)
    if only:
        click.secho(
            f"{len(only)} of these open with no key of those who stay. While {name}'s key is at hand, run:"
            f" dcops archive keys reseal --identity KEY_OF_{name.upper()}",
            fg="yellow",
        )
    if before.opens:
        click.echo("Next: dcops archive keys reseal --identity KEY, then dcops archive copy --prune.")
        click.echo(f"What they have seen they have seen: dcops archive keys seen {name}")


@keys.command("rotate")
@click.argument("name")
@click.option("--identity", metavar="NEWFILE", help="New file for the new private key.")
@click.option("--recipient", metavar="AGE1…", help="The new public key, when the pair was made elsewhere.")
@format_option
@click.pass_context
def rotate_key(ctx: click.Context, name: str, identity: str | None, recipient: str | None, output: str) -> None:
    """Give a holder a new key pair in place of the old one.

    From now on everything is sealed for the new key. The old private key is still needed for what was sealed before,
    until `keys reseal` sealed it anew: keep it that long. When it was lost, another holder's key does the same.

    \b
    dcops archive keys rotate dr --identity /media/stick/dr-2027.key
    dcops archive keys reseal --identity /media/stick/dr.key
    """
    from dcops.archive.holders import replace_key, rotate_holder

    if (identity is None) == (recipient is None):
        raise UsageError(
            "a new key is either made here or was made elsewhere",
            next_step="Give --identity NEWFILE to make it here, or --recipient with the public key of the new pair",
        )
    settings = load_settings(ctx)
    before, found = _reach(ctx, name)
    if identity is not None:
        holders = rotate_holder(settings.paths.keys, name, Path(identity))
    else:
        holders = replace_key(settings.paths.keys, name, recipient or "")
    _after_change(ctx, holders, output, "archive keys rotate", name, {"old_key": _opens(before)})
    if output == "json":
        return
    if identity is not None:
        _tell_of_private_key(name, identity)
    _tell_of_reach(f"The old key of {name}", before, found)
    if before.opens:
        click.echo("Keep it until then: dcops archive keys reseal --identity KEY (the old one, or another holder's).")


@keys.command("rotate-site-key")
@format_option
@click.pass_context
def rotate_site_key(ctx: click.Context, output: str) -> None:
    """Make a new site key, under which secrets and checksums are hashed.

    It opens nothing. But whoever opened the sealed copy of it can test guesses of a secret against the readable
    texts: so make a new one after a holder left in anger, or a key was stolen. The next backup stores every device
    once more and says "site key rotated": it cannot tell that night whether secrets changed. Sealed copies of the old
    one stay for the holders: they check what was archived with it.
    """
    from dcops.archive.holders import load_holders, require_enough
    from dcops.archive.site_key import SiteKey
    from dcops.cli.audit import record
    from dcops.cli.output import print_json
    from dcops.errors import CannotRun

    settings = load_settings(ctx)
    paths = settings.paths
    holders = load_holders(paths.keys)
    require_enough(holders)
    old = SiteKey.load(paths.state)
    if old is None:
        raise CannotRun("there is no site key yet", next_step="The first backup makes one")
    new = old.rotate(paths.state, paths.keys, holders)
    record(settings, "archive keys rotate-site-key", result=f"{old.id} -> {new.id}")
    if output == "json":
        print_json({"command": "archive keys rotate-site-key", "old": old.id, "new": new.id})
        return
    click.echo(f"The site key is {new.id} now; it was {old.id}.")
    click.echo("The next backup stores every device once more, with no secrets compared. Run it when it suits you.")


def _reach(ctx: click.Context, name: str) -> tuple[Reach, Access]:
    """What the key of a holder opens now, and what everybody does."""
    from dcops.archive.holders import load_holders
    from dcops.cli.archive_access import access_of

    settings = load_settings(ctx)
    holders = load_holders(settings.paths.keys)
    found = access_of(settings, holders)
    for one in found.holders:
        if one.name == name:
            return one, found
    known = ", ".join(holder.name for holder in holders) or "nobody"
    raise UsageError(f"there is no holder {name!r}", next_step=f"Holders are: {known}")


def _opens(reach: Reach) -> dict[str, object]:
    return {
        "name": reach.name,
        "recipient": reach.recipient,
        "opens": len(reach.opens),
        "versions": reach.versions,
        "devices": list(reach.devices),
    }


def _tell_of_reach(whose: str, reach: Reach, found: Access) -> None:
    from dcops.cli.output import harmless

    if not reach.opens:
        click.echo(f"{whose} opens nothing: nothing was sealed for it.")
        return
    click.echo(
        harmless(
            f"{whose} still opens {len(reach.opens)} of {found.files} sealed files, of {reach.versions} versions of"
            f" {len(reach.devices)} devices: {', '.join(reach.devices)}"
        )
    )


def _tell_of_private_key(name: str, identity: str) -> None:
    click.echo(f"The private key of {name} is in {click.format_filename(identity)}.")
    click.echo(
        f"Move it off this host now, to where {name} is kept (a stick in a safe, a password store), and keep no"
        " copy here: this host needs only the public part. Who loses it cannot open anything with it again."
    )


def _after_change(
    ctx: click.Context,
    holders: tuple[Holder, ...],
    output: str,
    name: str,
    holder: str,
    more: dict[str, object] | None = None,
) -> None:
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
        print_json({"command": name, "holders": listed, "enough": len(holders) >= FEWEST, **(more or {})})
        return
    click.echo(f"Holders now: {', '.join(one.name for one in holders)}.")
    if len(holders) < FEWEST:
        click.echo("One more is needed before dcops backup can run.")
