"""Progress on stderr: a bar on a terminal, a line per device elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from dcops.cli.output import console, harmless
from dcops.jobs.context import Progress, Silence
from dcops.model.device import Device
from dcops.model.run import Outcome

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class LineProgress:
    """One line per finished device, for logs."""

    def __init__(self) -> None:
        self._total = 0
        self._done = 0

    def started(self, devices: Sequence[Device]) -> None:
        """Say how many there are."""
        self._total = len(devices)
        click.echo(f"reading {self._total} devices", err=True)

    def finished(self, outcome: Outcome) -> None:
        """Say what came of one."""
        self._done += 1
        word = outcome.error.message if outcome.error else outcome.detail
        line = f"[{self._done}/{self._total}] {outcome.device}: {outcome.result}{f', {word}' if word else ''}"
        click.echo(harmless(line), err=True)


class BarProgress:
    """A bar, and a line for each device that failed."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID | None = None
        self._waiting: dict[str, None] = {}

    def started(self, devices: Sequence[Device]) -> None:
        """Draw the bar."""
        self._waiting = dict.fromkeys(device.name for device in devices)
        self._task = self._bar.add_task("reading", total=len(devices))

    def finished(self, outcome: Outcome) -> None:
        """Move the bar; when few are left, name them."""
        assert self._task is not None
        self._waiting.pop(outcome.device, None)
        left = ", ".join(list(self._waiting)[:3]) if len(self._waiting) <= 3 else ""
        self._bar.update(self._task, advance=1, description=f"waiting for {left}" if left else "reading")
        if outcome.failed and outcome.error:
            self._bar.console.print(harmless(f"{outcome.device}: {outcome.error.message}"), style="red")


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """The progress that fits where stderr goes."""
    if quiet:
        yield Silence()
        return
    if not sys.stderr.isatty():
        yield LineProgress()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console(stderr=True), transient=True) as bar:
        yield BarProgress(bar)
