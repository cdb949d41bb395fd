"""`dcops restore drill` and `dcops restore history`: restore tests, and their records."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dcops.cli.options import format_option, load_settings, quiet_option, selection_options

if TYPE_CHECKING:
    from types import TracebackType

    from dcops.archive.identity import Identity
    from dcops.inventory.select import Selection
    from dcops.jobs.drill import Drilled, Rooms
    from dcops.model.device import Device
    from dcops.model.restore_test import RestoreTest
    from dcops.model.run import JobRun
    from dcops.settings import Settings

SECONDS_BETWEEN_WRITES = 2.0


@click.command()
@selection_options
@click.option("--identity", metavar="KEY", help="File with a holder's private key. Without it nothing is opened.")
@click.option("--all", "everything", is_flag=True, help="Every archived device.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="So many devices, those tested longest ago.")
@click.option(
    "--at",
    metavar="REV|DATE",
    help="Version in force then: a revision, a day (2026-01-15) or a time (RFC 3339). Default: the newest.",
)
@click.option("--record", "record_file", metavar="FILE", help="Also write the records to FILE, for `history --import`.")
@format_option
@quiet_option
@click.pass_context
def drill(
    ctx: click.Context,
    selection: Selection,
    identity: str | None,
    everything: bool,
    sample: int | None,
    at: str | None,
    record_file: str | None,
    output: str,
    quiet: bool,
) -> None:
    """Test whether devices could be restored: open their backups and look at what is inside.

    Of each configuration: is the sealed file there and whole, does the key open it, is it what was archived, is it
    complete, and does the readable text say what is inside? What came of it is recorded with its date. Devices are not
    touched, and nothing that was opened is written anywhere.

    Without a selection those are tested whose last test is oldest, as many as a monthly drill needs to test every
    device within a year. Without --identity nothing is opened: `parsed only` is no restore test.

    \b
    dcops restore drill --identity /media/stick/offline.key
    dcops restore drill --identity dr.key --device fw-main-1
    dcops -C /srv/dcops-copy restore drill --identity dr.key --record tests.json

    Exit code 1 when a backup did not stand the test, or could not be tested.
    """
    from dcops.archive.identity import Identity
    from dcops.assembly.drills import is_second_store
    from dcops.cli.restore_drill_output import show_drill
    from dcops.errors import UsageError

    if everything and sample:
        raise UsageError("--all and --sample say different things", next_step="Give one of them")
    settings = load_settings(ctx)
    copy = is_second_store(settings)
    if record_file and copy and Path(record_file).absolute().is_relative_to(settings.root.resolve()):
        raise UsageError(f"{record_file} lies in the second store", next_step="Name a file elsewhere")
    key = Identity.read(Path(identity)) if identity else None
    chooser = _chooser(selection, everything=everything, sample=sample)
    with Records(record_file) as records:
        run = (_in_copy if copy else _at_home)(settings, key, chooser, records, at, quiet)
    if not copy:
        _audit(settings, run, records.tests)
    ctx.exit(show_drill(run, records.drilled, output, with_key=key is not None, kept=bool(record_file) or not copy))


Chooser = Callable[["Rooms", Sequence["Device"]], Sequence["Device"]]


def _chooser(selection: Selection, *, everything: bool, sample: int | None) -> Chooser:
    def choose(rooms: Rooms, devices: Sequence[Device]) -> Sequence[Device]:
        from dcops.inventory.select import configured, select
        from dcops.jobs import drill as job

        selected = configured(select(devices, selection), selection)
        if sample or (selection.everything and not everything):
            return job.chosen(rooms, selected, number=sample)
        return job.chosen(rooms, selected, number=len(selected)) if everything else selected

    return choose


def _at_home(
    settings: Settings, key: Identity | None, choose: Chooser, records: Records, at: str | None, quiet: bool
) -> JobRun:
    from dcops.assembly.drills import archived_devices_of, drill_rooms_of
    from dcops.cli.direct import direct
    from dcops.cli.progress import progress
    from dcops.jobs import catalog
    from dcops.jobs import drill as job

    devices = archived_devices_of(settings)
    runner = direct(settings)
    with progress(quiet=quiet) as told:
        rooms, notes = drill_rooms_of(settings, told, key, runner.ledger, drilled=records.add)
        _say(notes)
        chosen = choose(rooms, devices)
        return runner.run(catalog.find(job.NAME), chosen, lambda free: job.run(rooms, free, at=at))


def _in_copy(
    settings: Settings, key: Identity | None, choose: Chooser, records: Records, at: str | None, quiet: bool
) -> JobRun:
    """In a second store: no inventory, no ledger, and nothing is written into it."""
    from dcops.assembly.drills import archived_devices_of, drill_rooms_of
    from dcops.cli.progress import progress
    from dcops.jobs import drill as job

    with progress(quiet=quiet) as told:
        rooms, notes = drill_rooms_of(settings, told, key, None, drilled=records.add)
        _say(notes)
        return job.run(rooms, choose(rooms, archived_devices_of(settings)), at=at)


def _audit(settings: Settings, run: JobRun, tests: Sequence[RestoreTest]) -> None:
    from dcops.cli.audit import record

    holders = sorted({test.holder for test in tests if test.holder})
    record(
        settings,
        "restore drill",
        devices=[test.device for test in tests],
        result=f"{sum(test.proves for test in tests)} of {len(run.outcomes)} could be restored",
        run=run.run,
        detail=f"opened with the key of {', '.join(holders)}" if holders else "nothing was opened",
    )


def _say(notes: Sequence[str]) -> None:
    from dcops.cli.output import harmless

    for note in notes:
        click.echo(harmless(f"note: {note}"), err=True)


class Records:
    """What was tested so far; in its file within two seconds, whatever ends the command."""

    def __init__(self, file: str | None) -> None:
        self._file = Path(file) if file else None
        self._written = float("-inf")
        self.drilled: list[Drilled] = []

    def __enter__(self) -> Records:
        # A file that cannot be written must be known before an hour's work, not after.
        self._write()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write()

    def add(self, one: Drilled) -> None:
        """One device was tested."""
        self.drilled.append(one)
        if time.monotonic() - self._written >= SECONDS_BETWEEN_WRITES:
            self._write()

    @property
    def tests(self) -> tuple[RestoreTest, ...]:
        """The records."""
        return tuple(one.test for one in self.drilled)

    def _write(self) -> None:
        if self._file is not None:
            from dcops.jobs.drilling.records import write

            write(self._file, self.tests)
            self._written = time.monotonic()


@click.command()
@click.argument("device", required=False)
@click.option("--since", metavar="TIME", help="Only tests since then: 2026-01-15, an RFC 3339 time, or 90d.")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1), metavar="N", help="At most so many.")
@click.option("--import", "file", metavar="FILE", help="Take in the records that a drill elsewhere wrote to FILE.")
@format_option
@click.pass_context
def history(
    ctx: click.Context, device: str | None, since: str | None, limit: int, file: str | None, output: str
) -> None:
    """The records of restore tests, of one device or of all, the newest first.

    A drill at the second store has no ledger: it writes its records with --record FILE, and --import takes them in
    here. The same file twice changes nothing; records of versions that this archive does not have are refused.
    """
    from dcops.assembly.drills import is_second_store
    from dcops.assembly.here import now
    from dcops.assembly.stores import ledger_of
    from dcops.cli.restore_drill_output import show_history
    from dcops.errors import UsageError

    settings = load_settings(ctx)
    if is_second_store(settings):
        raise UsageError(
            f"{settings.root} is a second store and has no ledger",
            next_step="Ask at home; a drill here keeps its records with --record FILE",
        )
    if file:
        if device or since:
            raise UsageError("--import takes in a whole file", next_step="Leave out DEVICE and --since")
        ctx.exit(_take_in(settings, Path(file), output))
    from dcops.assembly.schedule import zone_of
    from dcops.cli.jobs_output import Times

    times = Times(zone_of(settings))
    begin = times.since(since, now()) if since else None
    with ledger_of(settings) as ledger:
        tests = ledger.restore_tests(device, begin, limit=limit)
    show_history(tests, times, output)


def _take_in(settings: Settings, file: Path, output: str) -> int:
    from dcops.assembly.here import now
    from dcops.assembly.stores import archive_of, ledger_of
    from dcops.cli.audit import record
    from dcops.cli.restore_drill_output import show_taken_in
    from dcops.jobs.drilling.records import read, take_in

    tests = read(file, now())
    with ledger_of(settings) as ledger:
        taken = take_in(ledger, archive_of(settings), tests)
    record(
        settings,
        "restore history --import",
        devices=sorted({test.device for test in tests}),
        result=f"{taken.new} new, {taken.known} known, {len(taken.refused)} refused",
        detail=str(file),
    )
    return show_taken_in(taken, str(file), output)
