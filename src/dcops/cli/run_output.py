"""How a run over devices is printed: every device with its outcome, what to do next, and the counts."""

from __future__ import annotations

import click

from dcops.cli.findings_output import show_findings
from dcops.cli.output import console, harmless, print_json, table
from dcops.jobs.runs.result import as_json, write_run
from dcops.model.run import JobRun, Result

__all__ = ["show_run", "write_run"]

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
    """Print a run; returns the exit code: 1 when a device failed or was held by another run, or something was found."""
    if output == "json":
        print_json(as_json(run))
    else:
        _show_table(run)
    return 1 if run.failed or run.held or run.open_findings else 0


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
        if (outcome.failed or outcome in run.held) and outcome.error and outcome.error.next_step:
            steps.setdefault(outcome.error.next_step, []).append(outcome.device)
    if steps:
        click.echo("\nWhat to do next:")
        for step, devices in steps.items():
            click.echo(harmless(f"  {', '.join(devices)}: {step}"))
    if run.findings is not None:
        click.echo("")
        show_findings(run.findings)
    click.echo("")
    counts = ", ".join(f"{number} {name}" for name, number in run.counts.items() if number)
    took = (run.finished - run.started).total_seconds()
    console().print(
        f"{run.command} of {len(run.outcomes)} devices in {took:.1f} s: {counts or 'nothing to do'}{_found(run)}",
        style="bold red" if run.failed or run.held else "bold yellow" if run.open_findings else "bold green",
    )


def _found(run: JobRun) -> str:
    if run.findings is None:
        return ""
    number = len(run.open_findings)
    return f"; {number} finding{'' if number == 1 else 's'}"
