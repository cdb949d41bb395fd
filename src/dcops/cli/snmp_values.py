"""`dcops snmp get` and `walk`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcops.assembly.here import now
from dcops.cli.output import harmless, print_json, table
from dcops.errors import DeviceError, ErrorKind, UsageError
from dcops.snmp import oid, value
from dcops.snmp.client import Client
from dcops.snmp.target import Target

if TYPE_CHECKING:
    from dcops.exporters.snmp.recording import Recording, Row
    from dcops.model.device import Device
    from dcops.settings import Settings
    from dcops.snmp.session import Session

GET_SECONDS = 20.0
MOST_ROWS = 1_000_000
TELL_EVERY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Walk:
    """What `walk` was asked for."""

    names: tuple[bytes, ...]
    seconds: float
    file: Path | None
    anonymous: bool
    as_json: bool
    quiet: bool


def encoded(oids: Sequence[str]) -> tuple[bytes, ...]:
    """The names as they travel; UsageError for what is none."""
    try:
        return tuple(oid.encode(text) for text in oids)
    except ValueError as error:
        raise UsageError(str(error), next_step="Write it in numbers: 1.3.6.1.2.1.1.1.0") from None


def get(settings: Settings, name: str, oids: Sequence[str], names: Sequence[bytes], *, as_json: bool) -> int:
    """Print the values; gives the exit code."""
    started = now()
    device, target = _agent(settings, name)
    try:
        found = asyncio.run(_get(_asked(target), names))
    except DeviceError as error:
        return _failed("snmp get", device, started, error, as_json=as_json)
    rows = [
        (
            text.strip().removeprefix("."),
            row and value.NAMES.get(row[1], f"tag {row[1]}"),
            row and value.shown(*row[1:]),
        )
        for text, row in zip(oids, found, strict=True)
    ]
    if as_json:
        values = [{"oid": text, "type": kind, "value": shown} for text, kind, shown in rows]
        _print_json("snmp get", device, started, values=values)
    else:
        table(
            ("oid", "type", "value"),
            [(text, kind or "", shown or ("" if kind else "not there")) for text, kind, shown in rows],
        )
    return 0 if all(found) else 1


def walk(settings: Settings, name: str, asked: Walk) -> int:
    """Print or write what was found; gives the exit code."""
    started = now()
    device, target = _agent(settings, name)
    try:
        rows = asyncio.run(_walk(_asked(target), asked, device.name))
    except DeviceError as error:
        return _failed("snmp walk", device, started, error, as_json=asked.as_json)
    if asked.file is not None:
        _write(settings, device, asked, rows, started)
    elif asked.as_json:
        values = [
            {"oid": oid.dotted(full), "type": value.NAMES.get(tag, f"tag {tag}"), "value": value.shown(tag, content)}
            for full, tag, content in rows
        ]
        _print_json("snmp walk", device, started, values=values)
    else:
        for full, tag, content in rows:
            shown = value.shown(tag, content).replace("\n", "\\n").replace("\r", "\\r")
            click.echo(harmless(f"{oid.dotted(full)} = {value.NAMES.get(tag, f'tag {tag}')}: {shown}"))
        if not rows:
            click.echo("Nothing is there.", err=True)
    return 0 if rows else 1


def _write(settings: Settings, device: Device, asked: Walk, rows: Sequence[Row], started: datetime) -> None:
    from dcops.cli.audit import record
    from dcops.exporters.snmp import recording

    assert asked.file
    made = recording.recording(
        rows,
        secrets=_secrets(settings, device),
        serials=[device.serial] if device.serial else [],
        anonymous=asked.anonymous,
    )
    recording.write(asked.file, made)
    record(settings, "snmp walk", devices=[device.name], result="recorded", detail=f"to {asked.file.name}")
    _told(device, asked, made, started)


def _told(device: Device, asked: Walk, made: Recording, started: datetime) -> None:
    if asked.as_json:
        told = {"file": str(asked.file), "rows": made.rows, "left_out": made.left_out, "anonymous": made.anonymous}
        _print_json("snmp walk", device, started, None, **told)
        return
    click.echo(harmless(f"{made.rows} values written to {asked.file}, {made.left_out} left out."))
    kept = "Names and places are" if made.anonymous else "Names, places, addresses and serial numbers are"
    click.echo(f"{kept} still in it: read it before you give it away.")


async def _get(target: Target, names: Sequence[bytes]) -> list[tuple[bytes, int, bytes] | None]:
    async with Client().session(target, seconds=GET_SECONDS) as session:
        return await session.get(names)


async def _walk(target: Target, asked: Walk, name: str) -> list[Row]:
    """All rows, in the order of the names that were asked for."""
    limits = replace(target.limits, rows=MOST_ROWS)
    async with Client().session(replace(target, limits=limits), seconds=asked.seconds) as session:
        telling = asyncio.create_task(_tell(session, name)) if not asked.quiet else None
        try:
            found = []
            for prefix in asked.names:
                rows = await session.walk(prefix)
                if not rows:
                    # A single value was named: nothing lies below it.
                    (there,) = await session.get([prefix])
                    rows = [there] if there else []
                found += [(prefix + tail, tag, content) for tail, tag, content in rows]
            return found
        finally:
            if telling:
                telling.cancel()


async def _tell(session: Session, name: str) -> None:
    """Say now and then how far it is: a walk of a large switch takes a minute."""
    while True:
        await asyncio.sleep(TELL_EVERY_SECONDS)
        click.echo(harmless(f"{name}: {session.counts.answers} answers"), err=True)


def _agent(settings: Settings, name: str) -> tuple[Device, Target | DeviceError]:
    """The device of this name and its agent, or why it cannot be asked."""
    from dcops.assembly.snmp import agents_of
    from dcops.assembly.stores import inventory_of
    from dcops.inventory.select import Selection, select

    (device,) = select(inventory_of(settings).devices, Selection(devices=(name,)))
    try:
        return device, agents_of(settings)(device)
    except DeviceError as error:
        return device, error


def _asked(target: Target | DeviceError) -> Target:
    if isinstance(target, DeviceError):
        raise target
    return target


def _secrets(settings: Settings, device: Device) -> list[str]:
    """Every part of the login that was used; the name of the user too, as agents keep tables of them."""
    from dcops.credentials import Credentials

    assert device.snmp
    credentials = Credentials.of(settings.credentials.providers, settings.credentials.file)
    login = credentials.require_parts(device.snmp.credential, device.snmp.parts)
    parts = [part.reveal() for part in (login.password, login.privacy) if part]
    return [*parts, *([login.username] if "username" in device.snmp.parts else [])]


def _failed(command: str, device: Device, started: datetime, error: DeviceError, *, as_json: bool) -> int:
    if as_json:
        _print_json(command, device, started, error)
    else:
        click.echo(harmless(f"dcops: {device.name}: {error}"), err=True)
    return 1


def _print_json(
    command: str, device: Device, started: datetime, error: DeviceError | None = None, **told: object
) -> None:
    """The shape of every command that works on devices; what was found stands in the item."""
    from dcops.jobs.runs.result import as_json
    from dcops.model.run import JobRun, Outcome, Result, new_run_id

    result = Result.OK
    if error:
        result = Result.TIMEOUT if error.kind is ErrorKind.TIMEOUT else Result.FAILED
    run = JobRun(command, new_run_id(started), started, now(), (Outcome(device.name, result, error=error),))
    document = as_json(run)
    document["items"][0] |= told
    print_json(document)
