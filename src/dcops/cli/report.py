"""`dcops report`: what happened, on one page."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcops.cli.options import format_option, load_settings
from dcops.errors import CannotRun, UsageError

if TYPE_CHECKING:
    from dcops.jobs.nightly.content import NightlyReport
    from dcops.templates.render import Texts

FORMATS = ("table", "html", "json", "csv", "mail")


@click.group()
def command() -> None:
    """What happened, on one page, for people and for machines."""


@command.command()
@click.option("--format", "output", type=click.Choice(FORMATS), default="table", help="How to give the report.")
@click.option("--lang", type=click.Choice(["vi", "en"]), help="Language. Default: [site] language of dcops.toml.")
@click.option("--date", "night", metavar="DAY", help="The night that ended on this day (2026-01-15). Default: today.")
@click.option("--to", "file", metavar="FILE", help="Write it to this file instead.")
@click.pass_context
def nightly(ctx: click.Context, output: str, lang: str | None, night: str | None, file: str | None) -> None:
    """Last night: jobs, failures with what to do, changes, devices without a backup, maintenance.

    A night goes from noon to noon in the site's time zone, today's until now: what was mended in the morning counts.
    What should have run and has no row in the ledger is the
    worst line; what is not known is said to be unknown, never zero.

    Exit code 1 when there is something to act on or to look at.

    \b
    dcops report nightly
    dcops report nightly --format html --to /srv/www/night.html
    dcops report nightly --date 2026-01-15 --format json
    """
    from dcops.assembly.here import now
    from dcops.assembly.messages import texts_of
    from dcops.assembly.site import report_sources_of
    from dcops.assembly.stores import ledger_of
    from dcops.cli.report_output import show
    from dcops.jobs.nightly.content import Verdict
    from dcops.jobs.nightly.gather import gather, night_of

    settings = load_settings(ctx)
    texts = texts_of(settings, lang)
    moment = now()
    with ledger_of(settings) as ledger:
        sources = report_sources_of(settings, ledger)
        day = _day(night) if night else night_of(moment, sources.zone)
        if day > night_of(moment, sources.zone):
            raise UsageError(f"the night that ends on {day} has not been yet", next_step="Name today or an earlier day")
        report = gather(sources, now=moment, night=day)
    if file:
        _write(Path(file), _document(report, texts, output if output != "table" else "mail"), output)
    elif output == "table":
        show(report, texts)
    else:
        click.echo(_document(report, texts, output), nl=False)
    ctx.exit(0 if report.verdict is Verdict.WELL else 1)


def _document(report: NightlyReport, texts: Texts, output: str) -> str:
    from dcops.jobs.nightly import forms

    match output:
        case "html":
            return forms.html(report, texts)
        case "json":
            return forms.json_text(report)
        case "csv":
            return forms.csv_text(report, texts)
        case _:
            return f"{forms.subject(report, texts)}\n\n{forms.text(report, texts)}"


def _write(file: Path, content: str, output: str) -> None:
    from dcops.jobs.report import BYTE_ORDER_MARK, replace_file

    try:
        replace_file(file, BYTE_ORDER_MARK + content if output == "csv" else content)
    except OSError as error:
        raise CannotRun(f"{file} cannot be written: {error.strerror or error}") from None
    click.echo(f"written: {file}", err=True)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day", next_step="Write it as in 2026-01-15") from None


@command.command()
@click.option("--retry", is_flag=True, help="Put all of them back into the queue.")
@format_option
@click.pass_context
def undelivered(ctx: click.Context, retry: bool, output: str) -> None:
    """The dead letters: notifications that were refused, or tried in vain for a day.

    Exit code 1 when there are any. The scheduler sends what --retry puts back.
    """
    from dcops.assembly.here import now
    from dcops.assembly.messages import texts_of
    from dcops.assembly.stores import ledger_of
    from dcops.cli.output import print_json, table
    from dcops.model.moment import rfc3339

    settings = load_settings(ctx)
    texts = texts_of(settings)
    with ledger_of(settings) as ledger:
        found = ledger.dead_messages()
        if retry:
            for message in found:
                ledger.revive(message.id, now())
    if output == "json":
        rows = [
            {
                "id": message.id,
                "channel": message.channel,
                "subject": message.subject,
                "created": rfc3339(message.created),
                "attempts": message.attempts,
                "error": message.last_error,
            }
            for message in found
        ]
        print_json({"undelivered": rows, "retried": retry})
    elif found:
        cells = [
            (str(one.id), one.channel, texts.moment(one.created), str(one.attempts), one.subject, one.last_error)
            for one in found
        ]
        table(("id", "channel", "created", "attempts", "subject", "last error"), cells)
    if retry and found:
        click.echo(f"put back into the queue: {len(found)}", err=True)
    elif not found:
        click.echo("no dead letters", err=True)
    ctx.exit(1 if found and not retry else 0)
