"""`dcops maintenance`: silences alarms about what is worked on."""

from __future__ import annotations

import getpass
import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.options import format_option, load_settings, selection_options

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from dcops.inventory.select import Selection
    from dcops.model.job import MaintenanceWindow
    from dcops.settings import Settings

SHOWN = timedelta(days=30)


@click.group()
def command() -> None:
    """Silence alarms about what is worked on, for a time and with a reason.

    Messages about the selected devices are not sent meanwhile, and the metric dcops_maintenance_active lets
    Prometheus stay silent too. The nightly report goes on telling everything. What is still broken afterwards is told
    by the next run.
    """


@command.command()
@selection_options
@click.option("--for", "span", required=True, metavar="SPAN", help="How long, from now: 2h, 90m, 1d12h.")
@click.option("--reason", required=True, metavar="TEXT", help="What is being done.")
@format_option
@click.pass_context
def start(
    ctx: click.Context,
    selection: Selection,
    span: str,
    reason: str,
    output: str,
) -> None:
    """Begin a maintenance now. Without a selection it is about the whole site, its jobs included.

    \b
    dcops maintenance start --for 2h --device fw-main-1 --reason "upgrade to 11.1.6"
    dcops maintenance start --for 4h --site dr --reason "power work in hall 2"
    """
    from dcops.assembly.here import now
    from dcops.assembly.stores import inventory_of, ledger_of
    from dcops.cli.audit import record
    from dcops.cli.output import harmless, print_json
    from dcops.jobs import maintenance

    settings = load_settings(ctx)
    inventory = inventory_of(settings)
    with ledger_of(settings) as ledger:
        window, silenced = maintenance.start(
            ledger,
            inventory.devices,
            selection,
            span=maintenance.parse_span(span),
            who=_who(),
            reason=reason,
            now=now(),
        )
    record(
        settings,
        "maintenance start",
        devices=[one.name for one in silenced],
        result=f"{window.id} for {span}: {reason}",
    )
    if output == "json":
        print_json(_as_json(window, now()) | {"silenced": [device.name for device in silenced]})
        return
    end = window.end.astimezone(_zone(settings))
    click.echo(f"maintenance {window.id} until {end:%Y-%m-%d %H:%M} ({settings.site.timezone})")
    if selection.everything:
        click.echo(f"It silences the whole site: all {len(silenced)} devices and every job.")
    else:
        click.echo(harmless(f"It silences {', '.join(one.name for one in silenced)}"))
    click.echo(f"End it before its time with: dcops maintenance end {window.id}")


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those of the last 30 days.")
@format_option
@click.pass_context
def list_windows(ctx: click.Context, everything: bool, output: str) -> None:
    """What is under maintenance now, and by whom."""
    from dcops.assembly.here import now
    from dcops.assembly.stores import ledger_of
    from dcops.cli.output import print_json, table

    settings = load_settings(ctx)
    moment = now()
    with ledger_of(settings) as ledger:
        found = ledger.windows(since=moment - SHOWN if everything else moment)
    if output == "json":
        print_json({"maintenance": [_as_json(window, moment) for window in found]})
        return
    if not found:
        click.echo("nothing is under maintenance", err=True)
        return
    zone = _zone(settings)
    rows = [
        (
            str(window.id),
            "in force" if window.start <= moment < window.end else "over",
            f"{window.start.astimezone(zone):%Y-%m-%d %H:%M}",
            f"{window.end.astimezone(zone):%Y-%m-%d %H:%M}",
            _what(window),
            window.who,
            window.reason,
        )
        for window in found
    ]
    table(("id", "state", "from", "until", "what", "who", "reason"), rows)
    click.echo(f"times are of {settings.site.timezone}", err=True)


@command.command()
@click.argument("number", type=int, metavar="ID")
@click.pass_context
def end(ctx: click.Context, number: int) -> None:
    """End a maintenance before its time: alarms are told again."""
    from dcops.assembly.here import now
    from dcops.assembly.stores import ledger_of
    from dcops.cli.audit import record
    from dcops.cli.output import harmless
    from dcops.jobs import maintenance

    settings = load_settings(ctx)
    with ledger_of(settings) as ledger:
        window = maintenance.end(ledger, number, now=now())
    record(settings, "maintenance end", devices=window.devices, result=f"{number}: {_what(window)}")
    click.echo(harmless(f"maintenance {number} is over: {_what(window)} ({window.reason})"))


def _as_json(window: MaintenanceWindow, moment: datetime) -> dict[str, Any]:
    from dcops.model.moment import rfc3339

    return {
        "id": window.id,
        "start": rfc3339(window.start),
        "end": rfc3339(window.end),
        "in_force": window.start <= moment < window.end,
        "who": window.who,
        "reason": window.reason,
        "sites": list(window.sites),
        "roles": list(window.roles),
        "platforms": list(window.platforms),
        "devices": list(window.devices),
        "tags": list(window.tags),
    }


def _what(window: MaintenanceWindow) -> str:
    kinds = {
        "site": window.sites,
        "role": window.roles,
        "platform": window.platforms,
        "device": window.devices,
        "tag": window.tags,
    }
    return " and ".join(f"{kind} {', '.join(names)}" for kind, names in kinds.items() if names) or "the whole site"


def _who() -> str:
    """The person behind sudo, else the account."""
    return os.environ.get("SUDO_USER") or getpass.getuser()


def _zone(settings: Settings) -> ZoneInfo:
    from dcops.assembly.schedule import zone_of

    return zone_of(settings)
