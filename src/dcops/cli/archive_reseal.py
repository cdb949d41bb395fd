"""`dcops archive keys reseal`: what was sealed for others than today's holders is sealed anew."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.archive_copy_prune import require_answer, size_of
from dcops.cli.archive_output import VerifyProgress
from dcops.cli.options import format_option, load_settings, quiet_option
from dcops.cli.output import harmless, print_json, table
from dcops.errors import UsageError

if TYPE_CHECKING:
    from dcops.archive.holders import Holder
    from dcops.archive.resealing import Plan, Resealed

_MOST_ROWS = 50


@click.command()
@click.option("--identity", required=True, metavar="KEY", help="File with the private key of somebody who can open it.")
@click.option("--device", "devices", multiple=True, metavar="NAME", help="Only what is of this device. Repeatable.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@format_option
@quiet_option
@click.pass_context
def reseal(ctx: click.Context, identity: str, devices: tuple[str, ...], yes: bool, output: str, quiet: bool) -> None:
    """Seal the past anew for exactly today's holders.

    After a holder came, left or got another key: each file that is sealed for others is opened with KEY, compared
    with its record, sealed for the holders of today, and only when that is on the disk and in the history does the
    old one go. The sealed copies of the site key too. Backups may run meanwhile; whatever stops it, run it again: it
    goes on where it stopped. Ctrl-C stops after the file at hand.

    A damaged file is named and stays as it is; so does one that KEY does not open. Exit code 1 when there is one.
    The key is read, used and forgotten: bring it on a stick, and take it away afterwards.
    """
    from dcops.archive.archive import Archive
    from dcops.archive.holders import load_holders
    from dcops.archive.resealing import Resealing, plan
    from dcops.archive.site_key import SiteKey
    from dcops.assembly.here import now
    from dcops.cli.archive_access import identity_of, tell_to_take_away
    from dcops.cli.audit import record

    settings = load_settings(ctx)
    paths = settings.paths
    holders, site_key = load_holders(paths.keys), SiteKey.load(paths.state)
    archive = Archive.open(paths.state / "archive")
    _require_devices(archive, devices)
    waiting = plan(archive, paths.keys, holders, devices)
    if not waiting.files and not waiting.copies:
        _conclude(None, holders, output)
        return
    require_answer(yes)
    if not yes:
        _ask(waiting, holders)
    # Read last: it is not in memory while somebody thinks.
    key = identity_of(Path(identity), settings)
    resealing = Resealing(
        archive, paths.keys, holders, key, site_key=site_key, day=lambda: now().date(), devices=devices
    )
    with until_ctrl_c() as stopped, VerifyProgress(quiet, "sealing anew") as progress:
        done = resealing.run(stopping=stopped.is_set, progress=progress)
    record(
        settings,
        "archive keys reseal",
        devices=done.devices,
        result=f"{len(done.files)} files, {len(done.copies)} copies of the site key, {len(done.skipped)} skipped",
        detail=f"for {', '.join(one.name for one in holders)}",
    )
    _conclude(done, holders, output)
    if output == "table":
        tell_to_take_away(identity)
    ctx.exit(1 if done.skipped or done.skipped_copies or done.left else 0)


def _require_devices(archive: Any, devices: tuple[str, ...]) -> None:
    """A name that is no device's must not pass for one of which nothing is to be done."""
    known = {one.device for one in archive.devices()} if devices else set()
    if wrong := [name for name in devices if name not in known]:
        raise UsageError(f"the archive holds no device {wrong[0]!r}", next_step="See: dcops archive list")


def _ask(waiting: Plan, holders: tuple[Holder, ...]) -> None:
    today = {one.recipient for one in holders}
    gone = sorted({name for one in waiting.files for name, key in one.holders.items() if key not in today})
    click.echo(
        harmless(
            f"{len(waiting.files)} files of {len({one.device for one in waiting.files})} devices"
            f" ({size_of(waiting.bytes)} uncompressed) and {len(waiting.copies)} copies of the site key are sealed anew"
            f" for {', '.join(one.name for one in holders)}."
        ),
        err=True,
    )
    if gone:
        click.echo(harmless(f"Keys that open some of them now, and none afterwards: {', '.join(gone)}."), err=True)
    click.confirm("Go on?", default=False, abort=True, err=True)


def _conclude(done: Resealed | None, holders: tuple[Holder, ...], output: str) -> None:
    if output == "json":
        print_json({"command": "archive keys reseal", "holders": [one.name for one in holders], **_json(done)})
        return
    if done is None:
        click.echo(f"Everything is sealed for exactly {', '.join(one.name for one in holders)}.")
        return
    rows = [(one.file.device, one.file.source.value, one.file.name[:12], one.why) for one in done.skipped[:_MOST_ROWS]]
    rows += [("(site key)", "", name, why) for name, why in done.skipped_copies]
    if rows:
        table(("Device", "Configuration", "File", "Stays as it is"), rows, styles=["red"] * len(rows))
    if len(done.skipped) > _MOST_ROWS:
        click.echo(f"and {len(done.skipped) - _MOST_ROWS} more: see --format json")
    click.echo(
        f"{len(done.files)} files of {len(done.devices)} devices and {len(done.copies)} copies of the site key sealed"
        f" anew for {', '.join(one.name for one in holders)}; {len(rows)} stay as they are."
    )
    if done.left:
        click.echo(f"Stopped: {done.left} files are left. Run it again, it goes on there.")
    elif done.files:
        click.echo("At the second store the old files lie still: dcops archive copy --prune")


def _json(done: Resealed | None) -> dict[str, Any]:
    if done is None:
        return {"files": 0, "bytes": 0, "devices": [], "site_key_copies": [], "skipped": [], "left": 0}
    return {
        "files": len(done.files),
        "bytes": done.bytes,
        "devices": list(done.devices),
        "site_key_copies": list(done.copies),
        "skipped": [
            {"device": one.file.device, "source": one.file.source, "sealed": one.file.name, "message": one.why}
            for one in done.skipped
        ]
        + [{"device": None, "source": None, "sealed": name, "message": why} for name, why in done.skipped_copies],
        "left": done.left,
    }


@contextmanager
def until_ctrl_c() -> Iterator[Event]:
    """The first Ctrl-C asks to stop, the second one stops."""
    asked = Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        sys.stderr.write("\nStopping after what is at hand…\n")

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
