"""How a run over devices is printed: every device with its outcome, what to do next, and the counts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from dcops.cli.output import console, harmless, print_json, rfc3339, table
from dcops.model.run import JobRun, Outcome, Result

STYLES = {
    Result.OK: "green",
    Result.CHANGED: "green",
    Result.UNCHANGED: "",
    Result.FAILED: "bold red",
    Result.TIMEOUT: "bold red",
    Result.SKIPPED: "dim",
}
# Worst first: the reader looks at the top.
ORDER = [Result.TIMEOUT, Result.FAILED, Result.CHANGED, Result.OK, Result.UNCHANGED, Result.SKIPPED]


def show_run(run: JobRun, output: str) -> int:
    """Print a run; returns the exit code: 1 when a device failed."""
    if output == "json":
        print_json(as_json(run))
    else:
        _show_table(run)
    return 1 if run.failed else 0


def write_run(run: JobRun, file: str) -> None:
    """Write a run to a file as JSON: a reader finds the old file or the whole new one."""
    target = Path(file)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_text(json.dumps(as_json(run), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    draft.replace(target)


def as_json(run: JobRun) -> dict[str, Any]:
    """The JSON shape of every command that works on devices."""
    return {
        "command": run.command,
        "run": run.run,
        "started": rfc3339(run.started),
        "finished": rfc3339(run.finished),
        "summary": {"total": len(run.outcomes), **run.counts, **run.extra},
        "items": [_item(outcome) for outcome in run.outcomes],
    }


def _item(outcome: Outcome) -> dict[str, Any]:
    error = outcome.error
    return {
        "device": outcome.device,
        "outcome": outcome.result.value,
        "detail": outcome.detail,
        "seconds": round(outcome.seconds, 3) if outcome.seconds is not None else None,
        "error": {"kind": error.kind.value, "message": error.message, "next_step": error.next_step} if error else None,
    }


def _show_table(run: JobRun) -> None:
    shown = sorted(run.outcomes, key=lambda outcome: (ORDER.index(outcome.result), outcome.device))
    rows, styles = [], []
    for outcome in shown:
        if outcome.result is Result.SKIPPED:
            continue
        seconds = f"{outcome.seconds:.1f}" if outcome.seconds is not None else ""
        kind = outcome.error.kind.value if outcome.error else ""
        words = outcome.error.message if outcome.error else outcome.detail
        rows.append((outcome.device, outcome.result.value, kind, seconds, words))
        styles.append(STYLES[outcome.result])
    table(("device", "outcome", "error", "seconds", "detail"), rows, styles=styles)

    skipped: dict[str, list[str]] = {}
    for outcome in shown:
        if outcome.result is Result.SKIPPED:
            skipped.setdefault(outcome.error.message if outcome.error else outcome.detail, []).append(outcome.device)
    for reason, devices in skipped.items():
        click.echo(harmless(f" skipped, {reason}: {', '.join(devices)}"))

    steps: dict[str, list[str]] = {}
    for outcome in shown:
        if outcome.failed and outcome.error and outcome.error.next_step:
            steps.setdefault(outcome.error.next_step, []).append(outcome.device)
    if steps:
        click.echo("\nWhat to do next:")
        for step, devices in steps.items():
            click.echo(harmless(f"  {', '.join(devices)}: {step}"))
    click.echo("")
    counts = ", ".join(f"{number} {name}" for name, number in run.counts.items() if number)
    took = (run.finished - run.started).total_seconds()
    console().print(
        f"{run.command} of {len(run.outcomes)} devices in {took:.1f} s: {counts or 'nothing to do'}",
        style="bold red" if run.failed else "bold green",
    )
