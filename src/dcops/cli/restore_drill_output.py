"""How restore tests are printed: each device with its result, and every step that did not go well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.output import console, harmless, print_json, table
from dcops.model.finding import Status
from dcops.model.moment import rfc3339
from dcops.model.restore_test import Level, RestoreResult, RestoreTest
from dcops.model.run import Result

if TYPE_CHECKING:
    from dcops.cli.jobs_output import Times
    from dcops.jobs.drill import Drilled
    from dcops.jobs.drilling.records import TakenIn
    from dcops.jobs.drilling.trial import Trial
    from dcops.model.run import JobRun

ORDER = (RestoreResult.FAILED, RestoreResult.COULD_NOT_CHECK, RestoreResult.OK)


def show_drill(run: JobRun, drilled: Sequence[Drilled], output: str, *, with_key: bool, kept: bool) -> int:
    """Print a drill; gives the exit code: 1 unless every device that was asked for stood a test that counts."""
    if output == "json":
        print_json(_drill_json(run, drilled))
    else:
        _show(run, drilled, with_key=with_key, kept=kept)
    proven = sum(one.test.proves for one in drilled)
    return 0 if drilled and proven == len(run.outcomes) and not run.failure else 1


def _drill_json(run: JobRun, drilled: Sequence[Drilled]) -> dict[str, Any]:
    from dcops.jobs.runs.result import as_json

    by_device = {one.test.device: one for one in drilled}
    document = as_json(run)
    document["command"] = "restore drill"
    document["failure"] = run.failure or None
    for item in document["items"]:
        one = by_device.get(item["device"])
        item["test"] = _test_json(one) if one else None
    return document


def _test_json(one: Drilled) -> dict[str, Any]:
    from dcops.jobs.drilling.records import as_json

    documents = [
        {
            "source": trial.source.value,
            "restores": trial.restores,
            "opened": trial.opened,
            "holder": trial.holder or None,
            "taken": rfc3339(one.version.record.read_at(trial.source)) if one.version else None,
            "checks": [{"check": each.name, "status": each.status.value, "said": each.said} for each in trial.checks],
        }
        for trial in one.trials
    ]
    return {**as_json(one.test), "documents": documents}


def _show(run: JobRun, drilled: Sequence[Drilled], *, with_key: bool, kept: bool) -> None:
    shown = sorted(drilled, key=lambda one: (ORDER.index(one.test.result), one.test.device))
    rows = [(*_row(one.test), _taken(one), _detail(one)) for one in shown]
    if rows:
        headings = ("Device", "Result", "Level", "Key of", "Version", "Taken", "Detail")
        table(headings, rows, styles=[_style(one.test) for one in shown])
    for device, why in _left_out(run, drilled):
        click.echo(harmless(f" not tested, {why}: {', '.join(device)}"))
    _show_steps(shown)
    click.echo("")
    good = sum(one.test.proves for one in drilled)
    took = (run.finished - run.started).total_seconds()
    style = "bold green" if drilled and good == len(run.outcomes) else "bold red" if run.failed else "bold yellow"
    words = f"{good} of {len(run.outcomes)} devices could be restored from what is archived, as far as it was tested"
    console().print(harmless(f"{words}; {took:.1f} s"), style=style)
    if run.failure:
        click.secho(harmless(f"dcops: WARNING: {run.failure}"), fg="red", err=True)
    if not with_key:
        click.echo("Nothing was opened, so this was no restore test: give a holder's key with --identity KEY.")
    if not kept:
        click.echo("No record was kept: there is no ledger here, name a file with --record FILE.")


def _row(test: RestoreTest) -> tuple[str, str, str, str, str]:
    return test.device, test.result.value, _level(test), test.holder, test.revision[:8]


def _style(test: RestoreTest) -> str:
    return "green" if test.proves else "bold red" if test.result is RestoreResult.FAILED else "yellow"


def _level(test: RestoreTest) -> str:
    return "parsed only" if test.level is Level.PARSED else test.level.value


def _taken(one: Drilled) -> str:
    return rfc3339(one.version.taken) if one.version else ""


def _detail(one: Drilled) -> str:
    if not one.trials:
        return one.test.detail
    return ", ".join(f"{trial.source}: {_verdict(trial)}" for trial in one.trials)


def _verdict(trial: Trial) -> str:
    if trial.failed:
        return " and ".join(check.name for check in trial.failed) + " bad"
    words = f"{len(trial.unchecked)} of {len(trial.checks)} not checked" if trial.unchecked else "all well"
    return words if trial.restores else f"{words}, restores no device"


def _left_out(run: JobRun, drilled: Sequence[Drilled]) -> Iterator[tuple[list[str], str]]:
    tested = {one.test.device for one in drilled}
    reasons: dict[str, list[str]] = {}
    for outcome in run.outcomes:
        if outcome.result is Result.SKIPPED and outcome.device not in tested:
            reasons.setdefault(outcome.error.message if outcome.error else outcome.detail, []).append(outcome.device)
    for why, devices in reasons.items():
        yield devices, why


def _show_steps(shown: Sequence[Drilled]) -> None:
    """Every step that did not go well, alike ones together."""
    alike: dict[tuple[Status, str], dict[str, list[str]]] = {}
    for one in shown:
        for trial in one.trials:
            for check in (*trial.failed, *trial.unchecked):
                places = alike.setdefault((check.status, check.said), {}).setdefault(check.name, [])
                places.append(f"{one.test.device} {trial.source.value}")
    if alike:
        click.echo("")
    for (status, said), names in sorted(alike.items(), key=lambda each: each[0][0] is not Status.FAIL):
        bad = status is Status.FAIL
        word = "bad" if bad else "could not check"
        click.secho(harmless(f"{word}: {', '.join(names)}: {said}"), fg="red" if bad else None)
        click.echo(harmless(f"  {', '.join(dict.fromkeys(place for places in names.values() for place in places))}"))


def show_history(tests: Sequence[RestoreTest], times: Times, output: str) -> None:
    """Print records, the newest first."""
    if output == "json":
        from dcops.jobs.drilling.records import as_json

        print_json({"command": "restore history", "tests": [as_json(test) for test in tests]})
        return
    if not tests:
        click.echo("No restore test is recorded. See: dcops restore drill --help")
        return
    rows = [(times.local(test.tested_at), *_row(test), test.detail) for test in tests]
    headings = ("Tested", "Device", "Result", "Level", "Key of", "Version", "Detail")
    table(headings, rows, styles=[_style(test) for test in tests])


def show_taken_in(taken: TakenIn, file: str, output: str) -> int:
    """Print what came of a file of records; gives the exit code."""
    if output == "json":
        print_json(
            {
                "command": "restore history",
                "file": file,
                "new": taken.new,
                "known": taken.known,
                "refused": taken.refused,
            }
        )
    else:
        click.echo(harmless(f"{file}: {taken.new} new, {taken.known} known already, {len(taken.refused)} refused"))
        for why in taken.refused:
            click.secho(harmless(f"  {why}"), fg="red")
    return 1 if taken.refused else 0
