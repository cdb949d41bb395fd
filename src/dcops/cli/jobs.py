"""`dcops jobs`: what runs by itself, when, and what came of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcops.cli.options import format_option, load_settings, quiet_option

if TYPE_CHECKING:
    from dcops.cli.jobs_output import Times

TRIGGERS = ("schedule", "catch-up", "manual")


@click.group()
def command() -> None:
    """Schedule, start and look at what runs by itself.

    Each due time of a job has one row in the ledger, so nothing runs twice and nothing is forgotten: what was not
    done stands there too, with the reason. Times are shown in the site's time zone.

    \b
    dcops jobs list              what runs when, and how it went last
    dcops jobs run backup        run one now, as the schedule would
    dcops jobs history --since 7d
    """


@command.command("list")
@format_option
@click.pass_context
def list_jobs(ctx: click.Context, output: str) -> None:
    """Every job: its schedule, when it is due next, and how it went last."""
    from dcops.assembly.here import now
    from dcops.assembly.schedule import plans_of
    from dcops.assembly.stores import ledger_of
    from dcops.cli.jobs_output import show_list

    settings = load_settings(ctx)
    plans = plans_of(settings)
    with ledger_of(settings) as ledger:
        show_list(plans, ledger, now(), _times(ctx), output)


@command.command()
@click.argument("name", required=False)
@click.option("--since", metavar="TIME", help="Only runs due since then: 2026-01-15, an RFC 3339 time, or 7d, 12h.")
@click.option("--limit", default=50, show_default=True, metavar="N", help="At most so many, the newest.")
@click.option("--all", "each", is_flag=True, help="Each run on a line of its own.")
@format_option
@click.pass_context
def history(ctx: click.Context, name: str | None, since: str | None, limit: int, each: bool, output: str) -> None:
    """Runs and how they ended, the newest first; those that were skipped too, with the reason.

    Of a job that runs many times a day, the runs of a day that went well and brought nothing new share a line.
    """
    from dcops.assembly.here import now
    from dcops.assembly.stores import ledger_of
    from dcops.cli.jobs_output import Line, history_json, lines_of, show_history
    from dcops.cli.output import print_json
    from dcops.jobs.catalog import find

    settings = load_settings(ctx)
    times = _times(ctx)
    job = find(name).name if name else None
    begin = times.since(since, now()) if since else None
    with ledger_of(settings) as ledger:
        if each or output == "json":
            runs = ledger.runs(job=job, since=begin, limit=limit)
            lines = [Line(run) for run in runs]
        else:
            lines = lines_of(ledger, times, job=job, since=begin, limit=limit)
    if output == "json":
        print_json(history_json(runs))
    else:
        show_history(lines, times)


@command.command()
@click.argument("name")
@click.option(
    "--due", metavar="TIME", help="The due time whose row it takes. Default: now, or the last one of its schedule."
)
@click.option(
    "--trigger", type=click.Choice(TRIGGERS), default="manual", help="Who asks: a timer of systemd says schedule."
)
@click.option("--attempt", type=click.IntRange(1), default=1, hidden=True, help="Which try at this due time.")
@format_option
@quiet_option
@click.pass_context
def run(ctx: click.Context, name: str, due: str | None, trigger: str, attempt: int, output: str, quiet: bool) -> None:
    """Run a job now: with its row, its limits and its locks, as the scheduler does.

    The run goes on when the terminal is closed. Ctrl-C asks it to stop and to report what it has. A due time that
    somebody else has taken is left alone.

    Exit code 1 when it was done and found something, such as a device that failed; 3 when it could not be done.
    """
    from datetime import timedelta

    from dcops.assembly.here import now
    from dcops.assembly.schedule import plans_of
    from dcops.assembly.stores import ledger_of
    from dcops.cli.audit import record
    from dcops.cli.jobs_output import show_run
    from dcops.errors import UsageError
    from dcops.jobs.catalog import find
    from dcops.jobs.runs.direct import SECONDS_TO_TRY
    from dcops.model.job import RunKey, RunTrigger
    from dcops.scheduler.supervise import supervise

    settings = load_settings(ctx)
    plan = plans_of(settings)[find(name).name]
    times = _times(ctx)
    latest = plan.timetable.latest(now(), within=plan.max_lateness) if plan.timetable else None
    default = latest if latest and trigger != RunTrigger.MANUAL else now()
    moment = (times.since(due, now()) if due else default).replace(microsecond=0)
    if trigger == RunTrigger.MANUAL and moment > now():
        raise UsageError(f"{times.local(moment)} is still to come: the scheduler will take it then")
    if trigger == RunTrigger.MANUAL:
        record(settings, f"jobs run {plan.name}")
    # Whoever says "now" means a run of their own, also in a second in which somebody else said so.
    seconds = SECONDS_TO_TRY if trigger == RunTrigger.MANUAL and not due else 1
    with ledger_of(settings) as ledger:
        for later in range(seconds):
            key = RunKey(plan.name, moment + timedelta(seconds=later))
            tell = None if quiet else _to_stderr
            ended = supervise(settings, plan, ledger, key, RunTrigger(trigger), attempt, tell=tell)
            if ended is not None:
                break
        row = ledger.get(key)
    ctx.exit(show_run(row, ended, times, output))


@command.command(hidden=True)
@click.argument("name")
@click.option("--due", metavar="TIME", required=True, help="The due time of the run.")
@click.option("--attempt", type=click.IntRange(1), required=True, help="Which try at this due time.")
@click.option("--folder", metavar="DIR", required=True, help="Where the result goes.")
@click.option("--parent", type=int, required=True, help="The process that watches over it.")
@click.pass_context
def work(ctx: click.Context, name: str, due: str, attempt: int, folder: str, parent: int) -> None:
    """Do the work of one run; started by `jobs run`, not by people."""
    from functools import partial

    from dcops.assembly.here import node, now
    from dcops.assembly.site import SiteRoot
    from dcops.cli.audit import record_run
    from dcops.cli.direct import warn
    from dcops.cli.progress import LineProgress
    from dcops.jobs.catalog import find
    from dcops.jobs.runs.work import Errand
    from dcops.jobs.runs.work import work as do
    from dcops.model.job import RunKey
    from dcops.model.moment import from_rfc3339

    job = find(name)
    settings = load_settings(ctx)
    errand = Errand(RunKey(job.name, from_rfc3339(due)), attempt, node(), Path(folder), parent)
    told = partial(record_run, settings)
    ctx.exit(do(job, SiteRoot(settings), errand, LineProgress(), clock=now, say=warn, done=told))


@command.command()
@click.pass_context
def serve(ctx: click.Context) -> None:
    """Start every job when it is due, until this is ended; made for a service of systemd.

    Runs are processes of their own: those that are on their way go on when this is ended or restarted. What was due
    while this did not run is made up for, or skipped and said to be, as [jobs.NAME] catch_up wants it.
    """
    from dcops.scheduler.serve import serve as do

    do(load_settings(ctx))


def _times(ctx: click.Context) -> Times:
    from dcops.assembly.schedule import zone_of
    from dcops.cli.jobs_output import Times

    return Times(zone_of(load_settings(ctx)))


def _to_stderr(text: bytes) -> None:
    from dcops.cli.output import harmless

    words = harmless(text.decode("utf-8", "replace"))
    sys.stderr.write(words)
    sys.stderr.flush()
