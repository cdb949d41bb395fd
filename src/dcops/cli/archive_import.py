"""`dcops archive import`: a person brings a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcops.cli.options import format_option, load_settings

if TYPE_CHECKING:
    from dcops.jobs.bring import Brought, Rooms
    from dcops.settings import Settings

SOURCES = ("file", "running", "startup", "candidate")


@click.command("import")
@click.argument("device")
@click.argument("file")
@click.option(
    "--source",
    type=click.Choice(SOURCES),
    default="file",
    show_default=True,
    help="What it is: the device's own backup file, or a configuration that dcops reads and checks.",
)
@click.option("--taken", metavar="TIME", help="When the device gave it: a day or a time. Default: the file's own time.")
@click.option("--accept-smaller", is_flag=True, help="Take it even when it is much smaller than the last one.")
@click.option("--dry-run", is_flag=True, help="Only say what it is beside the archive; store nothing.")
@format_option
@click.pass_context
def import_file(
    ctx: click.Context,
    device: str,
    file: str,
    source: str,
    taken: str | None,
    accept_smaller: bool,
    dry_run: bool,
    output: str,
) -> None:
    """Archive a file that a person brings.

    It is checked as if the device had given it, sealed for the holders, and becomes a version like any other. What
    the archive holds already is not stored again, and FILE itself is left as it is.

    \b
    dcops archive import wan-1 wan-1.conf
    dcops archive import rtr-edge-1 rtr-edge-1.cfg --source running --taken 2026-01-15
    """
    from dcops.assembly.stores import inventory_of
    from dcops.cli.audit import record
    from dcops.cli.output import harmless, print_json
    from dcops.jobs.bring import bring
    from dcops.model.snapshot import ConfigSource

    settings = load_settings(ctx)
    rooms = _rooms(settings, 0.0 if accept_smaller else settings.backup.smallest_share)
    found = bring(
        rooms,
        inventory_of(settings).device(device),
        Path(file),
        source=ConfigSource(source),
        taken=_moment(settings, taken) if taken else None,
        store=not dry_run,
    )
    if found.run:
        result = f"{source} sha256 {found.sha256[:8]}, {found.change}, version {(found.revision or '')[:8]}"
        record(settings, "archive import", devices=[device], result=result, run=found.run)
    if output == "json":
        print_json(_json(found, file, dry_run=dry_run))
        return
    click.echo(harmless(f"{file}: {found.size:,} bytes, sha256 {found.sha256}"))
    click.echo(harmless(_verdict(found, dry_run=dry_run)))


def _verdict(found: Brought, *, dry_run: bool) -> str:
    from dcops.archive.archive import Change
    from dcops.model.moment import rfc3339

    what = f"{found.source} of {found.device}"
    version = f"version {found.revision[:8]}" if found.revision else ""
    if found.change is Change.UNCHANGED:
        same = "it reads the same as" if found.run else "it is there already:"
        return f"unchanged, {same} {version}, {what}"
    if dry_run:
        return f"it would become the {'first' if found.change is Change.NEW else 'next'} version, {what}"
    return f"{version}: {found.change}, {what}, taken {rfc3339(found.taken)}, +{found.added} -{found.removed} lines"


def _json(found: Brought, file: str, *, dry_run: bool) -> dict[str, object]:
    return {
        "command": "archive import",
        "device": found.device,
        "source": found.source,
        "file": file,
        "bytes": found.size,
        "sha256": found.sha256,
        "taken": found.taken,
        "outcome": found.change,
        "revision": found.revision,
        "run": found.run or None,
        "dry_run": dry_run,
    }


def _rooms(settings: Settings, smallest_share: float) -> Rooms:
    from dcops.assembly.here import now
    from dcops.assembly.reach import described_platforms_of
    from dcops.assembly.stores import place_of, writable_archive_of
    from dcops.diff import redact
    from dcops.diff.formats import Formats
    from dcops.jobs.bring import Rooms

    archive, site_key = writable_archive_of(settings)
    return Rooms(
        archive=archive,
        formats=lambda: Formats(described_platforms_of(settings)),
        conceal=redact.keyed(site_key.key),
        clock=now,
        largest_bytes=place_of(settings).largest_bytes,
        smallest_share=smallest_share,
    )


def _moment(settings: Settings, text: str) -> datetime:
    """The moment that a person means; a day is its first moment, in the site's zone."""
    from dcops.assembly.schedule import zone_of
    from dcops.errors import UsageError

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no time", next_step="Write 2026-01-15 or 2026-01-15T01:00:00+07:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone_of(settings))).astimezone(UTC)
