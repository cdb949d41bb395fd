"""How a nightly report looks on a terminal: the worst first, and what to do about it."""

from __future__ import annotations

import click

from dcops.cli.output import console, harmless, table
from dcops.jobs.nightly import forms
from dcops.jobs.nightly.content import NightlyReport, Verdict
from dcops.templates.render import Texts, upper_first

STYLES = {Verdict.ACT: "bold red", Verdict.LOOK: "yellow", Verdict.WELL: "green"}


def show(report: NightlyReport, texts: Texts) -> None:
    """Print a report; the page and the mail hold more."""
    words = texts.words
    click.echo(harmless(f"{words('report.title')} – {report.site}"))
    click.echo(f"{forms.night_title(report, texts)} ({texts.zone_at(report.until)})")
    if report.lab:
        click.echo(words("report.lab"))
    console().print(forms.headline(report, texts), style=STYLES[report.verdict])
    for problem in report.problems:
        click.echo("")
        mark = f"[{words(f'verdict.{problem.verdict}')}]"
        console().print(
            harmless(f"{mark} {upper_first(forms.sentence(problem, texts))}"), style=STYLES[problem.verdict]
        )
        if problem.devices:
            click.echo(harmless(f"  {', '.join(problem.devices)}"))
        click.echo(harmless(f"  → {forms.step(problem, texts)}"))
        if problem.said:
            click.echo(harmless(f"  ({problem.said})"))
    click.echo("")
    if report.jobs:
        _show_jobs(report, texts)
    else:
        click.echo(words("report.no-jobs"))
    _show_compliance(report, texts)
    _show_findings(report, texts)
    click.echo("")
    hours = int(report.unproven_hours)
    changed = report.changed_devices
    unknown = words("report.unknown")
    told = report.backup.archived is not None
    click.echo(f"{words('report.tile-backup')}: {f'{report.backup.archived}/{report.backup.of}' if told else unknown}")
    click.echo(f"{words('report.tile-changes')}: {unknown if changed is None else changed}")
    click.echo(f"{words('report.tile-unproven', hours=hours)}: {len(report.unproven)}/{report.backup.of}")
    click.echo(f"{words('report.restore-tests')}: {forms.restore_tests(report, texts)}")


def _show_compliance(report: NightlyReport, texts: Texts) -> None:
    one = report.compliance
    if one is None:
        return
    title = texts.words("job.compliance")
    click.echo(harmless(f"\n{title}: {forms.compliance_said(report, texts)}"))
    for fault in one.faults:
        click.echo(harmless(f"  {fault.check}, {fault.device}: {upper_first(fault.title(texts.language))}"))
    if one.hidden:
        click.echo(f"  {texts.words('report.findings-hidden', n=one.hidden)}")
    for ending in one.ending:
        end = forms.exception_end(ending, texts)
        click.echo(harmless(f"  {ending.check}, {ending.target}: {end} ({ending.owner})"))


def _show_findings(report: NightlyReport, texts: Texts) -> None:
    for look in report.looks:
        if not look.number:
            continue
        title = texts.words("report.findings", job=forms.job_title(look.job, texts))
        click.echo(harmless(f"\n{title} ({look.number})"))
        for one in look.found:
            click.echo(harmless(f"  {upper_first(forms.finding_title(one, texts))}"))
            click.echo(harmless(f"    ({one.id}: {one.title}; {one.evidence})"))
        if look.hidden:
            click.echo(f"  {texts.words('report.findings-hidden', n=look.hidden)}")


def _show_jobs(report: NightlyReport, texts: Texts) -> None:
    words = texts.words
    headings = [words(f"report.{name}") for name in ("job", "state", "due", "took", "devices-column", "reason")]
    rows = [
        (
            forms.job_title(line.job, texts),
            words(f"state.{line.standing}"),
            texts.short(line.due),
            texts.duration(line.seconds),
            forms.counts(line, texts),
            "; ".join(part for part in (forms.remarks(line, texts), line.reason) if part),
        )
        for line in report.jobs
    ]
    table(headings, rows, styles=[STYLES[line.verdict] for line in report.jobs])
