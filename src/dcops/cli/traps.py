"""`dcops traps`: receives what devices tell unasked, and shows what was received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.options import format_option, load_settings

if TYPE_CHECKING:
    from dcops.cli.jobs_output import Times
    from dcops.exporters.traps.event import Event


LONGEST_SHOWN = 60


@click.group()
def command() -> None:
    """Receive traps and informs, and see what came.

    \b
    dcops traps serve                       for a service: docs/how-to/traps.md
    dcops traps list --since 24h --device ups-1
    """


@command.command()
@click.option(
    "--listen",
    default="127.0.0.1:9162",
    show_default=True,
    metavar="HOST:PORT",
    help="Where notifications come in (UDP): [::]:9162 for every device; port 0 takes a free one.",
)
@click.option(
    "--http",
    default="127.0.0.1:9742",
    show_default=True,
    metavar="HOST:PORT",
    help="Where Prometheus asks for /metrics; port 0 takes a free one.",
)
@click.option(
    "--web-config",
    "web_config",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Certificate and logins of the HTTP side, as the exporters of Prometheus have them in web-config.yml.",
)
@click.option(
    "--in-the-clear", is_flag=True, help="Answer HTTP on an address that other hosts reach, without TLS and a login."
)
@click.pass_context
def serve(ctx: click.Context, listen: str, http: str, web_config: str | None, in_the_clear: bool) -> None:
    """Receive traps and informs of SNMP 1, 2c and 3 until told to stop.

    A device is known by its address, and must use the login that the inventory names for it. What came is counted,
    kept, and of some kinds people are told over the site's channels.

    \b
    dcops traps serve
    dcops traps serve --listen '[::]:9162' --http 127.0.0.1:9742
    """
    import logging
    from pathlib import Path

    from dcops.cli.output import harmless
    from dcops.exporters.app import serve as answer
    from dcops.exporters.listen import parse
    from dcops.exporters.traps.service import Traps
    from dcops.exporters.web_config import load as load_web_config

    access = load_web_config(Path(web_config)) if web_config else None
    address = parse(http, in_the_clear=in_the_clear, access=access)
    # Devices reach it from elsewhere: that is what it is for, and each message is checked by itself.
    door = parse(listen, in_the_clear=True)
    root = load_settings(ctx).root
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")

    def told(where: str) -> None:
        click.echo(harmless(f"dcops traps: {where}"), err=True)

    traps = Traps(root, door, told)
    answer({"traps": traps}, address, access=access, told=told, beside=traps.receive)


@command.command(name="list")
@click.option("--since", metavar="WHEN", help="Only from then on: 2026-01-15, an RFC 3339 time, or 7d, 12h.")
@click.option("--device", default="", metavar="NAME", help="Only of this device.")
@click.option("--kind", default="", metavar="KIND", help="Only of this kind: ups_on_battery, unknown.")
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="So many of the newest at most."
)
@format_option
@click.pass_context
def list_(ctx: click.Context, since: str | None, device: str, kind: str, limit: int, output: str) -> None:
    """What came, the newest first.

    \b
    dcops traps list --since 24h
    dcops traps list --device ups-1 --kind ups_on_battery --format json
    """
    from dcops.assembly.here import now
    from dcops.assembly.schedule import zone_of
    from dcops.cli.jobs_output import Times
    from dcops.cli.output import print_json
    from dcops.exporters.traps.store import FILE, Store

    settings = load_settings(ctx)
    times = Times(zone_of(settings))
    begin = times.since(since, now()).timestamp() if since else 0.0
    events = list(Store(settings.paths.state / FILE).events(since=begin, device=device, kind=kind, limit=limit))
    if output == "json":
        print_json({"command": "traps list", "summary": {"events": len(events)}, "items": list(map(_item, events))})
    else:
        _show(events, times)


def _item(event: Event) -> Mapping[str, Any]:
    told = event.notification
    return {
        "received": _moment(event),
        "kind": event.kind,
        "device": event.device,
        "site": event.site,
        "source": event.source,
        "version": told.version,
        "confirmed": told.confirmed,
        "oid": told.oid,
        "variables": dict(told.variables),
    }


def _show(events: Sequence[Event], times: Times) -> None:
    from dcops.cli.output import table

    rows = []
    for event in events:
        told = event.notification
        held = ", ".join(f"{name} = {value}" for name, value in told.variables.items())
        short = f"{held[:LONGEST_SHOWN]}…" if len(held) > LONGEST_SHOWN else held
        name = event.device or f"? {event.source}"
        rows.append((times.local(_moment(event)), name, event.kind, told.version, told.oid, " ".join(short.split())))
    if rows:
        table(("received", "device", "kind", "version", "notification", "with"), rows)
    else:
        click.echo("Nothing came.")


def _moment(event: Event) -> datetime:
    return datetime.fromtimestamp(event.received, UTC)
