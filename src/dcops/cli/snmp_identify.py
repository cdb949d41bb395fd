"""`dcops snmp identify`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.output import harmless, print_json, table
from dcops.errors import DeviceError, ErrorKind, UsageError
from dcops.exporters.snmp.identify import Identity, identify_all
from dcops.exporters.snmp.shelf import EVERY_DEVICE

if TYPE_CHECKING:
    from dcops.inventory.select import Selection
    from dcops.model.device import Device
    from dcops.model.run import JobRun
    from dcops.settings import Settings
    from dcops.snmp.target import Target

Found = dict[str, Identity | DeviceError]


def identify(settings: Settings, selection: Selection, *, as_json: bool, quiet: bool) -> int:
    """Ask, and print what was found; gives the exit code."""
    from dcops.assembly.here import now
    from dcops.assembly.snmp import agents_of
    from dcops.exporters.snmp import shelf

    devices = _devices(settings, selection)
    profiles = shelf.load(settings.paths.inventory.parent).profiles
    agent_of = agents_of(settings)
    if not quiet:
        click.echo(f"asking {len(devices)} {'device' if len(devices) == 1 else 'devices'}", err=True)
    started = now()
    found = asyncio.run(identify_all([(device.name, _agent(agent_of, device)) for device in devices], profiles))
    run = _run(devices, found, started)
    if as_json:
        _print_json(run, devices, found)
    else:
        _print(devices, found)
    differs = any(outcome.detail.startswith(DIFFERS) for outcome in run.outcomes)
    return 1 if run.failed or differs else 0


DIFFERS = "the inventory says otherwise"


def _devices(settings: Settings, selection: Selection) -> tuple[Device, ...]:
    """Those that were selected; without their names only those that have an agent."""
    from dcops.assembly.stores import inventory_of
    from dcops.inventory.select import select

    chosen = select(inventory_of(settings).devices, selection)
    asked = tuple(device for device in chosen if device.snmp or device.name in selection.devices)
    if not asked:
        raise UsageError(
            "the inventory does not say of any of these devices how it is asked over SNMP",
            next_step="Add snmp: {credential: …} to their entries (docs/reference/inventory.md)",
        )
    return asked


def _agent(agent_of: Any, device: Device) -> Target | DeviceError:
    try:
        target: Target = agent_of(device)
    except DeviceError as error:
        return error
    return target


def _stated(device: Device) -> tuple[str, ...]:
    return device.snmp.profiles if device.snmp else ()


def _run(devices: Sequence[Device], found: Found, started: Any) -> JobRun:
    from dcops.assembly.here import now
    from dcops.model.run import JobRun, Outcome, Result, new_run_id

    outcomes = []
    for device in devices:
        identity = found[device.name]
        if isinstance(identity, DeviceError):
            result = Result.TIMEOUT if identity.kind is ErrorKind.TIMEOUT else Result.FAILED
            outcomes.append(Outcome(device.name, result, error=identity))
            continue
        names = ", ".join(identity.proposed) or "no profile fits"
        agrees = not identity.missing(_stated(device)) and not identity.surplus(_stated(device))
        outcomes.append(Outcome(device.name, Result.OK, names if agrees else f"{DIFFERS}: {names}"))
    return JobRun("snmp identify", new_run_id(started), started, now(), tuple(outcomes))


def _print_json(run: JobRun, devices: Sequence[Device], found: Found) -> None:
    from dcops.jobs.runs.result import as_json

    document = as_json(run)
    stated = {device.name: _stated(device) for device in devices}
    for item in document["items"]:
        identity = found[item["device"]]
        if isinstance(identity, DeviceError):
            continue
        names = stated[item["device"]]
        item |= {
            "description": identity.description,
            "object_id": identity.object_id,
            "proposed": list(identity.proposed),
            "recognised": [
                {"profile": one.profile, "reason": one.reason, "instead": one.instead or None}
                for one in identity.recognised
            ],
            "missing": list(identity.missing(names)),
            "surplus": identity.surplus(names),
        }
    print_json(document)


def _print(devices: Sequence[Device], found: Found) -> None:
    for number, device in enumerate(devices):
        identity = found[device.name]
        if number:
            click.echo()
        if isinstance(identity, DeviceError):
            click.echo(harmless(f"dcops: {device.name}: {identity}"), err=True)
            continue
        click.echo(harmless(f"{device.name}: {identity.description or 'no description'} ({identity.object_id})"))
        _print_one(device, identity)


def _print_one(device: Device, identity: Identity) -> None:
    stated = _stated(device)
    surplus = identity.surplus(stated)
    rows = [
        (
            one.profile,
            "leave out" if one.instead else "yes" if one.profile in stated else "ADD",
            _why(one.reason, one.instead),
        )
        for one in identity.recognised
        if not one.instead or one.profile not in surplus
    ]
    rows += [(name, "REMOVE", reason) for name, reason in surplus.items()]
    if rows:
        table(("profile", "inventory", "why"), rows)
    if not identity.proposed:
        click.echo(f"No profile knows it; every device gives {EVERY_DEVICE}. CONTRIBUTING.md shows how one is written.")
    elif surplus or identity.missing(stated):
        click.echo(harmless(f"Write into its entry: snmp: {{…, profiles: [{', '.join(identity.proposed)}]}}"))


def _why(reason: str, instead: str) -> str:
    return f"{instead} tells the same, and better" if instead else reason
