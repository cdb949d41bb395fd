"""How an audit of compliance is printed: what is wrong, worst first, alike things together."""

from __future__ import annotations

from collections.abc import Sequence

import click

from dcops.cli.audit_compliance_forms import TABLE, Shown, give
from dcops.cli.findings_output import STYLES
from dcops.cli.output import console, harmless, table
from dcops.jobs.compliance.result import AuditResult
from dcops.jobs.compliance.run import Done
from dcops.model.finding import Finding, Status

PLACES = 3
"""So many devices of one finding are named with what was seen; JSON has them all."""


def show(done: Done, shown: Shown) -> int:
    """Show an audit; returns the exit code: 1 when something is open, or a device was held by another run."""
    if shown.output == TABLE and not shown.files:
        _show_table(done, shown.texts.language)
    else:
        give(done, shown)
    return 1 if done.result.open or done.run.failed or done.run.held else 0


def _show_table(done: Done, language: str) -> None:
    result = done.result
    click.secho(harmless(_heading(result)), bold=True)
    _devices(result)
    _findings(result, language)
    _exceptions(result)
    for outcome in done.run.held:
        click.echo(harmless(f" not judged, {outcome.error.message if outcome.error else ''}: {outcome.device}"))
    for one in result.unjudged:
        click.echo(harmless(f" not judged, {one.reason}: {', '.join(one.devices)}"))
    click.echo("")
    _packs(result)
    _last_line(done)


def _heading(result: AuditResult) -> str:
    if result.is_pre_service:
        return f"Pre-service report of {', '.join(result.pre_service)}: {result.origin}"
    before = f"; before service: {', '.join(result.pre_service)}" if result.pre_service else ""
    return f"Compliance of {len(result.devices)} devices: {result.origin}{before}"


def _devices(result: AuditResult) -> None:
    rows, styles = [], []
    ordered = sorted(result.devices, key=lambda one: (-one.tally.failed, -one.tally.could_not_check, one.name))
    for device in ordered:
        tally = device.tally
        rows.append(
            (
                device.name,
                device.platform,
                *(str(number) for number in (tally.failed, tally.could_not_check, tally.exception, tally.passed)),
                str(tally.not_applicable),
                device.error.message if device.error else "",
            )
        )
        styles.append(
            "bold red" if device.error else "red" if tally.failed else "yellow" if tally.could_not_check else ""
        )
    headings = ("device", "platform", "fail", "could not check", "exception", "pass", "not applicable", "problem")
    table(headings, rows, styles=styles)


def _findings(result: AuditResult, language: str) -> None:
    groups: dict[tuple[str, Status, str], list[Finding]] = {}
    # Why nothing of them could be checked stands beside their names.
    silent = {device.name for device in result.devices if device.error}
    told = [one for one in result.open if one.device not in silent or one.status is not Status.COULD_NOT_CHECK]
    for finding in told:
        groups.setdefault((finding.id, finding.status, finding.severity), []).append(finding)
    if not groups:
        word = "Nothing new" if result.baseline and result.baseline.only_new else "Nothing"
        if not silent:
            click.echo(f"\n{word} is open.")
        return
    click.echo("")
    table(
        ("check", "severity", "status", "what", "where"),
        [
            (one[0].id, one[0].severity.value, one[0].status.value, _title(one[0], language), _where(one, language))
            for one in groups.values()
        ],
        styles=[STYLES[one[0].severity] for one in groups.values()],
    )
    steps: dict[str, list[str]] = {}
    for one in told:
        if one.fix and (fix := _fix(one, language)) not in steps.setdefault(one.id, []):
            steps[one.id].append(fix)
    if steps:
        click.echo("\nWhat to do about it:")
        for check, texts in steps.items():
            more = f" (and so at {_counted(len(texts) - 1, 'other place')})" if len(texts) > 1 else ""
            text = texts[0].strip()
            click.echo(harmless(f"  {check}:{more}\n{_indented(text)}" if "\n" in text else f"  {check}: {text}{more}"))


def _where(findings: Sequence[Finding], language: str) -> str:
    devices = {finding.device for finding in findings}
    shown = [f"{one.device}: {_evidence(one, language)}".removeprefix(": ") for one in findings[:PLACES]]
    if len(findings) > PLACES:
        shown.append(f"and {len(findings) - PLACES} more, {_counted(len(devices), 'device')} in all")
    return "\n".join(shown)


def _exceptions(result: AuditResult) -> None:
    ending = [one for one in result.exceptions if one.ends_soon or one.ended]
    if not ending:
        return
    click.secho("\nExceptions that end:", bold=True)
    for one in ending:
        how = f"ended {-one.days_left} days ago" if one.ended else f"ends in {_counted(one.days_left, 'day')}"
        click.secho(
            harmless(f"  {one.exempt.rule} at {one.exempt.target}: {how} ({one.exempt.allowed})"),
            fg="red" if one.ended else "yellow",
        )


def _packs(result: AuditResult) -> None:
    for pack in result.packs:
        tally = result.tally_of(pack.name)
        click.echo(
            harmless(
                f" {pack.name}, mapped to {pack.standard or pack.title.en}: {tally.passed} pass, {tally.failed} fail,"
                f" {tally.could_not_check} could not check, {tally.exception} exception"
            )
        )
    baseline = result.baseline
    if baseline is not None:
        new = [finding.status for finding in result.new]
        unknown = f", {blind} newly not checkable" if (blind := new.count(Status.COULD_NOT_CHECK)) else ""
        click.echo(harmless(f" since {baseline.run}: {new.count(Status.FAIL)} new{unknown}, {baseline.gone} gone"))
        if baseline.unknown:
            click.echo(harmless(f" not judged then, so all of it is new: {', '.join(baseline.unknown)}"))


def _last_line(done: Done) -> None:
    result, tally = done.result, done.result.tally
    counts = ", ".join(f"{number} {status.value}" for status, number in tally.by_status.items() if number)
    took = (result.finished - result.started).total_seconds()
    console().print(
        harmless(
            f"audit {result.run} of {_counted(len(result.devices), 'device')} in {took:.1f} s: {counts or 'none'}"
        ),
        style="bold red" if done.run.failed or tally.failed else "bold yellow" if result.open else "bold green",
    )


def _title(finding: Finding, language: str) -> str:
    return finding.told[language].title if language in finding.told else finding.title


def _evidence(finding: Finding, language: str) -> str:
    return finding.told[language].evidence if language in finding.told else finding.evidence


def _fix(finding: Finding, language: str) -> str:
    return finding.told[language].fix if language in finding.told else finding.fix


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines())


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else f'{noun}s'}"
