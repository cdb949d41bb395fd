"""`dcops archive copy` and `dcops archive verify --copy`: the second store."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from dcops.cli.archive_copy_prune import agreed, pruning_json, require_answer, show_pruned, size_of
from dcops.cli.options import format_option, load_settings, quiet_option
from dcops.cli.output import console, harmless, print_json, table
from dcops.errors import UsageError

if TYPE_CHECKING:
    from dcops.archive.copies.comparison import Comparison, Lack
    from dcops.archive.copies.progress import Step
    from dcops.archive.copies.pruning import Prunable
    from dcops.archive.copies.store import Copied, Pruned, SecondStore

SECONDS_BETWEEN_LINES = 10.0


@click.command()
@click.option("--check-only", is_flag=True, help="Copy nothing: say what is missing there, by names and sizes.")
@click.option(
    "--start-over", is_flag=True, help="Fill a place anew that was emptied or replaced on purpose; only an empty one."
)
@click.option(
    "--prune",
    is_flag=True,
    help="Afterwards remove there what was pruned or sealed anew here; every hash is recomputed there before.",
)
@click.option("--yes", is_flag=True, help="With --prune: do not ask.")
@format_option
@quiet_option
@click.pass_context
def copy(
    ctx: click.Context, check_only: bool, start_over: bool, prune: bool, yes: bool, output: str, quiet: bool
) -> None:
    """Bring the second store up to date.

    [copy] to in dcops.toml names it: another folder, or a folder on another host over SSH. Only what is missing is
    sent; what was interrupted goes on where it stopped. Nothing there is deleted, and a place that is not ours, was
    emptied or went its own way is not touched. The copy is an archive itself: dcops -C PLACE archive list.

    Every few days ([copy] verify_days) every hash is recomputed there; dcops archive verify --copy does it now.
    Exit code 1 when the two are not equal in the end.

    Files that retention let go here, or that were sealed anew for other holders, still lie there under their old
    names, and open with the old keys. Only --prune removes them: those of which the history there knows what became,
    once everything that took their place is there and was recomputed there. It asks before.
    """
    from dcops.assembly.stores import second_store_of
    from dcops.cli.audit import record
    from dcops.cli.direct import direct
    from dcops.jobs import catalog
    from dcops.jobs import copy as job

    if prune and (check_only or start_over):
        raise UsageError("--prune comes after a copy", next_step="Run it without --check-only and --start-over")
    if prune:
        require_answer(yes)
    settings = load_settings(ctx)
    store = second_store_of(settings)
    if check_only:
        ctx.exit(_compare(ctx, store, output, quiet, recompute=False))
    came: list[Copied] = []
    runner = direct(settings)
    with CopyProgress(quiet) as progress:
        run = runner.run(
            catalog.find(job.NAME),
            (),
            lambda _: job.run(
                store,
                note=_noter(runner.ledger),
                tell=progress,
                start_over=start_over,
                # What is pruned is recomputed there anyway: once is enough.
                verify=False if prune else None,
                done=came.append,
            ),
        )
    record(settings, "archive copy", result=run.failure or "equal", run=run.run, detail=store.place.where)
    (copied,) = came
    if output == "json":
        pruned = _pruned(ctx, store, yes, quiet) if prune and not run.failure else None
        print_json({"command": "archive copy", "run": run.run, "started": run.started, "finished": run.finished,
                    "summary": run.extra, "failure": run.failure or None, **_lists(copied.comparison),
                    "pruned": pruning_json(pruned) if pruned else None})  # fmt: skip
        ctx.exit(1 if run.failure or (pruned and pruned.prunable.waiting) else 0)
    for note in copied.notes:
        click.echo(harmless(f"note: {note}"))
    took = (run.finished - run.started).total_seconds()
    click.echo(harmless(f"{copied.files} files, {size_of(copied.bytes)} sent to {store.place.where} in {took:.1f} s"))
    _show(copied.comparison)
    if copied.stopped:
        click.echo("It was stopped before its end: run it again, it goes on where it stopped.")
    if prune and run.failure:
        click.echo("Nothing was removed there: first the two stores must be equal.")
    elif prune:
        pruned = _pruned(ctx, store, yes, quiet)
        show_pruned(pruned)
        ctx.exit(1 if pruned.prunable.waiting else 0)
    ctx.exit(1 if run.failure else 0)


def _pruned(ctx: click.Context, store: SecondStore, yes: bool, quiet: bool) -> Pruned:
    """Remove at the second store what is gone here, when a person agrees."""
    from dcops.cli.audit import record

    with CopyProgress(quiet) as progress:

        def agree(may_go: Prunable) -> bool:
            progress.pause()
            return agreed(may_go, yes)

        pruned = store.prune(agree=agree, tell=progress)
    _note(ctx, store, pruned.comparison)
    if pruned.files:
        record(load_settings(ctx), "archive copy --prune", result=f"{pruned.files} files", detail=store.place.where)
    return pruned


def verify_copy(ctx: click.Context, output: str, quiet: bool) -> int:
    """Recompute everything at the second store; gives the exit code."""
    from dcops.assembly.stores import second_store_of

    return _compare(ctx, second_store_of(load_settings(ctx)), output, quiet, recompute=True)


def _compare(ctx: click.Context, store: SecondStore, output: str, quiet: bool, *, recompute: bool) -> int:
    from dcops.jobs import copy as job

    with CopyProgress(quiet) as progress:
        found = store.compare(recompute=recompute, tell=progress)
    if recompute:
        _note(ctx, store, found)
    if output == "json":
        name = "archive verify" if recompute else "archive copy"
        print_json({"command": name, "summary": job.figures(found), "faults": found.faults, **_lists(found)})
    else:
        _show(found)
    return 1 if found.faults else 0


def _note(ctx: click.Context, store: SecondStore, found: Comparison) -> None:
    from dcops.assembly.stores import ledger_of
    from dcops.errors import DcopsError
    from dcops.jobs.copy import note_verified

    try:
        with ledger_of(load_settings(ctx)) as ledger:
            note_verified(store, found, ledger.note)
    except DcopsError as error:
        click.echo(harmless(f"the ledger does not know of this check: {error}"), err=True)


def _noter(ledger: Any) -> Any:
    return ledger.note if ledger is not None else lambda _name, _value: None


def _lists(found: Comparison) -> dict[str, Any]:
    return {
        "missing": [_lack(one) for one in found.missing],
        "damaged": [_lack(one) for one in found.damaged],
        "damaged_here": [_lack(one) for one in found.rotten],
        "extra": found.extra,
        "history": found.history,
    }


def _lack(lack: Lack) -> dict[str, Any]:
    return {"device": lack.device, "sealed": lack.name, "versions": lack.versions}


def _show(found: Comparison) -> None:
    rows = [(one.device, "missing there", one) for one in found.missing]
    rows += [(one.device, "damaged there", one) for one in found.damaged]
    rows += [(one.device, "damaged here", one) for one in found.rotten]
    if rows:
        from dcops.cli.archive_output import shortened

        shown = [(device, what, shortened(one.versions), one.name) for device, what, one in rows[:200]]
        table(("Device", "What", "Versions", "Sealed file"), shown, styles=["red"] * len(shown))
        if len(rows) > len(shown):
            click.echo(f"and {len(rows) - len(shown)} more: see --format json")
    for line in (*(f"git there: {line}" for line in found.history), *(f"nobody's: {path}" for path in found.extra)):
        click.echo(harmless(line))
    if found.kept:
        click.echo(f"{found.kept} files are kept there and no longer here")
    how = "every hash recomputed there" if found.recomputed else "names and sizes compared"
    counts = f"{found.versions_there} of {found.versions} versions, {found.sealed_files_there} sealed files there"
    click.echo(f"{counts} of {found.sealed_files} here; {how}: {_verdict(found)}")


def _verdict(found: Comparison) -> str:
    if found.equal:
        return "equal"
    if not found.faults:
        return f"behind by {_span(found.lag_seconds)}, {_span(found.max_lag_seconds)} are allowed"
    number = len(found.faults)
    return f"not equal, {number} thing{'s' if number > 1 else ''} to see to"


def _span(seconds: float) -> str:
    return f"{seconds / 3600:.0f} h" if seconds >= 7200 else f"{seconds / 60:.0f} min"


class CopyProgress:
    """A bar on a terminal, a line every few seconds elsewhere, nothing when quiet."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._said = time.monotonic()
        self._tasks: dict[str, Any] = {}
        if not quiet and sys.stderr.isatty():
            from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
            self._bar = Progress(*columns, console=console(stderr=True), transient=True)

    def __enter__(self) -> CopyProgress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def pause(self) -> None:
        """Take the bar away, so that a question can be read."""
        if self._bar:
            self._bar.stop()

    def __call__(self, step: Step) -> None:
        """Move the bar, or say a line."""
        words = f"{step.what} {step.files} of {step.of_files} files"
        if self._bar:
            if step.what not in self._tasks:
                self._tasks[step.what] = self._bar.add_task(words)
            total = step.of_bytes or None
            self._bar.update(self._tasks[step.what], description=words, completed=step.bytes, total=total)
        elif not self._quiet and time.monotonic() - self._said >= SECONDS_BETWEEN_LINES:
            self._said = time.monotonic()
            click.echo(f"{words}, {size_of(step.bytes)} of {size_of(step.of_bytes)}", err=True)
