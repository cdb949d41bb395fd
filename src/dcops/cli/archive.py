"""`dcops archive`: looks at what was backed up, and gives it back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcops.cli.archive_copy import copy, verify_copy
from dcops.cli.archive_import import import_file
from dcops.cli.archive_items import items
from dcops.cli.archive_keys import keys
from dcops.cli.archive_output import (
    VerifyProgress,
    change_of,
    differences_json,
    documents_of,
    restores_how,
    shortened,
    show_differences,
    version_json,
)
from dcops.cli.archive_prune import prune
from dcops.cli.archive_search import search
from dcops.cli.options import format_option, load_settings, quiet_option
from dcops.cli.output import harmless, print_json, table
from dcops.model.moment import rfc3339

if TYPE_CHECKING:
    from dcops.archive.archive import Archive

SOURCES = ("running", "startup", "candidate", "state", "file")

at_option = click.option(
    "--at",
    metavar="REV|DATE",
    help="Version in force then: a revision, a day (2026-01-15) or a time (RFC 3339). Default: the newest.",
)
source_option = click.option(
    "--source",
    type=click.Choice(SOURCES),
    help="Which configuration of the device. Default: running, else the first there is.",
)


@click.group()
def command() -> None:
    """History, differences, import and export of configurations.

    The archive keeps two forms of each configuration: a readable one, in which every secret is a short hash, and
    the exact bytes, sealed for the key holders. Only `export` opens the second, with a holder's key.

    Begin with two holders: dcops archive keys create main --identity main.key
    """


command.add_command(keys)
command.add_command(import_file)
command.add_command(copy)
command.add_command(items)
command.add_command(search)
command.add_command(prune)


@command.command("list")
@format_option
@click.pass_context
def list_devices(ctx: click.Context, output: str) -> None:
    """Every archived device and its newest version."""
    found = _archive(ctx).devices()
    if output == "json":
        devices = [{**version_json(one.newest), "versions": one.versions} for one in found]
        print_json({"command": "archive list", "devices": devices})
        return
    rows = [
        (
            one.device,
            one.newest.record.platform,
            rfc3339(one.newest.taken),
            one.newest.revision[:8],
            str(one.versions),
            documents_of(one.newest),
        )
        for one in found
    ]
    table(("Device", "Platform", "Changed last", "Revision", "Versions", "Configurations"), rows)


@command.command()
@click.argument("device")
@format_option
@click.pass_context
def log(ctx: click.Context, device: str, output: str) -> None:
    """Every version of a device, newest first."""
    versions = _archive(ctx).log(device)
    if output == "json":
        print_json({"command": "archive log", "device": device, "versions": [version_json(one) for one in versions]})
        return
    rows = [
        (one.revision[:8], rfc3339(one.taken), change_of(one), documents_of(one), one.record.run) for one in versions
    ]
    table(("Revision", "Taken", "Lines", "Configurations", "Run"), rows)


@command.command()
@click.argument("device")
@at_option
@source_option
@format_option
@click.pass_context
def show(ctx: click.Context, device: str, at: str | None, source: str | None, output: str) -> None:
    """Print the readable form of a configuration.

    Every secret in it is a short hash, so no device can be restored from it: for that there is `export`. Of a backup
    file that only the device understands it tells type, size and hash.
    """
    from dcops.model.snapshot import ConfigSource

    archive = _archive(ctx)
    version = archive.version(device, at)
    chosen = ConfigSource(source) if source else version.record.chief
    text = archive.show(device, version.revision, chosen)
    if output == "json":
        print_json({"command": "archive show", **version_json(version), "source": chosen, "text": text})
    else:
        if not source and chosen is not ConfigSource.RUNNING:
            click.echo(f"{device} has no running configuration in the archive; this is its {chosen}:", err=True)
        # dcops wrote control characters out when it stored the text; whoever wrote to the archive may not have.
        click.echo(harmless(text), nl=not text.endswith("\n"))


@command.command()
@click.argument("device")
@click.argument("old", metavar="[FROM]", required=False)
@click.argument("new", metavar="[TO]", required=False)
@click.option("--source", type=click.Choice(SOURCES), help="Only this configuration. Default: all of them.")
@format_option
@click.pass_context
def diff(ctx: click.Context, device: str, old: str | None, new: str | None, source: str | None, output: str) -> None:
    """Show what changed between two versions.

    FROM and TO are revisions, days or times. Without TO the newest version is meant, without FROM the one before it.
    Exit code 1 when they differ.

    \b
    dcops archive diff rtr-edge-1                        what changed last
    dcops archive diff rtr-edge-1 2026-01-01             what changed since then
    dcops archive diff rtr-edge-1 1a2b3c4d 2026-01-15
    """
    from dcops.model.snapshot import ConfigSource

    found = _archive(ctx).diff(device, old, new, source=ConfigSource(source) if source else None)
    if output == "json":
        print_json(differences_json(device, found))
    else:
        show_differences(found)
    ctx.exit(1 if any(one.text for one in found) else 0)


@command.command()
@click.option("--copy", "at_copy", is_flag=True, help="The second store: recomputed there, and compared with this one.")
@format_option
@quiet_option
@click.pass_context
def verify(ctx: click.Context, at_copy: bool, output: str, quiet: bool) -> None:
    """Read everything and name what is damaged.

    git checks its own part; of every sealed file the content must be what its name says. Exit code 1 when something
    is damaged. What an interrupted run left behind is a note, not a damage.
    """
    if at_copy:
        ctx.exit(verify_copy(ctx, output, quiet))
    with VerifyProgress(quiet) as progress:
        found = _archive(ctx).verify(progress)
    if not found.faults:
        _note_verified(ctx)
    if output == "json":
        faults = [
            {"kind": one.kind, "device": one.device or None, "versions": one.versions, "message": one.message}
            for one in found.faults
        ]
        counts = {"faults": len(faults), "versions": found.versions, "sealed_files": found.sealed_files}
        print_json({"command": "archive verify", "summary": counts, "faults": faults, "notes": found.notes})
        ctx.exit(1 if found.faults else 0)
    if found.faults:
        rows = [(one.device or "(archive)", shortened(one.versions), one.kind, one.message) for one in found.faults]
        table(("Device", "Versions", "Where", "What"), rows, styles=["red"] * len(rows))
        click.echo("Fetch what is damaged from a copy of the archive, and test the disk.")
    for note in found.notes:
        click.echo(harmless(f"note: {note}"))
    verdict = f"{len(found.faults)} found damaged" if found.faults else "all well"
    click.echo(f"{found.versions} versions and {found.sealed_files} sealed files read: {verdict}")
    ctx.exit(1 if found.faults else 0)


@command.command()
@click.argument("device")
@click.option("--to", "target", required=True, metavar="FILE", help="New file for the bytes, or - for stdout.")
@click.option("--identity", required=True, metavar="KEY", help="File with a holder's private key.")
@at_option
@source_option
@format_option
@click.pass_context
def export(
    ctx: click.Context, device: str, target: str, identity: str, at: str | None, source: str | None, output: str
) -> None:
    """Open the exact bytes of a configuration.

    This is what restores a device, and it takes a holder's private key. The file is new and private (0600): it holds
    the secrets of the device in the clear. Without --source the first is taken that restores the device: running,
    startup, candidate, then its own backup file. What a device says of its state restores nothing.

    \b
    dcops archive export fw-main-1 --to fw-main-1.xml --identity dr.key
    Without dcops: age -d -i dr.key state/archive/sealed/AA/HASH.age | gunzip > fw-main-1.xml
    """
    from dcops.archive.durable import write_new
    from dcops.cli.audit import record
    from dcops.errors import UsageError
    from dcops.model.snapshot import ConfigSource

    to_stdout = target == "-"
    if to_stdout and sys.stdout.isatty():
        raise UsageError("secrets do not belong on a screen", next_step="Name a file with --to, or use a pipe")
    if not to_stdout and (Path(target).exists() or Path(target).is_symlink()):
        raise UsageError(f"{target} exists already", next_step="Name a new file; nothing is overwritten")
    archive, key_id = _archive_with_key(ctx)
    version = archive.version(device, at)
    chosen = ConfigSource(source) if source else version.record.restoring
    exact = archive.export(device, _identity(identity), version.revision, chosen)
    marked_with = version.record.documents[chosen].site_key
    record(load_settings(ctx), "archive export", devices=[device], result=f"{chosen} of {version.revision[:8]}")
    checks = "size and checksums" if key_id != marked_with else "size, checksums and mark"
    if not chosen.restores:
        click.secho(harmless(f"dcops: WARNING: {restores_how(chosen, device)}"), fg="yellow", err=True)
    if to_stdout:
        sys.stdout.buffer.write(exact)
        return
    write_new(Path(target), exact)
    if output == "json":
        wrote = {
            "source": chosen,
            "restores": chosen.restores,
            "file": target,
            "bytes": len(exact),
            "mark_checked": key_id == marked_with,
        }
        print_json({"command": "archive export", **version_json(version), **wrote})
        return
    click.echo(harmless(f"{target}: {len(exact)} bytes, {chosen} configuration of {device}"))
    read_at = version.record.read_at(chosen)
    click.echo(f"version {version.revision[:8]}, taken {rfc3339(read_at)}; {checks} were right")
    if chosen is ConfigSource.FILE:
        click.echo(harmless(restores_how(chosen, device)))
    click.echo("It holds secrets in the clear: remove it when the device is restored.")


def _note_verified(ctx: click.Context) -> None:
    """Let the ledger know when all was well last, so that `dcops doctor` can say how long ago that was."""
    from dcops.assembly.here import now
    from dcops.assembly.stores import ledger_of
    from dcops.errors import DcopsError
    from dcops.jobs.doctor.night import VERIFIED_NOTE
    from dcops.model.moment import rfc3339 as stamp

    try:
        with ledger_of(load_settings(ctx)) as ledger:
            ledger.note(VERIFIED_NOTE, stamp(now()))
    except DcopsError as error:
        click.echo(harmless(f"the ledger does not know of this check: {error}"), err=True)


def _archive(ctx: click.Context) -> Archive:
    from dcops.archive.archive import Archive

    return Archive.open(load_settings(ctx).paths.state / "archive")


def _archive_with_key(ctx: click.Context) -> tuple[Archive, str]:
    """The archive, and the id of the site key it can check marks with; empty when it has none.

    A holder restores with a copy of the archive and without the site key: that must not stand in the way.
    """
    from dcops.archive.archive import Archive
    from dcops.archive.site_key import SiteKey
    from dcops.errors import DcopsError

    state = load_settings(ctx).paths.state
    try:
        site_key = SiteKey.load(state)
    except DcopsError as error:
        click.echo(harmless(f"the mark is not checked: {error.message}"), err=True)
        site_key = None
    return Archive.open(state / "archive", site_key=site_key), site_key.id if site_key else ""


def _identity(file: str) -> str:
    from dcops.errors import UsageError

    try:
        return Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is no identity file of age") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from None
