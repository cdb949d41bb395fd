"""`dcops trust`: whose host keys and certificates are believed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.options import format_option, load_settings, quiet_option, selection_options

if TYPE_CHECKING:
    from dcops.devices.identity.look import Look
    from dcops.inventory.select import Selection
    from dcops.jobs.trust import Held, Vouched
    from dcops.model.device import Device


@click.group()
def command() -> None:
    """Whose host keys and certificates are believed.

    A device that nothing vouches for is refused: a login is never sent to a stranger. What is believed stands in
    the folder trust/ of the site root: known_hosts for SSH, ca.pem and pins for TLS. It is public knowledge and
    belongs into git.

    \b
    dcops trust add rtr-edge-1   look at a device, compare its fingerprint, believe it
    dcops trust list             what is believed, and what is still missing
    dcops trust check            compare every device with what is believed
    """


@command.command("list")
@selection_options
@format_option
@click.pass_context
def list_trust(ctx: click.Context, selection: Selection, output: str) -> None:
    """What is believed of each device, and which entries belong to no device. No device is touched."""
    from dcops.assembly.reach import reach_of
    from dcops.assembly.stores import inventory_of
    from dcops.cli.output import print_json
    from dcops.inventory.select import select
    from dcops.jobs import trust

    settings = load_settings(ctx)
    inventory = inventory_of(settings)
    fleet = reach_of(settings).fleet
    chosen = select(inventory.devices, selection)
    held = trust.held(fleet.drivers, fleet.trust, chosen, inventory.devices)
    if output == "json":
        print_json(_as_json(held))
    else:
        _print(held)


@command.command()
@click.argument("name", metavar="DEVICE")
@click.option(
    "--fingerprint",
    "fingerprints",
    multiple=True,
    metavar="TEXT",
    help="Add only what has this fingerprint, without asking: SHA256:…, MD5:…, or a certificate's SHA-256. Repeatable.",
)
@click.option("--replace", is_flag=True, help="With --fingerprint: also when another key or certificate is believed.")
@click.pass_context
def add(ctx: click.Context, name: str, fingerprints: tuple[str, ...], replace: bool) -> None:
    """Look at a device, show its fingerprint, and believe it when a person says so.

    Compare the fingerprint with the one on the device's own console before you answer: that is the whole point.
    Nothing is logged in for it. A device reached over TLS is pinned to its certificate; when an authority of yours
    signs the certificates of your devices, put that one into trust/ca.pem instead.

    Exit code 1 when nothing was added.

    \b
    dcops trust add rtr-edge-1
    dcops trust add rtr-edge-1 --fingerprint SHA256:Wq1…       for scripts
    """
    from dcops.assembly.reach import reach_of
    from dcops.assembly.stores import inventory_of
    from dcops.cli.audit import record
    from dcops.cli.output import harmless
    from dcops.errors import DeviceError, UsageError
    from dcops.inventory.select import Selection, select
    from dcops.jobs import trust

    if replace and not fingerprints:
        raise UsageError("--replace goes with --fingerprint", next_step="Without it, a person is asked")
    settings = load_settings(ctx)
    (device,) = select(inventory_of(settings).devices, Selection(devices=(name,)))
    reach = reach_of(settings)
    try:
        seen = trust.first_look(reach, device)
        _show(device, seen)
        if seen.problem is None and not _new_keys(seen):
            click.echo("\nIt is the device that is believed already: nothing to add.")
            return
        chosen = _chosen(device, seen, fingerprints, replace=replace)
    except DeviceError as error:
        click.echo(harmless(f"dcops: {device.name}: {error}"), err=True)
        ctx.exit(1)
    if chosen is None:
        click.echo("Nothing was added.")
        ctx.exit(1)
    file = trust.believe(reach.fleet.trust, device, chosen)
    click.echo(harmless(f"Added to {file}."))
    result = "replaced" if chosen.changed else "added"
    record(settings, "trust add", devices=[device.name], result=result, detail=_audited(chosen))


@command.command()
@selection_options
@format_option
@quiet_option
@click.pass_context
def check(ctx: click.Context, selection: Selection, output: str, quiet: bool) -> None:
    """Connect to every device and compare what it shows with what is believed. Nothing is logged in.

    Tells apart a changed host key, a certificate that nothing vouches for, and a device that cannot be reached; also
    certificates that end within 30 days and keys that are too weak.

    Exit code 1 when something is wrong or was found.
    """
    from dcops.assembly.reach import reach_of
    from dcops.assembly.stores import inventory_of
    from dcops.cli.progress import progress
    from dcops.cli.run_output import show_run
    from dcops.inventory.select import identified, select
    from dcops.jobs import trust

    settings = load_settings(ctx)
    chosen = identified(select(inventory_of(settings).devices, selection), selection)
    with progress(quiet=quiet) as told:
        run = trust.check(reach_of(settings), chosen, told)
    ctx.exit(show_run(run, output))


# ---- adding --------------------------------------------------------------------------------------


def _show(device: Device, seen: Look) -> None:
    """Everything by which a person can recognise it."""
    from dcops.cli.output import harmless

    said = f", it calls itself {seen.software}" if seen.software else ""
    lines = [f"{device.name} ({device.platform}) at {seen.endpoint}{said}"]
    for key in seen.keys:
        state = "known" if key in seen.known else "new"
        lines += ["", f"  {key.kind}  ({state})", f"    {key.sha256}", f"    {key.md5}"]
    for place, certificate in enumerate(seen.chain):
        lines += [
            "",
            f"  {'its certificate' if place == 0 else 'signed by'}",
            f"    subject      {certificate.subject}",
            f"    issuer       {certificate.issuer}",
            *([f"    made for     {', '.join(certificate.names)}"] if certificate.names else []),
            f"    valid        {certificate.begins:%Y-%m-%d} to {certificate.ends:%Y-%m-%d}",
            f"    SHA-256      {certificate.spaced}",
        ]
    lines += [f"  weak: {weakness}" for weakness in seen.weaknesses]
    click.echo(harmless("\n".join(lines)))
    for old, new in seen.changed:
        click.secho(
            f"\n  IT CHANGED. The one that is believed:  {old}\n"
            f"              The one that it shows now: {new}\n"
            "  Either the device was replaced or got a new key, or somebody stands in between. Ask who worked on it.",
            fg="red",
            bold=True,
        )


def _new_keys(seen: Look) -> bool:
    return any(key not in seen.known for key in seen.keys)


def _chosen(device: Device, seen: Look, fingerprints: tuple[str, ...], *, replace: bool) -> Look | None:
    """What is to be believed of what was seen; None when nobody said so."""
    from dcops.errors import UsageError
    from dcops.jobs import trust

    if fingerprints:
        chosen = trust.called(seen, fingerprints)
        if chosen.changed and not replace:
            raise UsageError(
                f"{device.name} is believed under another fingerprint",
                next_step="When the change is right, say so: --replace",
            )
        return chosen
    if not sys.stdin.isatty():
        raise UsageError(
            "there is no terminal to ask on, and nothing was added",
            next_step="Compare the fingerprint with the device's console, then give it: --fingerprint",
        )
    click.echo("\nCompare this with the device's own console (SSH: show ip ssh; TLS: its certificate page).")
    question = "Believe the new one from now on?" if seen.changed else "Is it the same there, and shall it be believed?"
    return seen if click.confirm(question, default=False) else None


def _audited(seen: Look) -> str:
    before = "".join(f"; before: {old}" for old, _ in seen.changed)
    return f"{seen.fingerprint}{before}"


# ---- listing -------------------------------------------------------------------------------------


def _as_json(held: Held) -> dict[str, Any]:
    waiting = sum(not one.vouched_for for one in held.devices)
    return {
        "command": "trust list",
        "summary": {"total": len(held.devices), "vouched_for": len(held.devices) - waiting, "waiting": waiting},
        "items": [
            {
                "device": one.device.name,
                "platform": one.device.platform,
                "transport": one.endpoint.transport.value if one.endpoint else None,
                "place": str(one.endpoint) if one.endpoint else None,
                "host_keys": [{"type": key.kind, "sha256": key.sha256, "md5": key.md5} for key in one.host_keys],
                "pin": one.pin or None,
                "by_authority": one.by_authority,
                "vouched_for": one.vouched_for,
                "problem": one.problem or None,
            }
            for one in held.devices
        ],
        "authorities": [
            {"subject": each.subject, "until": each.ends, "sha256": each.sha256} for each in held.authorities
        ],
        "strays": list(held.strays),
    }


def _print(held: Held) -> None:
    from dcops.cli.output import harmless, table

    rows = [
        (
            one.device.name,
            one.device.platform or "",
            str(one.endpoint or ""),
            one.endpoint.transport.value if one.endpoint else "",
            _believed(one),
        )
        for one in sorted(held.devices, key=lambda one: (one.vouched_for, one.device.name))
    ]
    styles = ["" if one.vouched_for else "yellow" for one in sorted(held.devices, key=lambda one: one.vouched_for)]
    table(("device", "platform", "place", "over", "believed"), rows, styles=styles)
    for each in held.authorities:
        click.echo(harmless(f"\nauthority of ca.pem: {each.subject}, until {each.ends:%Y-%m-%d}"))
    if held.strays:
        click.echo("\nEntries that belong to no device of the inventory:")
        for stray in held.strays:
            click.echo(harmless(f"  {stray}"))
    if waiting := [one.device.name for one in held.devices if not one.vouched_for and not one.problem]:
        click.echo(harmless(f"\nNothing vouches for {', '.join(waiting)}: dcops trust add DEVICE"))


def _believed(one: Vouched) -> str:
    if one.problem:
        return one.problem
    if one.host_keys:
        return ", ".join(f"{key.kind} {key.sha256}" for key in one.host_keys)
    if one.pin:
        return f"certificate sha256:{one.pin}"
    return "what an authority of ca.pem has signed" if one.by_authority else "nothing"
