"""`dcops audit compliance`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from dcops.cli.options import load_settings, quiet_option, selection_options

if TYPE_CHECKING:
    from dcops.inventory.select import Selection
    from dcops.jobs.compliance.run import Done, Wanted
    from dcops.model.device import Device
    from dcops.settings import Settings

FORMATS = ("table", "html", "json", "csv")


@click.command()
@selection_options
@click.option("--pack", "packs", multiple=True, metavar="PACK", help="Only the rules of this pack. Repeatable.")
@click.option("--from-archive", "archive", is_flag=True, help="Judge what is archived; no device is touched.")
@click.option(
    "--at",
    metavar="REV|DATE",
    help="With --from-archive: as it was then, a revision, a day (2026-01-15) or a time (RFC 3339).",
)
@click.option(
    "--baseline", metavar="RUN", default="", help="Only what is new since this audit; `last` is the one before."
)
@click.option("--format", "output", type=click.Choice(FORMATS), default="table", help="How to give the result.")
@click.option("--lang", type=click.Choice(["vi", "en"]), help="Language. Default: [site] language of dcops.toml.")
@click.option(
    "--to",
    "files",
    multiple=True,
    metavar="FILE",
    help="Write it to this file instead: .html, .csv, .json, or any other with --format. Repeatable.",
)
@quiet_option
@click.pass_context
def compliance(
    ctx: click.Context,
    selection: Selection,
    packs: tuple[str, ...],
    archive: bool,
    at: str | None,
    baseline: str,
    output: str,
    lang: str | None,
    files: tuple[str, ...],
    quiet: bool,
) -> None:
    """Judge configurations by the rules of compliance/ and say what is wrong, where, and what to do.

    Every rule gives each device of its platform one of five answers: pass, fail, not applicable, could not check,
    exception. A device that does not answer could not be checked; it never passes. Packs are mapped to a standard;
    nobody is certified by them.

    Devices are read fresh first. --from-archive judges what was archived, of now or of any past night, and touches
    nothing. A device that is not in service yet (`in_service_from` in the inventory) is judged when it is named:
    that is its pre-service report.

    Exit code 1 when something is open: it fails or could not be checked.

    \b
    dcops audit compliance
    dcops audit compliance --device rtr-edge-1 --pack tcvn11930-l3
    dcops audit compliance --from-archive --at 2026-01-15 --format json
    dcops audit compliance --baseline last
    dcops audit compliance --to compliance.html --to compliance.csv
    """
    from dcops.assembly.drills import is_second_store
    from dcops.assembly.messages import texts_of
    from dcops.assembly.stores import inventory_of
    from dcops.cli.audit_compliance_forms import Shown, files_of
    from dcops.cli.audit_compliance_output import show
    from dcops.errors import UsageError
    from dcops.jobs.compliance.run import Wanted

    if at is not None and not archive:
        raise UsageError("--at is about the archive", next_step="Give --from-archive too")
    written = files_of(files, output)
    settings = load_settings(ctx)
    if is_second_store(settings):
        raise UsageError(f"{settings.root} is a second store: it has no rules and no inventory")
    wanted = Wanted(packs or settings.compliance.packs, archive=archive, at=at, baseline=baseline)
    inventory = inventory_of(settings)
    chosen = _chosen(inventory.devices, selection)
    done = _audited(settings, chosen, wanted, quiet=quiet)
    shown = Shown(output, texts_of(settings, lang), settings.site.name, inventory.lab, written)
    ctx.exit(show(done, shown))


def _chosen(devices: Sequence[Device], selection: Selection) -> Sequence[Device]:
    """Those that were selected; what is in service only later, or has no platform, has to be named."""
    from dcops.assembly.here import now
    from dcops.inventory.select import select

    today, named = now().date(), set(selection.devices)
    chosen = select(devices, selection)
    judged = [one for one in chosen if (one.platform and one.in_service(today)) or one.name in named]
    return judged or chosen


def _audited(settings: Settings, devices: Sequence[Device], wanted: Wanted, *, quiet: bool) -> Done:
    from dcops.assembly.compliance import compliance_rooms_of
    from dcops.cli.audit import record
    from dcops.cli.direct import direct
    from dcops.cli.progress import progress
    from dcops.jobs import catalog
    from dcops.jobs.compliance import NAME
    from dcops.jobs.compliance.run import run
    from dcops.jobs.context import Call
    from dcops.model.run import JobRun

    results: list[Done] = []
    runner = direct(settings)
    with progress(quiet=quiet) as told:
        asking = not wanted.archive
        rooms = compliance_rooms_of(settings, Call(told), runner.ledger, asking=asking)

        def audit(free: Sequence[Device]) -> JobRun:
            results.append(run(rooms, free, wanted))
            return results[-1].run

        if wanted.at is not None:
            # What was is no run of tonight: it must not look like one in the ledger.
            audit(devices)
            ended = results[-1].run
        else:
            ended = runner.run(replace(catalog.find(NAME), holds_locks=asking), devices, audit)
    done = replace(results[-1], run=ended)
    touched = [device.name for device in done.result.devices] if asking else []
    failed = f"{done.result.tally.failed} checks fail, {done.result.tally.could_not_check} could not be checked"
    record(settings, "audit compliance", devices=touched, result=failed, run=ended.run, detail=done.result.origin)
    return done
