"""`dcops doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dcops.cli.options import format_option, load_settings

if TYPE_CHECKING:
    from dcops.jobs.doctor import Check, Premises
    from dcops.ledger.ledger import Ledger
    from dcops.settings import Settings


@click.command()
@click.option(
    "--exporter",
    default="http://127.0.0.1:9740",
    show_default=True,
    metavar="URL",
    help="Where the exporter should answer.",
)
@format_option
@click.pass_context
def command(ctx: click.Context, exporter: str, output: str) -> None:
    """Check this installation: programs, folders, inventory, logins, keys, clock, ledger, schedules, alarms.

    Nothing is changed and no device is talked to. Run it as the account that dcops runs as.

    Exit code 1 when there is a problem; warnings alone exit with 0.
    """
    from collections import Counter

    from dcops.cli.output import print_json
    from dcops.jobs.doctor import State, examine

    found = examine(_premises(load_settings(ctx), exporter))
    counts = Counter(check.state for check in found)
    summary = {state.value: counts[state] for state in State}
    if output == "json":
        items = [
            {"check": one.name, "state": one.state.value, "detail": one.detail, "next_step": one.next_step}
            for one in found
        ]
        print_json({"command": "doctor", "summary": summary, "items": items})
    else:
        _print(found, summary)
    ctx.exit(1 if counts[State.PROBLEM] else 0)


def _premises(settings: Settings, exporter: str) -> Premises:
    from dcops.assembly.here import now
    from dcops.assembly.reach import all_platforms_of, drivers_of
    from dcops.assembly.schedule import plans_of, zone_of
    from dcops.auditlog.log import AuditLog
    from dcops.auditlog.syslog import of
    from dcops.credentials import Credentials
    from dcops.jobs.doctor import Premises

    channels = {"mail": settings.mail.host, "webhook": settings.webhook.url, "alertmanager": settings.alertmanager.url}
    named = {
        "ledger": settings.ledger.credential,
        "heartbeat": settings.heartbeat.credential,
        "mail": settings.mail.credential,
        "webhook": settings.webhook.credential,
        "alertmanager": settings.alertmanager.credential,
    }
    return Premises(
        root=settings.root,
        inventory=settings.paths.inventory,
        state=settings.paths.state,
        trust=settings.paths.trust,
        keys=settings.paths.keys,
        credentials=Credentials.of(settings.credentials.providers, settings.credentials.file),
        named_credentials={name: purpose for purpose, name in named.items() if name},
        ledger=lambda: _ledger(settings),
        drivers=lambda: drivers_of(settings),
        described=lambda: all_platforms_of(settings),
        plans=lambda: plans_of(settings),
        audit_log=lambda: AuditLog(settings.paths.state, syslog=of(settings.syslog.address)),
        zone=lambda: zone_of(settings),
        now=now,
        exporter=exporter,
        channels=tuple(name for name, address in channels.items() if address),
        heartbeat=bool(settings.heartbeat.url or settings.heartbeat.credential),
    )


def _ledger(settings: Settings) -> Ledger:
    from dcops.assembly.stores import LEDGER_FILE, ledger_of
    from dcops.jobs.doctor import NotYet

    if not settings.ledger.url and not (settings.paths.state / LEDGER_FILE).exists():
        raise NotYet("nothing ran here yet, so there is no ledger", next_step="The first run makes it: dcops backup")
    return ledger_of(settings)


def _print(found: tuple[Check, ...], summary: dict[str, int]) -> None:
    from dcops.cli.output import console, harmless, table
    from dcops.jobs.doctor import State

    styles = {State.OK: "", State.WARNING: "yellow", State.PROBLEM: "bold red", State.UNKNOWN: "dim"}
    table(
        ("check", "state", "detail"),
        [(one.name, one.state.value, one.detail) for one in found],
        styles=[styles[one.state] for one in found],
    )
    order = (State.PROBLEM, State.UNKNOWN, State.WARNING)
    steps = [one for state in order for one in found if one.state is state and one.next_step]
    if steps:
        click.echo("\nWhat to do next:")
        for one in steps:
            click.echo(harmless(f"  {one.name}: {one.next_step}"))
    click.echo("")
    counts = ", ".join(f"{number} {name}" for name, number in summary.items() if number)
    console().print(counts, style="bold red" if summary[State.PROBLEM] else "bold green")
