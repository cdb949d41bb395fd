"""`dcops device`: tries a device step by step, and records it for the lab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.options import format_option, load_settings, quiet_option

if TYPE_CHECKING:
    from dcops.jobs.recording import Recorded
    from dcops.model.device import Device
    from dcops.model.run import JobRun
    from dcops.model.trial import Step
    from dcops.settings import Settings


@click.group()
def command() -> None:
    """Try a device before anything depends on it, and record it for the lab.

    \b
    dcops device test rtr-edge-1     what works, what does not, and what to do about it
    dcops device record rtr-edge-1   a transcript without secrets, to give to somebody who helps
    """


@command.command()
@click.argument("names", metavar="NAME…", nargs=-1, required=True)
@format_option
@quiet_option
@click.pass_context
def test(ctx: click.Context, names: tuple[str, ...], output: str, quiet: bool) -> None:
    """Try a device step by step: entry, SNMP, connection, identity, login, rights, every call, every configuration.

    Nothing is archived and nothing is changed. A step that fails hides no later one that does not need it. A device
    whose platform dcops does not read is looked at from outside, and its platform guessed.

    What is only watched over SNMP is asked who it is, and nothing else; a vCenter is logged into, and says what it
    shows to that login.

    Exit code 1 when a step failed that a backup needs, or of what is only watched the answer.

    \b
    dcops device test rtr-edge-1
    dcops device test rtr-edge-1 fw-main-1 --format json
    """
    from dcops.assembly.reach import reach_of
    from dcops.cli.output import print_json
    from dcops.jobs import trial
    from dcops.jobs.runs.result import as_json

    settings = load_settings(ctx)
    devices = _devices(settings, names)
    reach = reach_of(settings)
    run, steps = trial.run(reach, devices, _Teller(quiet=quiet))
    if output == "json":
        document = as_json(run)
        for item in document["items"]:
            item["steps"] = [_step(step) for step in steps[item["device"]]]
        print_json(document)
    else:
        for device in devices:
            _show(device, run, steps[device.name])
    ctx.exit(1 if run.failed else 0)


@command.command()
@click.argument("name", metavar="NAME")
@click.option("--to", "file", metavar="FILE", help="Where to write it. Default: NAME.recording.yaml here.")
@click.option(
    "--anonymous",
    is_flag=True,
    help="Also hide addresses and serial numbers: each becomes another, the same everywhere.",
)
@format_option
@click.pass_context
def record(ctx: click.Context, name: str, file: str | None, anonymous: bool, output: str) -> None:
    """Record what a device answers to every call, without its secrets, so that the lab can replay it.

    Every secret is concealed, also the login that was used, in every way it could be written; when one is left in
    spite of that, nothing is written. Read the file before you give it away: addresses, serial numbers and names stay
    in it unless you say --anonymous, names stay even then.

    \b
    dcops device record rtr-edge-1 --to rtr-edge-1.yaml
    python -m lab up --scale small --recordings FOLDER       replays it
    """
    from pathlib import Path

    from dcops.assembly.reach import reach_of
    from dcops.cli.audit import record as audit
    from dcops.cli.output import harmless, print_json
    from dcops.errors import DeviceError, UsageError
    from dcops.jobs import recording

    settings = load_settings(ctx)
    (device,) = _devices(settings, (name,))
    target = Path(file or f"{device.name}.recording.yaml")
    if target.exists():
        raise UsageError(f"{target} is there already", next_step="Give another name with --to, or move it away")
    try:
        recorded = recording.record(reach_of(settings), device, anonymous=anonymous)
    except DeviceError as error:
        click.echo(harmless(f"dcops: {device.name}: {error}"), err=True)
        ctx.exit(1)
    recording.write(target, recorded)
    audit(settings, "device record", devices=[device.name], result="recorded", detail=f"to {target.name}")
    if output == "json":
        print_json(
            {
                "command": "device record",
                "device": device.name,
                "file": str(target),
                "exchanges": len(recorded.exchanges),
                "secrets": recorded.secrets,
                "failed": dict(recorded.failed),
                "anonymous": recorded.anonymous,
            }
        )
    else:
        _told(recorded, target)


def _devices(settings: Settings, names: Sequence[str]) -> tuple[Device, ...]:
    from dcops.assembly.stores import inventory_of
    from dcops.inventory.select import Selection, select

    return select(inventory_of(settings).devices, Selection(devices=tuple(names)))


# ---- test ----------------------------------------------------------------------------------------

MARKS = {"ok": "ok", "warning": "look", "failed": "FAILED", "lacking": "lacking", "not tried": "not tried"}
STYLES = {"ok": "green", "warning": "yellow", "failed": "bold red", "lacking": "yellow", "not tried": "dim"}


class _Teller:
    """A line on stderr for every step, as it ends."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def step(self, device: Device, step: Step) -> None:
        """Say what came of one step."""
        from dcops.cli.output import harmless

        if not self._quiet:
            detail = f": {step.detail}" if step.detail else ""
            click.echo(harmless(f"{device.name}: {step.name} {MARKS[step.state]}{detail}"), err=True)


def _show(device: Device, run: JobRun, steps: Sequence[Step]) -> None:
    from dcops.cli.output import console, harmless, table

    (outcome,) = [outcome for outcome in run.outcomes if outcome.device == device.name]
    click.echo(harmless(f"\n{device.name}: {device.vendor} {device.model}, {device.platform or 'no platform'}"))
    table(
        ("step", "for", "result", "seconds", "detail"),
        [
            (
                step.name,
                step.why,
                MARKS[step.state],
                f"{step.seconds:.2f}" if step.seconds is not None else "",
                step.detail,
            )
            for step in steps
        ],
        styles=[STYLES[step.state] for step in steps],
    )
    hints: dict[str, list[str]] = {}
    for step in steps:
        if step.error and step.error.next_step:
            hints.setdefault(step.error.next_step, []).append(step.name)
    if hints:
        click.echo("\nWhat to do next:")
        for hint, names in hints.items():
            click.echo(harmless(f"  {', '.join(names)}: {hint}"))
    verdict = f"\n{device.name}: {outcome.detail or outcome.error}"
    if not (outcome.failed or outcome.error):
        verdict += f". Next: dcops {_following(device)}"
    console().print(harmless(verdict), style="bold red" if outcome.failed else "bold green")


def _following(device: Device) -> str:
    """The command that comes next for a device that is well."""
    if device.platform == "vcenter":
        return "inventory placement --fresh"
    return f"snmp identify {device.name}" if device.only_watched else f"backup --device {device.name}"


def _step(step: Step) -> Mapping[str, Any]:
    error = step.error
    return {
        "step": step.name,
        "for": step.why,
        "result": step.state.value,
        "detail": step.detail,
        "seconds": round(step.seconds, 3) if step.seconds is not None else None,
        "error": {"kind": error.kind.value, "message": error.message, "next_step": error.next_step} if error else None,
    }


# ---- record --------------------------------------------------------------------------------------


def _told(recorded: Recorded, target: object) -> None:
    from dcops.cli.output import harmless

    for call, reason in recorded.failed:
        click.echo(harmless(f"not given: {call}: {reason}"), err=True)
    click.echo(
        harmless(f"{len(recorded.exchanges)} answers written to {target}, {recorded.secrets} secrets hidden in them.")
    )
    kept = "Names are still in it" if recorded.anonymous else "Names, addresses and serial numbers are still in it"
    click.echo(f"{kept}: read it before you give it away.")
