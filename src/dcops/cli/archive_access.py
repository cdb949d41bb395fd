"""`dcops archive keys check` and `keys seen`: who can open what, and what a former holder could have read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.archive_output import VerifyProgress
from dcops.cli.options import format_option, load_settings, quiet_option
from dcops.cli.output import harmless, print_json, table
from dcops.errors import UsageError

if TYPE_CHECKING:
    from dcops.archive.access import Access, Reach
    from dcops.archive.exposure import Exposure
    from dcops.archive.holders import Holder
    from dcops.archive.needed import Needed
    from dcops.archive.trying import Tried
    from dcops.settings import Settings

_MOST_ROWS = 20


def access_of(settings: Settings, holders: Sequence[Holder]) -> Access:
    """Who can open what lies in the archive."""
    from dcops.archive.access import access
    from dcops.archive.history import History
    from dcops.archive.needed import needed
    from dcops.archive.sealed import SealedFiles
    from dcops.archive.site_key import sealed_copies

    folder = settings.paths.state / "archive"
    copies = sealed_copies(settings.paths.keys)
    return access(needed(History(folder)), holders, copies, SealedFiles(folder / "sealed"))


@click.command("check")
@click.option("--identity", metavar="KEY", help="File with a private key: really open files with it.")
@click.option("--all", "everything", is_flag=True, help="With --identity: every file, not a sample of 50 by lot.")
@format_option
@quiet_option
@click.pass_context
def check_keys(ctx: click.Context, identity: str | None, everything: bool, output: str, quiet: bool) -> None:
    """Who can open what: the check for once a year.

    Without a key it reads the records: how many sealed files each holder opens, which keys of former holders still
    open something, and what no holder of today can open. With --identity it opens files by lot, and the sealed copies
    of the site key: bring each holder's stick in turn. The key is read, used and forgotten.

    Exit code 1 when there is something to see to.

    \b
    dcops archive keys check
    dcops archive keys check --identity /media/stick/dr.key
    """
    from dcops.archive.holders import FEWEST, load_holders
    from dcops.cli.audit import record

    if everything and identity is None:
        raise UsageError("--all opens files, and needs a key", next_step="Add --identity KEY")
    settings = load_settings(ctx)
    holders = load_holders(settings.paths.keys)
    found = access_of(settings, holders)
    whose, tried = _try(settings, holders, found, Path(identity), everything, quiet) if identity else ("", None)
    wrong = _to_see_to(found, len(holders) < FEWEST, whose, tried)
    if tried:
        record(settings, "archive keys check", result=f"{tried.opened} files opened", detail=f"key of {whose}")
    if output == "json":
        print_json({"command": "archive keys check", **_access_json(found), "tried": _tried_json(whose, tried),
                    "faults": wrong})  # fmt: skip
        ctx.exit(1 if wrong else 0)
    rows = [(one.name, one.recipient, *_counts(one, found)) for one in found.holders]
    table(("Holder", "Public key", "Opens", "Devices", "Does not open"), rows)
    if found.former:
        rows = [(f"{one.name} (former key)", one.recipient, *_counts(one, found)) for one in found.former]
        table(("Former", "Public key", "Still opens", "Devices", "Does not open"), rows, styles=["yellow"] * len(rows))
    if tried:
        _show_tried(whose, tried)
    _show_files("Opens with no key of today's holders", found.closed)
    for line in wrong:
        click.echo(harmless(f"! {line}"))
    click.echo(f"{found.files} sealed files, {len(holders)} holders: {f'{len(wrong)} to see to' if wrong else 'well'}")
    if tried:
        tell_to_take_away(identity or "")
    ctx.exit(1 if wrong else 0)


@click.command("seen")
@click.argument("who", metavar="NAME|AGE1…")
@format_option
@click.pass_context
def seen_by(ctx: click.Context, who: str, output: str) -> None:
    """Secrets in force today that a former holder could have read.

    What was sealed for somebody once they may have kept, whatever is sealed anew today. This follows every secret
    from the versions that a key could open to the newest one, and lists those that have not changed since: change
    them on the devices, back up, and run it again until it lists nothing.

    NAME means the keys that NAME had and has no longer. Every secret is shown as its short hash. Exit code 1 when
    something is listed.
    """
    from dcops.archive.exposure import exposure, keys_of
    from dcops.archive.history import History
    from dcops.archive.holders import load_holders

    settings = load_settings(ctx)
    history = History(settings.paths.state / "archive")
    found = exposure(history, keys_of(history, who, load_holders(settings.paths.keys)))
    if output == "json":
        print_json({"command": "archive keys seen", "who": who, **_exposure_json(found)})
        ctx.exit(1 if found.secrets else 0)
    rows = [
        (one.device, one.source.value, str(one.line or "-"), one.text if one.certain else f"{one.text}  (perhaps)")
        for one in found.secrets
    ]
    if rows:
        table(("Device", "Configuration", "Line", "Secret in force"), rows)
    still = {one.device for one in found.secrets}
    click.echo(
        f"{who} could open versions of {len(found.read)} devices; {len(found.secrets)} lines on {len(still)} of them"
        " hold a secret from then."
    )
    if any(not one.certain for one in found.secrets):
        click.echo("(perhaps): the site key was rotated since, or it is a whole file; it may have been changed then.")
    if found.secrets:
        click.echo("Change these secrets on the devices, run dcops backup, and then this again.")
    ctx.exit(1 if found.secrets else 0)


def tell_to_take_away(identity: str) -> None:
    """Say what must become of a private key after it was used here."""
    click.echo(
        f"{click.format_filename(identity)} was read and not kept. Take it off this host now: pull the stick, or"
        " remove the file (shred -u) if it lies on a disk."
    )


def identity_of(file: Path, settings: Settings) -> Any:
    """The private keys in a file that a person brings."""
    from dcops.archive.identity import Identity

    if file.resolve().is_relative_to(settings.root.resolve()):
        click.secho(
            f"dcops: WARNING: {click.format_filename(str(file))} lies in the site root: whoever takes over this host"
            " finds it there. Keep it elsewhere.",
            fg="yellow",
            err=True,
        )
    return Identity.read(file)


def whose_key(recipients: frozenset[str], found: Access) -> str:
    """Whose private key it is, in words; empty when it is nobody's."""
    words = [one.name for one in found.holders if one.recipient in recipients]
    words += [f"{one.name} (former key)" for one in found.former if one.recipient in recipients]
    return ", ".join(words)


def _try(
    settings: Settings, holders: Sequence[Holder], found: Access, file: Path, everything: bool, quiet: bool
) -> tuple[str, Tried]:
    from dcops.archive.history import History
    from dcops.archive.needed import needed
    from dcops.archive.sealed import SealedFiles
    from dcops.archive.site_key import SiteKey
    from dcops.archive.trying import SAMPLE, try_identity

    identity = identity_of(file, settings)
    whose = whose_key(identity.recipients, found)
    if not whose:
        raise UsageError(
            f"the key in {file} is of no holder, and nothing is sealed for it",
            next_step=f"Its public key is {', '.join(sorted(identity.recipients))}. Holders are:"
            f" {', '.join(one.name for one in holders) or 'nobody'}",
        )
    folder = settings.paths.state / "archive"
    with VerifyProgress(quiet, "opening") as progress:
        tried = try_identity(
            identity,
            needed(History(folder)),
            settings.paths.keys,
            SealedFiles(folder / "sealed"),
            site_key=SiteKey.load(settings.paths.state),
            number=None if everything else SAMPLE,
            progress=progress,
        )
    return whose, tried


def _to_see_to(found: Access, too_few: bool, whose: str, tried: Tried | None) -> list[str]:
    """What a person must see to, a sentence each."""
    reseal = "dcops archive keys reseal --identity KEY"
    words = []
    if too_few:
        words.append(f"{len(found.holders)} holders are too few: dcops archive keys create NAME --identity FILE")
    if found.closed:
        words.append(
            f"{len(found.closed)} files open with no key of today's holders: keep the former keys, and seal them anew"
            f" with one of these: {reseal}"
        )
    if rest := [one for one in found.to_reseal if one not in found.closed]:
        words.append(f"{len(rest)} files are not sealed for exactly today's holders: {reseal}")
    if found.odd:
        words.append(
            f"{len(found.odd)} files are sealed for another number of keys than their records say"
            f" ({', '.join(one.name[:12] for one in found.odd[:3])}): find out who made them, then {reseal}"
        )
    if found.copies:
        names = ", ".join(one.file.name for one in found.copies)
        words.append(f"not sealed for exactly today's holders: {names}: {reseal}")
    if found.files:
        words += [f"nothing is sealed for {one.name} yet: {reseal}" for one in found.holders if not one.opens]
    if tried:
        words += [f"{one.device} {one.source.value} {one.name[:12]}: {why}" for one, why in tried.failed]
        words += [f"{name} does not open with the key of {whose}: {why}" for name, why in tried.failed_copies]
        if not tried.promised and found.files:
            words.append(f"the key of {whose} opens no sealed file")
    return words


def _counts(one: Reach, found: Access) -> tuple[str, str, str]:
    return f"{len(one.opens)} files", str(len(one.devices)), f"{found.files - len(one.opens)} files"


def _show_tried(whose: str, tried: Tried) -> None:
    total = tried.opened + len(tried.failed)
    click.echo(
        f"Key of {whose}: {tried.opened} of {total} files opened"
        f"{f', by lot out of {tried.promised}' if total < tried.promised else ''};"
        f" {tried.marks} of them compared with their mark; {tried.copies} copies of the site key opened."
    )


def _show_files(heading: str, files: tuple[Needed, ...]) -> None:
    if not files:
        return
    rows = [
        (one.device, one.source.value, ", ".join(sorted(one.holders)), one.name[:12], str(len(one.versions)))
        for one in files[:_MOST_ROWS]
    ]
    click.echo(f"{heading}:")
    table(("Device", "Configuration", "Sealed for", "File", "Versions"), rows, styles=["red"] * len(rows))
    if len(files) > _MOST_ROWS:
        click.echo(f"and {len(files) - _MOST_ROWS} more: see --format json")


def _access_json(found: Access) -> dict[str, Any]:
    return {
        "sealed_files": found.files,
        "holders": [_reach_json(one, found) for one in found.holders],
        "former": [_reach_json(one, found) for one in found.former],
        "closed": [_file_json(one) for one in found.closed],
        "to_reseal": len(found.to_reseal),
        "odd": [_file_json(one) for one in found.odd],
        "site_key_copies_to_reseal": [one.file.name for one in found.copies],
    }


def _reach_json(one: Reach, found: Access) -> dict[str, Any]:
    return {
        "name": one.name,
        "recipient": one.recipient,
        "opens": len(one.opens),
        "does_not_open": found.files - len(one.opens),
        "versions": one.versions,
        "devices": list(one.devices),
    }


def _file_json(one: Needed) -> dict[str, Any]:
    return {
        "device": one.device,
        "source": one.source,
        "sealed": one.name,
        "holders": sorted(one.holders),
        "versions": list(one.versions),
    }


def _tried_json(whose: str, tried: Tried | None) -> dict[str, Any] | None:
    if tried is None:
        return None
    return {
        "whose": whose,
        "opened": tried.opened,
        "marks": tried.marks,
        "promised": tried.promised,
        "failed": [{**_file_json(one), "message": why} for one, why in tried.failed],
        "site_key_copies": tried.copies,
    }


def _exposure_json(found: Exposure) -> dict[str, Any]:
    return {
        "recipients": list(found.recipients),
        "devices": [{"device": device, "read": when} for device, when in sorted(found.read.items())],
        "secrets": [
            {
                "device": one.device,
                "platform": one.platform,
                "source": one.source,
                "line": one.line or None,
                "text": one.text,
                "certain": one.certain,
            }
            for one in found.secrets
        ],
    }
