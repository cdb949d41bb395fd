"""How findings are printed: worst first, each with what was seen and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import click

from dcops.cli.output import harmless, table
from dcops.model.finding import Finding, Severity

STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "",
    Severity.INFO: "dim",
}


def show_findings(findings: Sequence[Finding]) -> None:
    """Print the open findings as a table, then their evidence and what to do, alike things together."""
    shown = sorted((finding for finding in findings if finding.status.open), key=lambda finding: finding.order)
    if not shown:
        click.echo("No findings.")
        return
    table(
        ("finding", "severity", "status", "what", "evidence"),
        [(one.id, one.severity.value, one.status.value, one.title, one.evidence) for one in shown],
        styles=[STYLES[one.severity] for one in shown],
    )
    steps: dict[str, None] = dict.fromkeys(f"{one.id}: {one.fix}" for one in shown if one.fix)
    if steps:
        click.echo("\nWhat to do about it:")
        for step in steps:
            click.echo(harmless(f"  {step}"))
