"""`dcops archive prune`: lets the exact bytes of old versions go, as the declared retention wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from dcops.cli.options import format_option, load_settings
from dcops.cli.output import harmless, print_json, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dcops.jobs.housekeeping.retention import Outlook
    from dcops.policy.retention import Doubt, Judged

    HeldBack = tuple[str, Doubt, str]


@click.command()
@click.option("--write", is_flag=True, help="Let them go. Without it nothing is touched.")
@click.option("--yes-many", is_flag=True, help="Even when it is more than a fifth of all sealed files.")
@click.option("--yes-clock", is_flag=True, help="This host's clock is right now, whatever the times of versions say.")
@format_option
@click.pass_context
def prune(ctx: click.Context, write: bool, yes_many: bool, yes_clock: bool, output: str) -> None:
    """Show what no declared retention keeps any more; --write lets it go.

    Only sealed files go, the exact bytes that restore a device. Every version stays in the history, with its readable
    text and its differences. The newest version of a device always stays whole, and so do the newest that restores it
    and the newest with which a restore test went well. A device that no backup item declares is never pruned. What the
    second store has keeps lying there.

    The job housekeeping does the same every night. When a clock may be wrong, or more than a fifth of all sealed files
    would go at once, it lets nothing go and asks for somebody to look: here, and then with --yes-many or --yes-clock.

    Exit code 1 when such a doubt holds something back.
    """
    from dcops.archive.lock import held
    from dcops.assembly.here import now
    from dcops.assembly.schedule import zone_of
    from dcops.assembly.stores import archive_of, inventory_of, ledger_of
    from dcops.cli.audit import record
    from dcops.jobs import housekeeping
    from dcops.jobs.housekeeping import clock, retention
    from dcops.policy.retention import Doubt

    settings = load_settings(ctx)
    archive, inventory, zone, moment = archive_of(settings), inventory_of(settings), zone_of(settings), now()
    allowed = {Doubt.MANY} if yes_many else set[Doubt]()
    allowed |= {Doubt.FUTURE, Doubt.SILENCE} if yes_clock else set()
    with ledger_of(settings) as ledger:
        if not write:
            found = retention.outlook(archive, inventory, ledger, now=moment, zone=zone)
            going, revision = found.plan.going(allowed=allowed), None
        else:
            with held(settings.paths.state / housekeeping.LOCK, wait_seconds=5.0, what="housekeeping"):
                found = retention.outlook(archive, inventory, ledger, now=moment, zone=zone)
                going = found.plan.going(allowed=allowed)
                revision = retention.prune(archive, going, now=moment, zone=zone)
                if found.plan.silent_since is None or yes_clock:
                    clock.believe(ledger, moment)
    if revision:
        pruned = [one.device for one in found.plan.devices if one.going & going]
        words = f"{len(going)} sealed files, {found.bytes_of(going)} bytes"
        record(settings, "archive prune", devices=pruned, result=words, detail=f"commit {revision[:8]}")
    held_back = [
        (device, doubt, retention.reason(found.plan, doubt, moment))
        for device, doubt in found.plan.doubts(allowed=allowed)
    ]
    if output == "json":
        print_json(_json(found, going, revision, held_back))
    else:
        _show(found, going, held_back, write=write)
    ctx.exit(1 if held_back else 0)


def _show(found: Outlook, going: frozenset[str], held_back: Sequence[HeldBack], *, write: bool) -> None:
    from dcops.jobs.housekeeping.chore import counted, size

    rows = [
        (
            one.device,
            str(one.retention or "nothing declared: all stay"),
            f"{one.versions - len(one.kept)} of {one.versions}" if one.retention else f"0 of {one.versions}",
            str(len(one.going)),
            size(found.bytes_of(one.going)),
            _rules(one),
        )
        for one in found.plan.devices
    ]
    table(("Device", "Retention", "Versions out of it", "Files", "Size", "Versions kept as"), rows)
    for device, _, why in held_back:
        click.echo(harmless(f"held back: {f'{device}: ' if device else ''}{why}"))
    if held_back:
        words = " ".join(sorted({"--yes-many" if doubt == "many" else "--yes-clock" for _, doubt, _ in held_back}))
        click.echo(f"If you have looked and it is right: dcops archive prune --write {words}")
    amount = f"{counted(len(going), 'sealed file')} ({size(found.bytes_of(going))})"
    if write:
        click.echo(f"{amount} gone; every version can still be read" if going else "nothing was let go")
    elif going:
        click.echo(f"{amount} would go, and no readable text: dcops archive prune --write")
    elif not held_back:
        click.echo("nothing would go")


def _rules(judged: Judged) -> str:
    from collections import Counter

    from dcops.policy.retention import Rule

    if judged.retention is None:
        return ""
    counts = Counter(rule for rules in judged.kept.values() for rule in rules)
    return ", ".join(f"{rule} {counts[rule]}" for rule in Rule if counts[rule])


def _json(found: Outlook, going: frozenset[str], revision: str | None, held_back: Sequence[HeldBack]) -> dict[str, Any]:
    return {
        "command": "archive prune",
        "summary": {
            "devices": len(found.plan.devices),
            "sealed_files": found.plan.sealed_files,
            "going": len(going),
            "bytes": found.bytes_of(going),
            "revision": revision,
        },
        "held_back": [{"device": device or None, "doubt": doubt, "why": why} for device, doubt, why in held_back],
        "devices": [
            {
                "device": one.device,
                "retention": str(one.retention) if one.retention else None,
                "versions": one.versions,
                "files": len(one.going),
                "bytes": found.bytes_of(one.going),
                "kept": {revision: list(rules) for revision, rules in one.kept.items()} if one.retention else None,
            }
            for one in found.plan.devices
        ],
    }
