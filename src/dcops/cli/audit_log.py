"""`dcops audit-log`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dcops.cli.options import format_option, load_settings

if TYPE_CHECKING:
    from datetime import tzinfo

    from dcops.auditlog.chain import Verification
    from dcops.auditlog.entry import Entry


@click.group()
def command() -> None:
    """Who did what, when and from where."""


@command.command()
@click.option("--since", metavar="WHEN", help="Only from then on: 2026-01-15, an RFC 3339 time, or 7d, 12h.")
@click.option("--device", "devices", multiple=True, metavar="NAME", help="Only what touched this device. Repeatable.")
@click.option("--user", "users", multiple=True, metavar="NAME", help="Only what this account did. Repeatable.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=200, show_default=True, help="At most this many, the newest."
)
@format_option
@click.pass_context
def show(
    ctx: click.Context, since: str | None, devices: tuple[str, ...], users: tuple[str, ...], limit: int, output: str
) -> None:
    """Show what was done, oldest first. Times are those of the site's time zone.

    \b
    dcops audit-log show --since 24h
    dcops audit-log show --device fw-main-1 --since 2026-01-01
    """
    from dcops.assembly.here import now
    from dcops.assembly.schedule import zone_of
    from dcops.auditlog.entry import as_json
    from dcops.auditlog.log import AuditLog
    from dcops.cli.jobs_output import Times
    from dcops.cli.output import print_json

    settings = load_settings(ctx)
    zone = zone_of(settings)
    begin = Times(zone).since(since, now()) if since else None
    found = [
        entry
        for entry in AuditLog(settings.paths.state).entries(since=begin)
        if (not devices or set(devices) & set(entry.devices))
        and (not users or set(users) & {entry.origin.user, entry.origin.sudo_user, entry.origin.login_user})
    ]
    shown = found[-limit:]
    if output == "json":
        summary = {"entries": len(shown), "left_out": len(found) - len(shown)}
        print_json({"command": "audit-log show", "summary": summary, "items": [as_json(entry) for entry in shown]})
        return
    _print(shown, len(found) - len(shown), zone)


@command.command()
@click.option(
    "--contains",
    "known",
    multiple=True,
    metavar="HASH",
    help="A hash that was seen before, on the syslog server or on paper: it must still be there. Repeatable.",
)
@format_option
@click.pass_context
def verify(ctx: click.Context, known: tuple[str, ...], output: str) -> None:
    """Read every line and name the first one that is not what was written.

    The chain shows a line that was changed, taken out or put in. Lines that were cut off at the end, or a log that was
    written anew as a whole, show only against a hash that somebody else kept: give it with --contains.

    Exit code 1 when the chain is broken or a hash is missing.
    """
    from dcops.auditlog.log import AuditLog
    from dcops.auditlog.syslog import of
    from dcops.cli.output import print_json

    settings = load_settings(ctx)
    log = AuditLog(settings.paths.state, syslog=of(settings.syslog.address))
    found = log.verify()
    missing = [one for one in known if one.strip().lower() not in found.hashes]
    if output == "json":
        print_json(_as_json(found, missing, log.unsent()))
    else:
        _print_verification(found, missing, log.unsent())
    ctx.exit(1 if found.broken or missing else 0)


def _print(entries: list[Entry], left_out: int, zone: tzinfo) -> None:
    from dcops.cli.output import table

    table(
        ("time", "who", "from", "what", "devices", "result", "run"),
        [
            (
                f"{entry.time.astimezone(zone):%Y-%m-%d %H:%M:%S}",
                entry.origin.who,
                entry.origin.where,
                entry.what,
                _some(entry.devices),
                "; ".join(part for part in (entry.result, entry.detail) if part),
                entry.run,
            )
            for entry in entries
        ],
    )
    if not entries:
        click.echo("Nothing is recorded.")
    if left_out:
        click.echo(f"{left_out} older ones are not shown: see --limit and --since")


def _some(names: tuple[str, ...], most: int = 3) -> str:
    return ", ".join(names) if len(names) <= most else f"{', '.join(names[:most])} and {len(names) - most} more"


def _as_json(found: Verification, missing: list[str], unsent: int) -> dict[str, object]:
    broken = found.broken
    return {
        "command": "audit-log verify",
        "summary": {"entries": found.entries, "files": found.files, "broken": broken is not None, "unsent": unsent},
        "broken": {"file": broken.file, "line": broken.line, "message": broken.message} if broken else None,
        "missing_hashes": missing,
        "notes": list(found.notes),
        "last_hash": found.last.hash if found.last else None,
    }


def _print_verification(found: Verification, missing: list[str], unsent: int) -> None:
    from dcops.cli.output import harmless

    for note in found.notes:
        click.echo(harmless(note))
    if found.broken:
        click.echo(harmless(f"{found.broken.file}:{found.broken.line}: {found.broken.message}"))
        click.echo(f"The {found.entries} entries before it hold. Compare with the copy on the syslog server.")
    for one in missing:
        click.echo(harmless(f"no line has the hash {one}: it was cut off, or the log was written anew"))
    if unsent:
        click.echo(f"{unsent} lines wait for the syslog server")
    if not found.broken and not missing:
        click.echo(f"{found.entries} entries in {found.files} files, the chain holds.")
        if found.last:
            click.echo(f"Entry {found.last.number} has the hash {found.last.hash}")
