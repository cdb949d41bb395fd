"""How jobs and their runs are printed: times of day in the site's zone for people, UTC for machines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import click

from dcops.cli.output import harmless, print_json, table
from dcops.errors import UsageError
from dcops.jobs.catalog import JOBS
from dcops.jobs.runs.plan import Plan
from dcops.jobs.runs.reconcile import HEARTBEAT_NOTE
from dcops.jobs.runs.result import Ended
from dcops.ledger.ledger import Ledger
from dcops.model.job import LedgerRun, RunState, RunTrigger
from dcops.model.moment import from_rfc3339, rfc3339
from dcops.model.run import Result

STYLES = {
    RunState.OK: "green",
    RunState.FINDINGS: "yellow",
    RunState.PARTIAL: "bold yellow",
    RunState.FAILED: "bold red",
    RunState.TIMEOUT: "bold red",
    RunState.LOST: "bold red",
    RunState.SKIPPED: "yellow",
    RunState.RUNNING: "bold",
    RunState.QUEUED: "bold",
}
# The daemon writes its sign of life every minute.
SILENT = timedelta(minutes=3)
FIRST_ROWS = 200
MOST_ROWS = 10_000
_SPAN = re.compile(r"(\d{1,6})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Times:
    """Reads and writes times of day in the site's zone."""

    zone: tzinfo

    def local(self, moment: datetime | None) -> str:
        """A time for people."""
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M:%S}" if moment else ""

    def day(self, moment: datetime) -> date:
        """The day of a time, as people there count."""
        return moment.astimezone(self.zone).date()

    def since(self, text: str, now: datetime) -> datetime:
        """The moment that a person means: a day, a time, or a span before now. Without a zone it is the site's."""
        if match := _SPAN.fullmatch(text):
            return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise UsageError(
                f"{text!r} is no time", next_step="Write 2026-01-15, 2026-01-15T01:00:00+07:00, or 7d or 12h"
            ) from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)


def show_list(plans: Mapping[str, Plan], ledger: Ledger, now: datetime, times: Times, output: str) -> None:
    """Print every job with its schedule and how it went last."""
    titles = {job.name: job.title for job in JOBS}
    heartbeat = ledger.noted(HEARTBEAT_NOTE)
    seen = from_rfc3339(heartbeat) if heartbeat else None
    rows = []
    for plan in plans.values():
        following = plan.timetable.next(now) if plan.timetable else None
        rows.append((plan, following, ledger.last(plan.name), ledger.last_success(plan.name)))
    if output == "json":
        jobs = [
            {
                "job": plan.name,
                "title": titles[plan.name],
                "schedule": plan.timetable.schedule if plan.timetable else None,
                "next_due": following,
                "last": run_json(last) if last else None,
                "last_success": good.due if good else None,
            }
            for plan, following, last, good in rows
        ]
        print_json({"command": "jobs list", "scheduler_heartbeat": seen, "timezone": str(times.zone), "jobs": jobs})
        return
    table(
        ("Job", "Schedule", "Next due", "Last due", "State", "Last good", "What it does"),
        [
            (
                plan.name,
                plan.timetable.schedule if plan.timetable else "by hand",
                times.local(following),
                times.local(last.due if last else None),
                last.state.value if last else "",
                times.local(good.due if good else None),
                titles[plan.name],
            )
            for plan, following, last, good in rows
        ],
        styles=[STYLES[last.state] if last else "" for _, _, last, _ in rows],
    )
    if any(following for _, following, _, _ in rows) and (seen is None or now - seen > SILENT):
        when = f"gave its last sign of life at {times.local(seen)}" if seen else "has never run here"
        click.secho(f"The scheduler {when}: nothing starts by itself. See: dcops jobs serve", fg="red", err=True)


@dataclass(frozen=True, slots=True)
class Line:
    """A run in the history, and how many more of its day ended just as well with nothing new."""

    run: LedgerRun
    more: int = 0
    first: datetime | None = None
    """The earliest due time of those."""


def lines_of(ledger: Ledger, times: Times, *, job: str | None, since: datetime | None, limit: int) -> list[Line]:
    """The newest runs, newest first: a job that runs a hundred times a day must not push last night out of sight."""
    asked = max(limit, FIRST_ROWS)
    while True:
        runs = ledger.runs(job=job, since=since, limit=asked)
        lines = _folded(runs, times)
        everything = len(runs) < asked or asked >= MOST_ROWS
        # The day of the last line that is shown must have been read to its begin, or its number would be too small.
        if everything or (len(lines) > limit and times.day(runs[-1].due) < times.day(lines[limit - 1].run.due)):
            return lines[:limit]
        asked = min(asked * 8, MOST_ROWS)


def _folded(runs: Sequence[LedgerRun], times: Times) -> list[Line]:
    lines: list[Line] = []
    known: dict[tuple[str, date], int] = {}
    for run in runs:
        place = known.get((run.job, times.day(run.due)))
        if not _quiet(run):
            lines.append(Line(run))
        elif place is None:
            known[run.job, times.day(run.due)] = len(lines)
            lines.append(Line(run))
        else:
            lines[place] = Line(lines[place].run, lines[place].more + 1, run.due)
    return lines


def _quiet(run: LedgerRun) -> bool:
    """It went well by itself at the first try, and brought nothing new."""
    return (
        run.state is RunState.OK
        and run.trigger is RunTrigger.SCHEDULE
        and run.attempt == 1
        and not run.summary.get(Result.CHANGED.value)
    )


def show_history(lines: Sequence[Line], times: Times) -> None:
    """Print runs for people, newest first."""
    table(
        ("Due", "Job", "State", "Trigger", "Try", "Took", "Devices", "Reason"),
        [
            (
                times.local(line.run.due),
                line.run.job,
                line.run.state.value,
                line.run.trigger.value,
                str(line.run.attempt),
                f"{line.run.seconds:.0f} s" if line.run.seconds is not None else "",
                _devices(line.run),
                line.run.reason or _more(line, times),
            )
            for line in lines
        ],
        styles=[STYLES[line.run.state] for line in lines],
    )


def history_json(runs: Sequence[LedgerRun]) -> dict[str, Any]:
    """Runs for machines: each one."""
    return {"command": "jobs history", "runs": [run_json(run) for run in runs]}


def show_run(row: LedgerRun | None, ended: Ended | None, times: Times, output: str) -> int:
    """Print what came of a run; gives the exit code."""
    if output == "json":
        print_json({"command": "jobs run", "taken": ended is not None, "run": run_json(row) if row else None})
    elif row is not None and ended is None:
        word = f"{row.node} has it, {row.state.value}" if not row.state.ended else f"it ended as {row.state.value}"
        click.echo(harmless(f"{row.job} of {times.local(row.due)} is taken: {word}"))
    elif row is not None:
        click.echo(harmless(_sentence(row, times)))
    if ended is None or ended.state is RunState.OK:
        return 0
    if ended.state in (RunState.FINDINGS, RunState.PARTIAL):
        return 1
    return ended.exit_code if ended.state is RunState.FAILED and ended.exit_code else 3


def run_json(run: LedgerRun) -> dict[str, Any]:
    """A row of the ledger for machines."""
    return {
        "job": run.job,
        "due": rfc3339(run.due),
        "attempt": run.attempt,
        "node": run.node,
        "state": run.state.value,
        "trigger": run.trigger.value,
        "reason": run.reason,
        "run": run.run,
        "started": run.started,
        "finished": run.finished,
        "seconds": round(run.seconds, 3) if run.seconds is not None else None,
        "exit_code": run.exit_code,
        "summary": dict(run.summary),
        "artefact": run.artefact,
    }


def _more(line: Line, times: Times) -> str:
    if not line.more:
        return ""
    return f"and {line.more} more since {times.local(line.first)[11:16]}, all well, nothing new"


def _sentence(run: LedgerRun, times: Times) -> str:
    parts = [f"{run.job} of {times.local(run.due)}: {run.state.value}"]
    if run.seconds is not None:
        parts.append(f"in {run.seconds:.0f} s")
    words = " ".join(parts)
    for more in (_devices(run), run.reason):
        words += f", {more}" if more else ""
    return f"{words} (log: {run.artefact}/log.txt)" if run.artefact else words


def _devices(run: LedgerRun) -> str:
    return ", ".join(
        f"{run.summary[result.value]} {result.value}" for result in Result if run.summary.get(result.value)
    )
